#include "demo_handler.h"

#include "core/dialects/openai_chat.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

#include <chrono>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

// Classes in this file have neither signals nor slots.
// clazy:excludeall=missing-qobject-macro

namespace freerelay::services {

namespace {

constexpr int longestEcho = 300;

QString textOf(const QJsonValue &content)
{
    if (content.isString()) {
        return content.toString();
    }
    QStringList parts;
    const QJsonArray array = content.toArray();
    for (const QJsonValue &part : array) {
        parts << part.toObject().value("text"_L1).toString();
    }
    return parts.join(u' ').trimmed();
}

QString lastUserText(const QJsonObject &request)
{
    const QJsonArray messages = request.value("messages"_L1).toArray();
    for (auto i = messages.size(); i-- > 0;) {
        const QJsonObject message = messages[i].toObject();
        if (message.value("role"_L1).toString() == "user"_L1) {
            return textOf(message.value("content"_L1));
        }
    }
    return {};
}

QJsonObject usageOf(const QString &asked, const QString &answer)
{
    const auto prompt = asked.size() / 4 + 1;
    const auto completion = answer.size() / 4 + 1;
    return {
        {u"prompt_tokens"_s, prompt},
        {u"completion_tokens"_s, completion},
        {u"total_tokens"_s, prompt + completion}};
}

QByteArray wholeReply(const QString &asked, const QString &answer)
{
    const QJsonObject message{
        {u"role"_s, u"assistant"_s}, {u"content"_s, answer}, {u"refusal"_s, QJsonValue::Null}};
    const QJsonObject choice{
        {u"index"_s, 0},
        {u"message"_s, message},
        {u"logprobs"_s, QJsonValue::Null},
        {u"finish_reason"_s, u"stop"_s}};
    return QJsonDocument(QJsonObject{
                             {u"id"_s, u"chatcmpl-demo"_s},
                             {u"object"_s, u"chat.completion"_s},
                             {u"created"_s, QDateTime::currentSecsSinceEpoch()},
                             {u"model"_s, u"demo-model"_s},
                             {u"choices"_s, QJsonArray{choice}},
                             {u"usage"_s, usageOf(asked, answer)}})
        .toJson(QJsonDocument::Compact);
}

/// Sends the answer word by word, as long as the client is there.
class DemoStream final : public QObject
{
public:
    DemoStream(
        std::shared_ptr<relay::Downstream> downstream,
        const QString &asked,
        const QString &answer,
        std::chrono::milliseconds pace,
        QObject *parent)
        : QObject(parent)
        , m_downstream(std::move(downstream))
        , m_words(answer.split(u' '))
        , m_usage(usageOf(asked, answer))
        , m_created(QDateTime::currentSecsSinceEpoch())
        , m_timer(this)
    {
        m_downstream->beginStream(200, {{"content-type"_ba, "text/event-stream"_ba}});
        send({{u"role"_s, u"assistant"_s}, {u"content"_s, QString()}}, {});
        connect(&m_timer, &QTimer::timeout, this, &DemoStream::next);
        m_timer.start(pace);
    }

private:
    void next()
    {
        if (m_downstream->isGone()) {
            deleteLater();
            return;
        }
        if (m_position < m_words.size()) {
            const QString separator = m_position == 0 ? QString() : u" "_s;
            send({{u"content"_s, QString(separator + m_words[m_position])}}, {});
            ++m_position;
            return;
        }
        m_timer.stop();
        send({}, u"stop"_s);
        QJsonObject last = frame();
        last.insert(u"choices"_s, QJsonArray());
        last.insert(u"usage"_s, m_usage);
        write(last);
        m_downstream->write("data: [DONE]\n\n"_ba);
        m_downstream->finish();
        deleteLater();
    }

    [[nodiscard]] QJsonObject frame() const
    {
        return {
            {u"id"_s, u"chatcmpl-demo"_s},
            {u"object"_s, u"chat.completion.chunk"_s},
            {u"created"_s, m_created},
            {u"model"_s, u"demo-model"_s}};
    }

    void send(const QJsonObject &delta, const QString &finishReason)
    {
        QJsonObject chunk = frame();
        const QJsonValue finish = finishReason.isEmpty() ? QJsonValue(QJsonValue::Null)
                                                         : QJsonValue(finishReason);
        chunk.insert(
            u"choices"_s,
            QJsonArray{
                QJsonObject{{u"index"_s, 0}, {u"delta"_s, delta}, {u"finish_reason"_s, finish}}});
        write(chunk);
    }

    void write(const QJsonObject &chunk)
    {
        m_downstream->write(
            "data: " + QJsonDocument(chunk).toJson(QJsonDocument::Compact) + "\n\n");
    }

    std::shared_ptr<relay::Downstream> m_downstream;
    QStringList m_words;
    QJsonObject m_usage;
    qint64 m_created;
    qsizetype m_position = 0;
    QTimer m_timer;
};

void refuse(relay::Downstream &downstream, int status, QByteArrayView message)
{
    downstream.reply(
        status,
        {{"content-type"_ba, "application/json"_ba}},
        dialects::openAiError(message, "server_error"));
}

} // namespace

QString demoAnswer(const QString &asked)
{
    return u"This is FreeRelay's built-in demo, not a language model: no provider is configured "
           u"yet. "
           "To get real answers for free, make a key at https://console.groq.com/keys (or at "
           "aistudio.google.com/apikey "
           "or openrouter.ai/keys) and give it to FreeRelay with “freerelay setup”, in the window "
           "under Providers, or as "
           "GROQ_API_KEY in the environment. You asked: %1"_s.arg(asked.left(longestEcho));
}

void DemoHandler::handle(
    gateway::HttpRequest request, std::shared_ptr<relay::Downstream> downstream)
{
    if (!request.path.endsWith("/chat/completions")) {
        refuse(*downstream, 404, "The demo answers chat requests only.");
        return;
    }
    if (request.path.startsWith("/demo-flaky/") && ++m_flakyRequests % 3 == 0) {
        refuse(*downstream, 503, "The flaky demo provider fails every third time.");
        return;
    }
    const QJsonObject body = QJsonDocument::fromJson(request.body).object();
    const QString asked = lastUserText(body);
    const QString answer = demoAnswer(asked);
    const auto pace = request.path.startsWith("/demo-slow/") ? 120ms : 15ms;
    if (body.value("stream"_L1).toBool()) {
        new DemoStream(std::move(downstream), asked, answer, pace, this);
        return;
    }
    downstream->reply(200, {{"content-type"_ba, "application/json"_ba}}, wholeReply(asked, answer));
}

} // namespace freerelay::services
