#include "kept_response.h"

#include "core/dialects/json.h"
#include "core/dialects/json_object_edit.h"
#include "core/dialects/json_writer.h"

#include <algorithm>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr int firstErrorStatus = 400;
constexpr QByteArrayView dataMark("\ndata: ");

common::Result<QByteArray> bodyOf(const ReplyLog &log)
{
    const ReplyLog::Piece all = log.read(0, ReplyLog::maxBytes);
    if (all.lost) {
        return common::failure(
            common::ErrorKind::Unavailable, u"This response became too long to be kept."_s);
    }
    return all.bytes;
}

/// `response` of the event whose data begins behind `mark`; missing when it has none.
QByteArray responseAt(const QByteArray &events, qsizetype mark)
{
    const qsizetype begin = mark + dataMark.size();
    const QByteArray data = events.mid(begin, events.indexOf('\n', begin) - begin);
    const auto root = dialects::parseJson(data);
    return root ? (*root)["response"].text().toByteArray() : QByteArray();
}

QByteArray
withStatus(const QByteArray &response, QByteArrayView status, const QByteArray &error = "null")
{
    const auto root = dialects::parseJson(response);
    if (!root) {
        return response;
    }
    dialects::Splicer splicer(response);
    dialects::JsonObjectEdit edit(*root);
    edit.set("status", QByteArray('"' + status.toByteArray() + '"'));
    edit.set("error", error);
    edit.commit(splicer);
    return splicer.apply();
}

QByteArray failureOf(const QByteArray &errorBody)
{
    const auto root = dialects::parseJson(errorBody);
    const QByteArray message = root ? (*root)["error"]["message"].string() : QByteArray();
    QByteArray out;
    dialects::JsonWriter(out)
        .beginObject()
        .member("code", "server_error")
        .member("message", message.isEmpty() ? QByteArray("It broke off.") : message)
        .endObject();
    return out;
}

/// Of one whose end nobody wrote.
QByteArray unfinished(const ReplyLog &log, const QByteArray &begun, const QByteArray &error)
{
    if (log.isCancelled()) {
        return withStatus(begun, "cancelled");
    }
    return log.isEnded() ? withStatus(begun, "failed", failureOf(error))
                         : withStatus(begun, "in_progress");
}

common::Result<QByteArray> streamedResponse(const ReplyLog &log, const QByteArray &events)
{
    const QByteArray last = responseAt(events, events.lastIndexOf(dataMark));
    if (!last.isEmpty() && log.isEnded()) {
        return last;
    }
    const QByteArray first = responseAt(events, events.indexOf(dataMark));
    return unfinished(log, first, {});
}

QByteArrayList elementsOf(const QByteArray &array)
{
    QByteArrayList items;
    if (const auto root = dialects::parseJson(array)) {
        for (const dialects::JsonValue &item : root->elements()) {
            items.append(item.text().toByteArray());
        }
    }
    return items;
}

common::Result<QByteArrayList> outputOf(const ReplyLog &log)
{
    const auto response = responseIn(log);
    if (!response) {
        return common::failure(response.error());
    }
    const auto root = dialects::parseJson(*response);
    const dialects::JsonValue status = root ? (*root)["status"] : dialects::JsonValue();
    if (!status.equals("completed") && !status.equals("incomplete")) {
        return common::failure(
            common::ErrorKind::InvalidArgument,
            u"The previous response is %1."_s.arg(QString::fromUtf8(status.string())));
    }
    return elementsOf((*root)["output"].text().toByteArray());
}

/// From the first turn to this one.
std::vector<const ReplyLog *> turnsUpTo(const ReplyLog &log)
{
    std::vector<const ReplyLog *> turns;
    for (const ReplyLog *turn = &log; turn != nullptr; turn = noteOf(*turn)->previous.get()) {
        turns.push_back(turn);
    }
    std::reverse(turns.begin(), turns.end());
    return turns;
}

} // namespace

QByteArray requestIdOf(const QByteArray &id)
{
    return "req_" + id.split('_').value(1);
}

std::shared_ptr<ReplyLog> findResponse(ReplyLogs &logs, const QByteArray &id, const QByteArray &app)
{
    auto log = logs.find({requestIdOf(id), app});
    return log && noteOf(*log) != nullptr ? log : nullptr;
}

const ResponseNote *noteOf(const ReplyLog &log)
{
    return dynamic_cast<const ResponseNote *>(log.note().get());
}

common::Result<QByteArray> responseIn(const ReplyLog &log)
{
    const ReplyLog::Head head = log.head();
    const QByteArray &queued = noteOf(log)->queued;
    const auto body = bodyOf(log);
    if (!body) {
        return body;
    }
    if (head.status >= firstErrorStatus && !queued.isEmpty()) {
        return unfinished(log, queued, *body);
    }
    const bool hasBegun = head.stream ? body->contains(dataMark) : !body->isEmpty();
    if (!hasBegun) {
        return queued.isEmpty()
            ? common::failure(common::ErrorKind::Unavailable, u"This response has not begun."_s)
            : common::Result<QByteArray>(unfinished(log, queued, {}));
    }
    return head.stream ? streamedResponse(log, *body) : body;
}

common::Result<QByteArrayList> inputOf(const ReplyLog &log)
{
    QByteArrayList items;
    for (const ReplyLog *turn : turnsUpTo(log)) {
        items += elementsOf(noteOf(*turn)->input);
        if (turn == &log) {
            break;
        }
        const auto output = outputOf(*turn);
        if (!output) {
            return output;
        }
        items += *output;
    }
    return items;
}

common::Result<QByteArrayList> conversationUpTo(const ReplyLog &log)
{
    auto items = inputOf(log);
    const auto output = items ? outputOf(log) : items;
    if (!output) {
        return output;
    }
    *items += *output;
    return items;
}

common::Result<QByteArray> itemIn(const ReplyLog &log, const QByteArray &itemId)
{
    const auto output = outputOf(log);
    if (!output) {
        return common::failure(output.error());
    }
    for (const QByteArray &item : *output) {
        const auto root = dialects::parseJson(item);
        if (root && (*root)["id"].equals(itemId)) {
            return item;
        }
    }
    return common::failure(common::ErrorKind::NotFound, u"There is no such item."_s);
}

} // namespace freerelay::gateway
