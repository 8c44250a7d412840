#include "model_lister.h"

#include "core/catalog/discovery.h"
#include "core/catalog/endpoint.h"

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::services {

namespace {

using common::failure;
using common::Result;

constexpr qsizetype largestList = 8 * 1024 * 1024;
/// NVIDIA's list was seen to take 11 s (resources/catalog/providers.yaml).
constexpr std::chrono::milliseconds listLimit = 30s;

Result<ModelList> listIn(const catalog::Provider &provider, const Page &page)
{
    auto names = catalog::parseModelList(provider, page.bytes);
    if (!names) {
        return failure(names.error());
    }
    return ModelList{std::move(*names), page.latency};
}

} // namespace

void ModelLister::list(ListRequest request, Done done)
{
    const auto url = catalog::modelsUrlOf(request.provider, request.baseUrl, request.extra);
    if (!url || url->isEmpty()) {
        QMetaObject::invokeMethod(
            &m_pages,
            [done = std::move(done)] {
                done(failure(
                    common::ErrorKind::NotFound, u"This provider has no list of its models."_s));
            },
            Qt::QueuedConnection);
        return;
    }
    m_pages.fetch<ModelList>(
        {request.provider, *url, request.key, largestList, listLimit},
        [provider = request.provider](const Page &page) { return listIn(provider, page); },
        std::move(done));
}

} // namespace freerelay::services
