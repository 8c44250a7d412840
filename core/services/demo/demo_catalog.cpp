#include "demo_catalog.h"

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

struct DemoRow
{
    const char *id;
    const char *name;
    double quality;
};

/// Best quality first is tried first: the unreliable one, so that failover can be watched.
constexpr std::array rows{
    DemoRow{"demo", "Demo", 0.40},
    DemoRow{"demo-flaky", "Demo (fails now and then)", 0.42},
    DemoRow{"demo-slow", "Demo (slow)", 0.38},
};

} // namespace

bool isDemo(const catalog::Provider &provider)
{
    return provider.id == "demo" || provider.id.startsWith("demo-");
}

std::shared_ptr<const catalog::Catalog>
withDemo(const catalog::Catalog &base, std::uint16_t port, DemoSize size)
{
    std::vector<catalog::Provider> providers = base.providers();
    std::vector<catalog::Model> models = base.models();
    for (const DemoRow &row : rows) {
        catalog::Provider provider;
        provider.id = row.id;
        provider.name = row.name;
        provider.tier = catalog::Tier::Free;
        provider.baseUrl = "http://127.0.0.1:" + QByteArray::number(port) + '/' + row.id + "/v1";
        provider.chatPath = "/chat/completions"_ba;
        provider.keyless = true;
        providers.push_back(provider);

        catalog::Model model;
        model.name = "demo-model"_ba;
        model.id = provider.id + '/' + model.name;
        model.provider = provider.id;
        model.title = provider.name;
        model.tier = catalog::Tier::Free;
        model.priorQuality = row.quality;
        models.push_back(model);
        if (size == DemoSize::One) {
            break;
        }
    }
    return std::make_shared<const catalog::Catalog>(
        std::move(providers), std::move(models), base.aliases());
}

} // namespace freerelay::services
