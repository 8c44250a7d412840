#include "model_lister.h"

#include "core/catalog/discovery.h"
#include "core/catalog/endpoint.h"
#include "core/common/secret_text.h"
#include "core/dialects/provider_error.h"
#include "core/upstream/curl_client.h"

#include <QElapsedTimer>

#include <unordered_map>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

// Classes in this file have neither signals nor slots.
// clazy:excludeall=missing-qobject-macro

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

constexpr qsizetype largestList = 8 * 1024 * 1024;
/// NVIDIA's list was seen to take 11 s (resources/catalog/providers.yaml).
constexpr std::chrono::milliseconds listLimit = 30s;

ErrorKind kindOf(dialects::FailureClass failure)
{
    using dialects::FailureClass;
    switch (failure) {
    case FailureClass::KeyRejected:
        return ErrorKind::Unauthenticated;
    case FailureClass::Forbidden:
        return ErrorKind::PermissionDenied;
    case FailureClass::RateLimited:
        return ErrorKind::RateLimited;
    case FailureClass::NoCredit:
        return ErrorKind::QuotaExhausted;
    case FailureClass::ModelGone:
        return ErrorKind::NotFound;
    case FailureClass::Timeout:
        return ErrorKind::Timeout;
    default:
        return ErrorKind::Unavailable;
    }
}

/// One question; deletes itself through `over` when it is answered.
class Listing final : public upstream::CallObserver
{
public:
    Listing(
        ListRequest request,
        std::function<void(Result<ModelList>)> over,
        const common::Clock &clock)
        : m_request(std::move(request))
        , m_over(std::move(over))
        , m_clock(clock)
    {
        m_timer.start();
    }

    void start(upstream::HttpClient &client, const QByteArray &url)
    {
        upstream::HttpCall call;
        call.method = "GET"_ba;
        call.url = url;
        call.limits.total = listLimit;
        const catalog::Provider &provider = m_request.provider;
        for (const auto &[name, value] : provider.headers) {
            call.headers.add(name, value);
        }
        if (!m_request.key.isEmpty()) {
            const catalog::WireAuth auth = catalog::authOf(provider, provider.wire);
            call.credentialHeader = auth.header;
            call.credential = auth.scheme.isEmpty()
                ? m_request.key
                : common::Secret(auth.scheme + ' ' + m_request.key.reveal());
        }
        m_call = client.start(std::move(call), *this);
    }

    void onHead(int status, const common::HeaderList &headers) override
    {
        m_status = status;
        m_headers = headers;
    }

    upstream::Flow onBody(QByteArrayView bytes) override
    {
        if (m_body.size() + bytes.size() <= largestList) {
            m_body.append(bytes);
        }
        return upstream::Flow::Continue;
    }

    void onEnd(const upstream::CallEnd &end) override { m_over(resultOf(end)); }

private:
    [[nodiscard]] Result<ModelList> resultOf(const upstream::CallEnd &end) const
    {
        if (end.error) {
            return failure(*end.error);
        }
        if (m_status < 200 || m_status > 299) {
            dialects::ProviderFailure refused = dialects::classifyFailure(
                m_request.provider, m_status, m_headers, m_body, m_clock.wallNow());
            common::maskValue(refused.message, m_request.key);
            return failure(
                kindOf(refused.kind),
                u"It answered %1: %2"_s.arg(m_status).arg(QString::fromUtf8(refused.message)));
        }
        auto names = catalog::parseModelList(m_request.provider, m_body);
        if (!names) {
            return failure(names.error());
        }
        return ModelList{std::move(*names), std::chrono::milliseconds(m_timer.elapsed())};
    }

    ListRequest m_request;
    std::function<void(Result<ModelList>)> m_over;
    const common::Clock &m_clock;
    QElapsedTimer m_timer;
    int m_status = 0;
    common::HeaderList m_headers;
    QByteArray m_body;
    std::unique_ptr<upstream::Call> m_call;
};

} // namespace

/// The control thread's side.
class ModelLister::Engine final : public QObject
{
public:
    explicit Engine(const common::Clock &clock)
        : m_clock(clock)
    { }

    void ask(ListRequest request, const Done &done)
    {
        if (!m_client) {
            m_client = std::make_unique<upstream::CurlClient>(upstream::ClientConfig(), m_clock);
        }
        const auto url = catalog::modelsUrlOf(request.provider, request.baseUrl, request.extra);
        if (!url || url->isEmpty()) {
            done(failure(ErrorKind::NotFound, u"This provider has no list of its models."_s));
            return;
        }
        const quint64 id = ++m_lastId;
        auto over = [this, id, done](Result<ModelList> result) {
            done(std::move(result));
            QMetaObject::invokeMethod(
                this, [this, id] { m_listings.erase(id); }, Qt::QueuedConnection);
        };
        auto listing = std::make_unique<Listing>(std::move(request), std::move(over), m_clock);
        Listing &started = *listing;
        m_listings.emplace(id, std::move(listing));
        started.start(*m_client, *url);
    }

private:
    const common::Clock &m_clock;
    std::unique_ptr<upstream::CurlClient> m_client;
    std::unordered_map<quint64, std::unique_ptr<Listing>> m_listings;
    quint64 m_lastId = 0;
};

ModelLister::ModelLister(const common::Clock &clock)
    : m_engine(new Engine(clock))
{
    m_thread.setObjectName(u"control"_s);
    m_engine->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_engine, &QObject::deleteLater);
    m_thread.start();
}

ModelLister::~ModelLister()
{
    m_thread.quit();
    m_thread.wait();
}

void ModelLister::list(ListRequest request, Done done)
{
    auto answer = [this, done = std::move(done)](Result<ModelList> result) {
        QMetaObject::invokeMethod(
            this, [done, result = std::move(result)] { done(result); }, Qt::QueuedConnection);
    };
    QMetaObject::invokeMethod(
        m_engine,
        [engine = m_engine, request = std::move(request), answer = std::move(answer)] {
            engine->ask(request, answer);
        },
        Qt::QueuedConnection);
}

} // namespace freerelay::services
