#include "client_reply.h"

#include "core/dialects/openai_chat.h"

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

constexpr int okStatus = 200;

} // namespace

/// Of the attempt that answers, or was made last.
common::HeaderList ClientReply::headers(const QByteArrayList &ignored) const
{
    common::HeaderList headers;
    headers.add("x-freerelay-request-id"_ba, m_record.outcome().requestId);
    headers.add(
        "x-freerelay-attempts"_ba, QByteArray::number(qulonglong(m_record.attempts().size())));
    if (m_record.waited() > 0ms) {
        headers.add(
            "x-freerelay-waited-ms"_ba, QByteArray::number(qint64(m_record.waited().count())));
    }
    if (const AttemptRecord *attempt = m_record.decisiveAttempt()) {
        headers.add("x-freerelay-provider"_ba, attempt->provider);
        headers.add("x-freerelay-model"_ba, attempt->model);
    }
    if (!ignored.isEmpty()) {
        headers.add("x-freerelay-ignored"_ba, ignored.join(", "));
    }
    return headers;
}

void ClientReply::abort()
{
    m_isOver = true;
    m_client->abort();
}

void ClientReply::whole(QByteArray body, const QByteArrayList &ignored)
{
    common::HeaderList head = headers(ignored);
    head.add("content-type"_ba, "application/json"_ba);
    m_isOver = true;
    m_record.outcome().status = okStatus;
    m_client->reply(okStatus, head, std::move(body));
}

void ClientReply::beginStream(const QByteArrayList &ignored)
{
    common::HeaderList head = headers(ignored);
    head.add("content-type"_ba, "text/event-stream; charset=utf-8"_ba);
    head.add("cache-control"_ba, "no-cache"_ba);
    m_hasBegun = true;
    m_record.outcome().status = okStatus;
    m_client->beginStream(okStatus, head);
}

void ClientReply::finishStream()
{
    m_isOver = true;
    m_client->finish();
}

void ClientReply::breakOff(const ClientError &error)
{
    m_isOver = true;
    m_record.noteStreamEnd();
    m_record.outcome().brokenStream = true;
    m_record.noteError(error);
    m_client->write(dialects::openAiStreamError(error.message, error.type, error.code));
    m_client->finish();
}

void ClientReply::refuse(const ClientError &error)
{
    common::HeaderList head = error.headers();
    const common::HeaderList ours = headers();
    for (const auto &[name, value] : ours.fields()) {
        head.add(name, value);
    }
    m_isOver = true;
    m_record.outcome().status = error.status;
    m_record.noteError(error);
    m_client->reply(error.status, head, error.body());
}

void ClientReply::letGo()
{
    m_client->setHandlers({}, {});
    m_client.reset();
}

} // namespace freerelay::relay
