#include "chat_route.h"

#include "core/dialects/openai_chat.h"
#include "core/relay/error_reply.h"

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr int maxHops = 8;
constexpr int requestIdBytes = 12;
constexpr double leastDeadline = 0.1; ///< seconds
constexpr double longestDeadline = 86'400;

/// Tells the client and the record.
void refuse(
    relay::WorkerRelay &relay,
    relay::Downstream &downstream,
    const relay::ClientError &error,
    const relay::RelayRequest &request)
{
    common::HeaderList headers = error.headers();
    headers.add("x-freerelay-request-id"_ba, request.requestId);
    headers.add("x-freerelay-attempts"_ba, "0"_ba);
    downstream.reply(error.status, headers, error.body());
    relay.recordRefusal(request, error); // behind the reply: the audit has hashed it
}

relay::ClientError badHeader(QByteArray message, QByteArray code)
{
    return {400, std::move(message), "invalid_request_error"_ba, {}, std::move(code), {}};
}

/// What a client asks for in headers of our own.
std::optional<relay::ClientError>
readWishes(const common::HeaderList &headers, relay::RelayRequest &asked)
{
    if (const QByteArray mode = headers.value("x-freerelay-mode"); !mode.isNull()) {
        asked.mode = common::modeFromString(QString::fromLatin1(mode));
        if (!asked.mode) {
            return badHeader("x-freerelay-mode must be free, paid or auto."_ba, "invalid_mode"_ba);
        }
    }
    if (const QByteArray deadline = headers.value("x-freerelay-deadline"); !deadline.isNull()) {
        bool isNumber = false;
        const double seconds = deadline.toDouble(&isNumber);
        if (!isNumber || !(seconds >= leastDeadline && seconds <= longestDeadline)) {
            return badHeader(
                "x-freerelay-deadline must be seconds from 0.1 to 86400."_ba,
                "invalid_deadline"_ba);
        }
        asked.deadline = std::chrono::milliseconds(std::llround(seconds * 1'000));
    }
    return std::nullopt;
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
    relay::RelayRequest asked;
    asked.requestId = "req_" + m_ids.next(requestIdBytes);
    downstream = m_audit.watch(asked.requestId, request.body, std::move(downstream));
    asked.app = relay::clientApp(request.headers.value("user-agent"));
    asked.trace = common::traceOf(request.headers, m_relay.config()->tracing, m_ids);
    asked.hops = nextHops(request.headers.value("x-freerelay-hop"), m_relay.config()->instanceId);
    if (asked.hops.isEmpty()) {
        refuse(
            m_relay,
            *downstream,
            {508,
             "This request has already passed through this FreeRelay: a provider's base URL leads back here."_ba,
             "server_error"_ba,
             {},
             "loop_detected"_ba,
             {}},
            asked);
        return;
    }
    const common::SteadyTime started = m_relay.clock().now();
    auto chat = dialects::parseOpenAiChat(std::move(request.body));
    asked.parseTime = m_relay.clock().now() - started;
    if (!chat) {
        refuse(m_relay, *downstream, relay::toClientError(chat.error()), asked);
        return;
    }
    asked.chat = std::move(*chat);
    if (const auto error = readWishes(request.headers, asked)) {
        refuse(m_relay, *downstream, *error, asked);
        return;
    }
    m_relay.relay(std::move(asked), std::move(downstream));
}

} // namespace freerelay::gateway
