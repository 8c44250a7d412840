#include "provider_pages.h"

#include "core/catalog/endpoint.h"
#include "core/common/secret_text.h"
#include "core/dialects/provider_error.h"
#include "core/upstream/curl_client.h"

#include <QElapsedTimer>

#include <memory>
#include <unordered_map>

using namespace Qt::Literals::StringLiterals;

// Classes in this file have neither signals nor slots.
// clazy:excludeall=missing-qobject-macro

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

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
class Question final : public upstream::CallObserver
{
public:
    Question(
        PageRequest request,
        std::function<void(const Result<Page> &)> over,
        const common::Clock &clock)
        : m_request(std::move(request))
        , m_over(std::move(over))
        , m_clock(clock)
    {
        m_timer.start();
    }

    void start(upstream::HttpClient &client)
    {
        upstream::HttpCall call;
        call.method = "GET"_ba;
        call.url = m_request.url;
        call.limits.total = m_request.limit;
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
        if (m_body.size() + bytes.size() <= m_request.largest) {
            m_body.append(bytes);
        }
        return upstream::Flow::Continue;
    }

    void onEnd(const upstream::CallEnd &end) override { m_over(resultOf(end)); }

private:
    [[nodiscard]] Result<Page> resultOf(const upstream::CallEnd &end) const
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
        return Page{m_body, std::chrono::milliseconds(m_timer.elapsed())};
    }

    PageRequest m_request;
    std::function<void(const Result<Page> &)> m_over;
    const common::Clock &m_clock;
    QElapsedTimer m_timer;
    int m_status = 0;
    common::HeaderList m_headers;
    QByteArray m_body;
    std::unique_ptr<upstream::Call> m_call;
};

} // namespace

/// The control thread's side.
class ProviderPages::Engine final : public QObject
{
public:
    explicit Engine(const common::Clock &clock)
        : m_clock(clock)
    { }

    void ask(PageRequest request, const Fetched &fetched)
    {
        if (!m_client) {
            m_client = std::make_unique<upstream::CurlClient>(upstream::ClientConfig(), m_clock);
        }
        const quint64 id = ++m_lastId;
        auto over = [this, id, fetched](const Result<Page> &page) {
            fetched(page);
            QMetaObject::invokeMethod(
                this, [this, id] { m_questions.erase(id); }, Qt::QueuedConnection);
        };
        auto question = std::make_unique<Question>(std::move(request), std::move(over), m_clock);
        Question &started = *question;
        m_questions.emplace(id, std::move(question));
        started.start(*m_client);
    }

private:
    const common::Clock &m_clock;
    std::unique_ptr<upstream::CurlClient> m_client;
    std::unordered_map<quint64, std::unique_ptr<Question>> m_questions;
    quint64 m_lastId = 0;
};

ProviderPages::ProviderPages(const common::Clock &clock)
    : m_engine(new Engine(clock))
{
    m_thread.setObjectName(u"control"_s);
    m_engine->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_engine, &QObject::deleteLater);
    m_thread.start();
}

ProviderPages::~ProviderPages()
{
    m_thread.quit();
    m_thread.wait();
}

void ProviderPages::start(PageRequest request, Fetched fetched)
{
    QMetaObject::invokeMethod(
        m_engine,
        [engine = m_engine, request = std::move(request), fetched = std::move(fetched)] {
            engine->ask(request, fetched);
        },
        Qt::QueuedConnection);
}

} // namespace freerelay::services
