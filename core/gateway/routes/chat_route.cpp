#include "chat_route.h"

#include "core/dialects/openai_chat.h"
#include "core/relay/error_reply.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr int maxHops = 8;
constexpr int requestIdBytes = 12;

void refuse(
    relay::Downstream &downstream, const relay::ClientError &error, const QByteArray &requestId)
{
    common::HeaderList headers = error.headers();
    headers.add("x-freerelay-request-id"_ba, requestId);
    headers.add("x-freerelay-attempts"_ba, "0"_ba);
    downstream.reply(error.status, headers, error.body());
}

} // namespace

QByteArray nextHops(const QByteArray &received, const QByteArray &instanceId)
{
    if (received.isEmpty()) {
        return instanceId;
    }
    const QList<QByteArray> hops = received.split(',');
    if (hops.size() >= maxHops) {
        return {};
    }
    for (const QByteArray &hop : hops) {
        if (hop.trimmed() == instanceId) {
            return {};
        }
    }
    return received + ',' + instanceId;
}

void ChatRoute::handle(HttpRequest request, std::shared_ptr<relay::Downstream> downstream)
{
    QByteArray requestId = "req_" + m_ids.next(requestIdBytes);
    QByteArray hops = nextHops(
        request.headers.value("x-freerelay-hop"), m_relay.config()->instanceId);
    if (hops.isEmpty()) {
        refuse(
            *downstream,
            {508,
             "This request has already passed through this FreeRelay: a provider's base URL leads back here."_ba,
             "server_error"_ba,
             {},
             "loop_detected"_ba,
             {}},
            requestId);
        return;
    }
    auto chat = dialects::parseOpenAiChat(std::move(request.body));
    if (!chat) {
        refuse(*downstream, relay::toClientError(chat.error()), requestId);
        return;
    }
    std::optional<common::Mode> mode;
    if (const QByteArray asked = request.headers.value("x-freerelay-mode"); !asked.isNull()) {
        mode = common::modeFromString(QString::fromLatin1(asked));
        if (!mode) {
            refuse(
                *downstream,
                {400,
                 "x-freerelay-mode must be free, paid or auto."_ba,
                 "invalid_request_error"_ba,
                 {},
                 "invalid_mode"_ba,
                 {}},
                requestId);
            return;
        }
    }
    m_relay.relay(
        {std::move(*chat), mode, std::move(requestId), std::move(hops)}, std::move(downstream));
}

} // namespace freerelay::gateway
