#include "chat_route.h"

#include "core/dialects/openai_chat.h"
#include "core/gateway/access_policy.h"
#include "core/gateway/routes/idempotency.h"
#include "core/relay/app_rights.h"
#include "core/relay/error_reply.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

using relay::LatencyClass;

namespace {

constexpr int maxHops = 8;
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

/// nullopt = the header says something else.
std::optional<LatencyClass>
latencyClassOf(const QByteArray &header, const dialects::ChatRequest &chat)
{
    if (header.isNull()) {
        return relay::usualClass(chat.stream, chat.needs.outputTokensRequested);
    }
    constexpr std::array<std::pair<QByteArrayView, LatencyClass>, 3> words{
        {{"interactive", LatencyClass::Interactive},
         {"async", LatencyClass::Async},
         {"batch", LatencyClass::Batch}}};
    for (const auto &[word, meaning] : words) {
        if (header == word) {
            return meaning;
        }
    }
    return std::nullopt;
}

/// How much work a request is worth, and whether it is in a hurry.
std::optional<relay::ClientError>
readWorth(const common::HeaderList &headers, relay::RelayRequest &asked)
{
    const auto latency = latencyClassOf(headers.value("x-freerelay-latency-class"), asked.chat);
    if (!latency) {
        return badHeader(
            "x-freerelay-latency-class must be interactive, async or batch."_ba,
            "invalid_latency_class"_ba);
    }
    const QByteArray precision = headers.value("x-freerelay-precision");
    if (!precision.isNull() && precision != "low" && precision != "medium" && precision != "high") {
        return badHeader(
            "x-freerelay-precision must be low, medium or high."_ba, "invalid_precision"_ba);
    }
    asked.latency = *latency;
    asked.isPrecise = precision == "high";
    return std::nullopt;
}

/// Of work that can wait, while most providers fail (specification 10.3).
relay::ClientError putOff()
{
    constexpr std::chrono::minutes later{5};
    return {
        503,
        "Most providers fail at the moment, so batch requests are put off. Try again later, or send the request as interactive."_ba,
        "server_error"_ba,
        {},
        "brownout"_ba,
        later};
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
    return readWorth(headers, asked);
}

} // namespace

QByteArray newRequestId(common::RandomIds &ids, common::WallTime now)
{
    constexpr int timeDigits = 8;
    constexpr int randomBytes = 12;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    const QByteArray time = QByteArray::number(static_cast<quint32>(seconds), 16);
    return "req_" + time.rightJustified(timeDigits, '0') + ids.next(randomBytes);
}

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

/// Before anything is kept or told of earlier answers.
std::shared_ptr<relay::Downstream> ChatRoute::audited(
    const HttpRequest &request,
    const relay::RelayRequest &asked,
    std::shared_ptr<relay::Downstream> downstream)
{
    return m_audit.watch(asked.requestId, request.body, std::move(downstream), m_form.dialect);
}

bool ChatRoute::admit(
    const HttpRequest &request,
    relay::RelayRequest &asked,
    std::shared_ptr<relay::Downstream> downstream)
{
    relay::enterApp(asked, request.caller.app, m_relay.clock().wallNow());
    const auto error = relay::refusalOf(request.caller, m_form.scope);
    if (!error) {
        return true;
    }
    downstream = audited(request, asked, std::move(downstream));
    if (m_form.dialect != nullptr) {
        downstream = std::make_shared<TranslatedDownstream>(
            std::move(downstream), *m_form.dialect, TranslatedDownstream::Terms{asked.requestId});
    }
    refuse(m_relay, *downstream, *error, asked);
    return false;
}

/// @return where the answer goes; null when the client has been answered, or will be
std::shared_ptr<relay::Downstream> ChatRoute::keep(
    const HttpRequest &request,
    const relay::RelayRequest &asked,
    std::shared_ptr<relay::Downstream> downstream)
{
    const bool resumable = request.headers.value("x-freerelay-resumable") == "true";
    const auto key = idempotencyKeyOf(request);
    if (const auto *error = std::get_if<relay::ClientError>(&key)) {
        const auto watched = audited(request, asked, std::move(downstream));
        refuse(m_relay, *watched, *error, asked);
        return nullptr;
    }
    const auto &config = m_relay.config();
    KeptDownstream::Terms terms{resumable, config->resumeGrace, {}, {}};
    if (resumable) {
        terms.headers.add("x-freerelay-resume"_ba, "/v1/streams/" + asked.requestId);
    }
    if (const auto &claimed = std::get<std::optional<ReplyLogs::Key>>(key)) {
        return keepUnder(*claimed, request, asked, std::move(terms), std::move(downstream));
    }
    auto log = resumable
        ? m_replay.logs().add({asked.requestId, appIdOf(request)}, config->resumeKeep)
        : nullptr;
    if (!log) {
        return downstream;
    }
    return std::make_shared<KeptDownstream>(
        std::move(downstream), std::move(log), std::move(terms), m_relay.clock());
}

