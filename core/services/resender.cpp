#include "resender.h"

#include "core/services/history/answer_slot.h"
#include "core/upstream/curl_client.h"

#include <unordered_map>

using namespace Qt::Literals::StringLiterals;

// Classes in this file have neither signals nor slots.
// clazy:excludeall=missing-qobject-macro

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;
using Answer = AnswerSlot<QString>::Mailbox;

/// One prompt on its way; what is answered to it is the record's business.
class Sending final : public upstream::CallObserver
{
public:
    Sending(std::shared_ptr<Answer> answer, std::function<void()> over)
        : m_answer(std::move(answer))
        , m_over(std::move(over))
    { }

    void start(upstream::HttpClient &client, upstream::HttpCall call)
    {
        m_call = client.start(std::move(call), *this);
    }

    void onHead(int status, const common::HeaderList &headers) override
    {
        const QByteArray id = headers.value("x-freerelay-request-id");
        answer(
            id.isEmpty() ? failure(
                ErrorKind::Unavailable, u"The gateway refused the request (HTTP %1)."_s.arg(status))
                         : Result<QString>(QString::fromLatin1(id)));
    }

    upstream::Flow onBody(QByteArrayView) override { return upstream::Flow::Continue; }

    void onEnd(const upstream::CallEnd &end) override
    {
        if (end.error) {
            answer(failure(*end.error));
        }
        m_over();
    }

private:
    void answer(Result<QString> result)
    {
        if (const auto waiting = std::exchange(m_answer, nullptr)) {
            waiting->post(std::move(result));
        }
    }

    std::shared_ptr<Answer> m_answer; ///< null = answered
    std::function<void()> m_over;
    std::unique_ptr<upstream::Call> m_call;
};

Result<QByteArray> promptOf(const Result<interfaces::RequestDetails> &details)
{
    if (!details) {
        return failure(details.error());
    }
    if (!details->texts) {
        return failure(
            ErrorKind::NotFound,
            u"The prompt of this request is not kept (setting records.keep_texts_hours)."_s);
    }
    if (details->texts->promptCut) {
        return failure(ErrorKind::InvalidArgument, u"Only the beginning of this prompt is kept."_s);
    }
    return details->texts->prompt.toUtf8();
}

upstream::HttpCall callTo(const Resender::Target &target, QByteArray prompt)
{
    upstream::HttpCall call;
    call.url = target.endpoint.toLatin1() + "/v1/chat/completions";
    call.headers.add("content-type"_ba, "application/json"_ba);
    call.headers.add("user-agent"_ba, QByteArray("freerelay-resend/" FREERELAY_VERSION));
    if (!target.clientKey.isEmpty()) {
        call.credentialHeader = "authorization"_ba;
        call.credential = common::Secret("Bearer " + target.clientKey.reveal());
    }
    call.body = std::move(prompt);
    // The gateway itself keeps to deadlines.
    call.limits.firstByte = {};
    call.limits.gap = {};
    return call;
}

} // namespace

/// The background's side.
class Resender::Engine final : public QObject
{
public:
    explicit Engine(const common::Clock &clock)
        : m_clock(clock)
    { }

    void send(upstream::HttpCall call, std::shared_ptr<Answer> answer)
    {
        if (!m_client) {
            m_client = std::make_unique<upstream::CurlClient>(upstream::ClientConfig(), m_clock);
        }
        const quint64 id = ++m_lastId;
        auto over = [this, id] {
            QMetaObject::invokeMethod(
                this, [this, id] { m_sendings.erase(id); }, Qt::QueuedConnection);
        };
        auto sending = std::make_unique<Sending>(std::move(answer), std::move(over));
        Sending &started = *sending;
        m_sendings.emplace(id, std::move(sending));
        started.start(*m_client, std::move(call));
    }

private:
    const common::Clock &m_clock;
    std::unique_ptr<upstream::CurlClient> m_client;
    std::unordered_map<quint64, std::unique_ptr<Sending>> m_sendings;
    quint64 m_lastId = 0;
};

Resender::Resender(
    interfaces::RequestHistory &history, QThread &background, const common::Clock &clock)
    : m_history(history)
    , m_engine(new Engine(clock))
{
    m_engine->moveToThread(&background);
    connect(&background, &QThread::finished, m_engine, &QObject::deleteLater);
}

void Resender::resend(const QString &requestId, Target target, Callback done)
{
    m_history.details(
        requestId,
        *this,
        [this, target = std::move(target), done = std::move(done)](
            const Result<interfaces::RequestDetails> &details) {
            const Result<QByteArray> prompt = promptOf(details);
            if (!prompt) {
                done(failure(prompt.error()));
                return;
            }
            if (target.endpoint.isEmpty()) {
                done(failure(ErrorKind::Unavailable, u"FreeRelay is not listening."_s));
                return;
            }
            QMetaObject::invokeMethod(
                m_engine,
                [engine = m_engine,
                 call = callTo(target, *prompt),
                 answer = AnswerSlot<QString>::open(*this, done)]() mutable {
                    engine->send(std::move(call), std::move(answer));
                },
                Qt::QueuedConnection);
        });
}

} // namespace freerelay::services
