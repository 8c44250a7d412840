#include "responses_route.h"

#include "core/dialects/json_writer.h"
#include "core/dialects/responses/compaction_dialect.h"
#include "core/dialects/responses/responses_dialect.h"
#include "core/gateway/access_policy.h"
#include "core/gateway/replay/no_client.h"
#include "core/gateway/responses/input_items.h"
#include "core/gateway/responses/kept_response.h"
#include "core/gateway/router.h"
#include "core/gateway/routes/token_count.h"
#include "core/relay/app_rights.h"
#include "core/relay/error_reply.h"

#include <QUrlQuery>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr int ok = 200;
constexpr int badRequest = 400;
constexpr int notFound = 404;
/// In the background only the request's own deadline counts.
constexpr std::chrono::hours forever{24};

const dialects::ResponsesDialect &responsesDialect()
{
    static const dialects::ResponsesDialect dialect;
    return dialect;
}

const dialects::CompactionDialect &compactionDialect()
{
    static const dialects::CompactionDialect dialect;
    return dialect;
}

void answer(relay::Downstream &downstream, const QByteArray &json)
{
    downstream.reply(ok, {{"content-type"_ba, "application/json"_ba}}, json);
}

void refuse(
    relay::Downstream &downstream, int status, const QByteArray &message, QByteArray param = {})
{
    const relay::ClientError error{
        status, message, "invalid_request_error"_ba, std::move(param), {}, {}};
    downstream.reply(error.status, error.headers(), error.body());
}

void refuse(relay::Downstream &downstream, const common::Error &error)
{
    const relay::ClientError told = relay::toClientError(error);
    downstream.reply(told.status, told.headers(), told.body());
}

void refuseUnknown(relay::Downstream &downstream, const QByteArray &id)
{
    refuse(
        downstream,
        notFound,
        "Response with id '" + id.left(80)
            + "' not found. Responses are kept as long as the "
              "setting responses_keep says, until FreeRelay ends.");
}

void tell(relay::Downstream &downstream, const ReplyLog &log)
{
    const auto response = responseIn(log);
    response ? answer(downstream, *response) : refuse(downstream, response.error());
}

/// "resp_…" and what comes behind it.
QByteArrayList partsOf(const QByteArray &path)
{
    return wildcardPart("/v1/responses/*", path).split('/');
}

} // namespace

ResponsesRoute::ResponsesRoute(
    relay::WorkerRelay &relay, relay::AuditGate &audit, relay::TextGate &texts, ReplayRoute &replay)
    : m_relay(relay)
    , m_replay(replay)
    , m_chat(relay, audit, texts, replay, {&responsesDialect()})
    , m_compaction(relay, audit, texts, replay, {&compactionDialect()})
{ }

void ResponsesRoute::create(
    const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream)
{
    if (relay::refusalOf(request.caller, apps::Scope::Chat)) {
        m_chat.handle(request, std::move(downstream)); // tells so; nothing is kept
        return;
    }
    PreparedRequest prepared{newRequestId(m_ids, m_relay.clock().wallNow()), {}};
    HttpRequest asked = request;
    auto order = readResponseOrder(request.body, m_replay.logs(), appIdOf(request));
    if (!order) {
        prepared.refusal = order.error();
        m_chat.handle(asked, std::move(downstream), std::move(prepared));
        return;
    }
    asked.body = order->body;
    const QByteArray queued = queuedOf(asked, *order, prepared.requestId);
    auto client = keep(asked, *order, prepared.requestId, queued, downstream);
    if (!client) {
        client = std::move(downstream);
        asked.body = order->store ? withoutStore(asked.body) : asked.body;
        if (!queued.isEmpty()) {
            prepared.refusal = common::Error{
                common::ErrorKind::InvalidArgument,
                u"A response in the background has to be stored, and this one is not: `store` is false, responses_keep is 0, or too much is kept already."_s,
                {},
                u"background"_s,
                {}};
        }
    } else if (!queued.isEmpty() && !order->stream) {
        common::HeaderList headers{{"content-type"_ba, "application/json"_ba}};
        headers.add("x-freerelay-request-id"_ba, prepared.requestId);
        downstream->reply(ok, headers, queued);
    }
    m_chat.handle(asked, std::move(client), std::move(prepared));
}

/// The Response that is told before there is an answer; "" unless it is made in the background.
QByteArray ResponsesRoute::queuedOf(
    const HttpRequest &request, const ResponseOrder &order, const QByteArray &requestId)
{
    if (!order.background) {
        return {};
    }
    const auto said = responsesDialect().read({request.body, request.path, request.query});
    return said ? dialects::ResponsesDialect::queued(*said, requestId, m_relay.clock().wallNow())
                : QByteArray(); // its client is told what is wrong
}

