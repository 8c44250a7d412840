#include "chat_call.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

QByteArray bodyOf(const ChatQuestion &question)
{
    const QJsonObject message{{u"role"_s, u"user"_s}, {u"content"_s, question.text}};
    QJsonObject body{{u"messages"_s, QJsonArray{message}}, {u"stream"_s, question.stream}};
    if (!question.model.isEmpty()) {
        body.insert(u"model"_s, question.model);
    }
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

QString errorOf(const QJsonObject &object)
{
    return object.value("error"_L1).toObject().value("message"_L1).toString();
}

} // namespace

ChatCall::ChatCall(
    upstream::HttpClient &client,
    const ChatQuestion &question,
    std::function<void(const QString &)> onText,
    std::function<void()> over)
    : m_stream(question.stream)
    , m_onText(std::move(onText))
    , m_over(std::move(over))
{
    upstream::HttpCall call;
    call.url = question.endpoint + "/v1/chat/completions";
    call.headers.add("content-type"_ba, "application/json"_ba);
    call.body = bodyOf(question);
    if (!question.clientKey.isEmpty()) {
        call.credentialHeader = "authorization"_ba;
        call.credential = common::Secret("Bearer " + question.clientKey.reveal());
    }
    m_timer.start();
    m_call = client.start(std::move(call), *this);
}

QString ChatCall::provider() const
{
    return QString::fromUtf8(m_headers.value("x-freerelay-provider"));
}

QString ChatCall::model() const
{
    return QString::fromUtf8(m_headers.value("x-freerelay-model"));
}

void ChatCall::onHead(int status, const common::HeaderList &headers)
{
    m_status = status;
    m_headers = headers;
}

upstream::Flow ChatCall::onBody(QByteArrayView bytes)
{
    if (m_stream && m_status == 200) {
        m_events.append(bytes);
        readEvents();
    } else {
        m_body.append(bytes);
    }
    return upstream::Flow::Continue;
}

void ChatCall::readEvents()
{
    while (const auto event = m_events.next()) {
        if (event->data == "[DONE]") {
            m_done = true;
            continue;
        }
        const QJsonObject chunk = QJsonDocument::fromJson(event->data.toByteArray()).object();
        if (const QString error = errorOf(chunk); !error.isEmpty()) {
            m_error = error;
        }
        const QJsonArray choices = chunk.value("choices"_L1).toArray();
        for (const QJsonValue &choice : choices) {
            addText(choice.toObject().value("delta"_L1).toObject().value("content"_L1).toString());
        }
    }
}

void ChatCall::addText(const QString &text)
{
    if (text.isEmpty()) {
        return;
    }
    if (!m_firstTextNs) {
        m_firstTextNs = m_timer.nsecsElapsed();
    }
    m_onText(text);
}

void ChatCall::readWhole()
{
    const QJsonObject reply = QJsonDocument::fromJson(m_body).object();
    if (m_status != 200) {
        const QString error = errorOf(reply);
        m_error = error.isEmpty() ? u"The gateway answered with status %1."_s.arg(m_status) : error;
        return;
    }
    const QJsonArray choices = reply.value("choices"_L1).toArray();
    if (choices.isEmpty()) {
        m_error = u"The answer has no text."_s;
        return;
    }
    addText(
        choices.first().toObject().value("message"_L1).toObject().value("content"_L1).toString());
}

void ChatCall::onEnd(const upstream::CallEnd &end)
{
    m_durationNs = m_timer.nsecsElapsed();
    if (end.error) {
        m_error = end.error->message;
    } else if (!m_stream || m_status != 200) {
        readWhole();
    } else if (!m_done && m_error.isEmpty()) {
        m_error = u"The answer broke off."_s;
    }
    const auto over = std::move(m_over);
    over(); // may destroy this call
}

} // namespace freerelay::app