std::shared_ptr<relay::Downstream> ChatRoute::keepUnder(
    const ReplyLogs::Key &key,
    const HttpRequest &request,
    const relay::RelayRequest &asked,
    KeptDownstream::Terms terms,
    std::shared_ptr<relay::Downstream> downstream)
{
    ReplyLogs &logs = m_replay.logs();
    auto [claim, log] = logs.claim(
        key,
        {asked.requestId, appIdOf(request)},
        std::max<common::Duration>(idempotencyPeriod, m_relay.config()->resumeKeep));
    switch (claim) {
    case ReplyLogs::Claim::New:
        terms.failed = [&logs, hash = key.hash] { logs.release(hash); };
        return std::make_shared<KeptDownstream>(
            std::move(downstream), std::move(log), std::move(terms), m_relay.clock());
    case ReplyLogs::Claim::Known:
        replay(std::move(log), asked, audited(request, asked, std::move(downstream)));
        return nullptr;
    case ReplyLogs::Claim::Mismatch: {
        const auto watched = audited(request, asked, std::move(downstream));
        refuse(m_relay, *watched, keyUsedOtherwise(), asked);
        return nullptr;
    }
    case ReplyLogs::Claim::NoRoom:
        return downstream;
    }
    return downstream;
}

/// It has a record of its own, in which nobody was asked and no token was used.
void ChatRoute::replay(
    std::shared_ptr<ReplyLog> log,
    relay::RelayRequest asked,
    std::shared_ptr<relay::Downstream> downstream)
{
    const common::Clock &clock = m_relay.clock();
    m_replay.replay(
        std::move(log),
        std::move(downstream),
        common::HeaderList{{"x-freerelay-idempotent-replay"_ba, "true"_ba}},
        [this, asked = std::move(asked), began = clock.now(), came = clock.wallNow()](
            const LogReader::End &end) {
            const common::Duration took = m_relay.clock().now() - began;
            m_relay.recordReplay(asked, {came, took, end.status, end.stream, end.broken, end.left});
        });
}

common::Result<dialects::ChatRequest> ChatRoute::read(
    const HttpRequest &request, TranslatedDownstream *translated, const QByteArray &requestId) const
{
    if (translated == nullptr) {
        return m_form.parse(request.body);
    }
    auto said = m_form.dialect->read({request.body, request.path, request.query});
    if (!said) {
        return common::failure(said.error());
    }
    auto chat = m_form.parse(std::move(said->chat));
    if (chat) {
        chat->foreign = true;
        chat->fillsIn = said->fillsIn;
        dialects::RequestNeeds &needs = chat->needs;
        needs.outputTokensRequested = std::min(needs.outputTokensRequested, foreignOutputTokens);
        translated->setTerms(
            {requestId,
             std::move(said->ignored),
             needs.promptTokensEstimated,
             said->thinking,
             said->asArray,
             &m_relay.clock(),
             m_relay.clock().now(),
             std::move(said->terms)});
    }
    return chat;
}

void ChatRoute::handle(
    const HttpRequest &request,
    std::shared_ptr<relay::Downstream> downstream,
    PreparedRequest prepared)
{
    relay::RelayRequest asked;
    asked.requestId = prepared.requestId.isEmpty() ? newRequestId(m_ids, m_relay.clock().wallNow())
                                                   : std::move(prepared.requestId);
    asked.route = request.route;
    asked.process = request.process;
    asked.app = m_clientApp.of(request.headers.value("user-agent"));
    asked.trace = common::traceOf(request.headers, m_relay.config()->tracing, m_ids);
    if (!admit(request, asked, downstream)) {
        return;
    }
    downstream = keep(request, asked, std::move(downstream));
    if (!downstream) {
        return;
    }
    downstream = audited(request, asked, std::move(downstream));
    std::shared_ptr<TranslatedDownstream> translated;
    if (m_form.dialect != nullptr) {
        translated = std::make_shared<TranslatedDownstream>(
            std::move(downstream), *m_form.dialect, TranslatedDownstream::Terms{asked.requestId});
        downstream = translated;
    }
    const common::SteadyTime started = m_relay.clock().now();
    auto chat = prepared.refusal
        ? common::Result<dialects::ChatRequest>(common::failure(*std::move(prepared.refusal)))
        : read(request, translated.get(), asked.requestId);
    asked.parseTime = m_relay.clock().now() - started;
    downstream = m_texts.watch(
        asked.requestId, chat ? chat->body : request.body, std::move(downstream));
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
    if (!chat) {
        refuse(m_relay, *downstream, relay::toClientError(chat.error()), asked);
        return;
    }
    asked.chat = std::move(*chat);
    if (const auto error = readWishes(request.headers, asked)) {
        refuse(m_relay, *downstream, *error, asked);
        return;
    }
    if (asked.latency == LatencyClass::Batch && !asked.isPrecise && m_relay.isBrownout()) {
        refuse(m_relay, *downstream, putOff(), asked);
        return;
    }
    answer(request, std::move(asked), std::move(downstream));
}

void ChatRoute::answer(
    const HttpRequest &request,
    relay::RelayRequest asked,
    std::shared_ptr<relay::Downstream> downstream)
{
    if (m_programs == nullptr || !ProgramModels::isNamed(asked.chat.model)) {
        m_relay.relay(std::move(asked), std::move(downstream));
    } else if (const auto error = m_programs->refusal(request, asked.chat.model)) {
        refuse(m_relay, *downstream, *error, asked);
    } else {
        m_programs->run(std::move(asked), std::move(downstream));
    }
}

} // namespace freerelay::gateway