/// @return where the answer goes; null when it is not kept
std::shared_ptr<relay::Downstream> ResponsesRoute::keep(
    const HttpRequest &request,
    const ResponseOrder &order,
    const QByteArray &requestId,
    const QByteArray &queued,
    std::shared_ptr<relay::Downstream> downstream)
{
    const common::Duration period = m_relay.config()->responsesKeep;
    if (!order.store || period == common::Duration(0)) {
        return nullptr;
    }
    auto note = std::make_shared<ResponseNote>();
    note->input = order.input;
    note->previous = order.previous;
    note->bytesBefore = order.previous ? noteOf(*order.previous)->bytes() : 0;
    note->queued = queued;
    note->stream = order.stream;
    ReplyLogs &logs = m_replay.logs();
    auto log = logs.add({requestId, appIdOf(request)}, period, std::move(note));
    if (!log) {
        return nullptr;
    }
    const bool isAlone = !queued.isEmpty();
    KeptDownstream::Terms terms;
    if (isAlone) {
        terms.grace = forever;
    } else if (request.headers.value("x-freerelay-resumable") == "true") {
        terms.grace = m_relay.config()->resumeGrace;
    }
    terms.failed = [&logs, requestId, isAlone, weak = std::weak_ptr(log)] {
        const auto failed = weak.lock();
        const int status = failed ? failed->head().status : 0;
        if (!isAlone && status != ok) {
            logs.remove(requestId); // there is no Response
        }
    };
    if (isAlone && !order.stream) {
        downstream = std::make_shared<NoClient>();
    }
    return std::make_shared<KeptDownstream>(
        std::move(downstream), std::move(log), std::move(terms), m_relay.clock());
}

std::shared_ptr<ReplyLog> ResponsesRoute::find(const HttpRequest &request, const QByteArray &id)
{
    return id.startsWith("resp_") ? findResponse(m_replay.logs(), id, appIdOf(request)) : nullptr;
}

void ResponsesRoute::get(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream)
{
    const QByteArrayList parts = partsOf(request.path);
    auto log = find(request, parts.front());
    if (!log) {
        refuseUnknown(*downstream, parts.front());
    } else if (parts.size() == 1) {
        const bool streams = QUrlQuery(QString::fromUtf8(request.query)).queryItemValue(u"stream"_s)
            == u"true"_s;
        streams ? stream(request, std::move(log), std::move(downstream)) : tell(*downstream, *log);
    } else if (parts.size() == 2 && parts.back() == "input_items") {
        const auto items = inputOf(*log);
        const auto page = items ? inputItemsPage(*items, request.query, requestIdOf(parts.front()))
                                : common::failure(items.error());
        page ? answer(*downstream, *page) : refuse(*downstream, page.error());
    } else {
        refuseUnknown(*downstream, request.path);
    }
}

/// Events are numbered from 0, and those of a log from 1.
void ResponsesRoute::stream(
    const HttpRequest &request,
    std::shared_ptr<ReplyLog> log,
    std::shared_ptr<relay::Downstream> downstream)
{
    if (!noteOf(*log)->stream) {
        refuse(
            *downstream,
            badRequest,
            "Only a response that was asked for as a stream can be streamed again.",
            "stream"_ba);
        return;
    }
    const QString after
        = QUrlQuery(QString::fromUtf8(request.query)).queryItemValue(u"starting_after"_s);
    bool isNumber = true;
    const qlonglong number = after.isEmpty() ? -1 : after.toLongLong(&isNumber);
    const auto from = isNumber && number >= -1 ? log->offsetOf(number + 2) : std::nullopt;
    if (log->isLost() || !from) {
        refuse(
            *downstream,
            badRequest,
            log->isLost() ? "The stream became too long to be kept."
                          : "starting_after is not the number of an event of this stream.",
            "starting_after"_ba);
        return;
    }
    m_replay.follow(std::move(log), std::move(downstream), *from);
}

void ResponsesRoute::remove(const HttpRequest &request, relay::Downstream &downstream)
{
    const QByteArray id = partsOf(request.path).join('/');
    const auto log = find(request, id);
    if (!log) {
        refuseUnknown(downstream, id);
        return;
    }
    if (!log->isEnded()) {
        log->cancel();
    }
    m_replay.logs().remove(requestIdOf(id));
    QByteArray out;
    dialects::JsonWriter json(out);
    json.beginObject().member("id", id).member("object", "response").key("deleted").boolean(true);
    json.endObject();
    answer(downstream, out);
}

void ResponsesRoute::cancel(const HttpRequest &request, relay::Downstream &downstream)
{
    const QByteArrayList parts = partsOf(request.path);
    const auto log = parts.size() == 2 && parts.back() == "cancel" ? find(request, parts.front())
                                                                   : nullptr;
    if (!log) {
        refuseUnknown(downstream, parts.front());
        return;
    }
    if (noteOf(*log)->queued.isEmpty()) {
        refuse(
            downstream,
            badRequest,
            "Only a response that is made in the background can be cancelled.");
        return;
    }
    if (!log->isEnded()) {
        log->cancel();
    }
    tell(downstream, *log);
}

void ResponsesRoute::compact(
    const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream)
{
    PreparedRequest prepared;
    HttpRequest asked = request;
    if (const auto order = readResponseOrder(request.body, m_replay.logs(), appIdOf(request))) {
        asked.body = order->body;
    } else {
        prepared.refusal = order.error();
    }
    m_compaction.handle(asked, std::move(downstream), std::move(prepared));
}

void ResponsesRoute::countInput(const HttpRequest &request, relay::Downstream &downstream)
{
    const auto order = readResponseOrder(request.body, m_replay.logs(), appIdOf(request));
    if (!order) {
        refuse(downstream, order.error());
        return;
    }
    HttpRequest asked = request;
    asked.body = order->body;
    countTokens(responsesDialect(), "input_tokens"_ba, asked, downstream);
}

} // namespace freerelay::gateway
