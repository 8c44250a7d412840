#include "input_items.h"

#include "core/dialects/json.h"
#include "core/dialects/json_writer.h"

#include <QUrlQuery>

#include <algorithm>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr int usualLimit = 20; // openai-openapi 2.3.0, listInputItems
constexpr int mostItems = 100;

struct Listed
{
    QByteArray id;
    QByteArray json;
};

common::Error amiss(const QString &param, const QString &message)
{
    return {common::ErrorKind::InvalidArgument, message, {}, param, {}};
}

/// Requests may say text as a string; in lists it is a part.
void writeContent(
    dialects::JsonWriter &json, const dialects::JsonValue &content, const dialects::JsonValue &role)
{
    if (!content.isString()) {
        json.rawMember("content", content.isArray() ? content.text() : "[]");
        return;
    }
    const bool isAnswer = role.equals("assistant");
    json.key("content").beginArray().beginObject();
    json.member("type", isAnswer ? "output_text" : "input_text").rawMember("text", content.text());
    if (isAnswer) {
        json.rawMember("annotations", "[]").rawMember("logprobs", "[]");
    }
    json.endObject().endArray();
}

Listed listed(const QByteArray &item, const QByteArray &otherId)
{
    const auto root = dialects::parseJson(item);
    if (!root) {
        return {otherId, "{}"};
    }
    const dialects::JsonValue role = (*root)["role"];
    const dialects::JsonValue type = (*root)["type"];
    const dialects::JsonValue id = (*root)["id"];
    Listed entry{id.isString() ? id.string() : otherId, {}};
    dialects::JsonWriter json(entry.json);
    json.beginObject().member("id", entry.id);
    if (type.equals("message") || (type.isAbsent() && role.isString())) {
        json.member("type", "message").member("status", "completed");
        json.member("role", role.string());
        writeContent(json, (*root)["content"], role);
    } else {
        for (const dialects::JsonMember &member : root->members()) {
            if (!member.keyIs("id")) {
                json.escapedKey(member.key()).raw(member.value.text());
            }
        }
    }
    json.endObject();
    return entry;
}

common::Result<int> limitIn(const QUrlQuery &query)
{
    if (!query.hasQueryItem(u"limit"_s)) {
        return usualLimit;
    }
    bool isNumber = false;
    const int limit = query.queryItemValue(u"limit"_s).toInt(&isNumber);
    if (!isNumber || limit < 1 || limit > mostItems) {
        return common::failure(amiss(u"limit"_s, u"limit must be a number from 1 to 100."_s));
    }
    return limit;
}

QByteArray page(const std::vector<Listed> &entries, std::size_t from, std::size_t to)
{
    QByteArray out;
    dialects::JsonWriter json(out);
    json.beginObject().member("object", "list").key("data").beginArray();
    for (std::size_t at = from; at < to; ++at) {
        json.raw(entries[at].json);
    }
    json.endArray();
    json.key("first_id");
    from == to ? json.null() : json.string(entries[from].id);
    json.key("last_id");
    from == to ? json.null() : json.string(entries[to - 1].id);
    json.key("has_more").boolean(to < entries.size()).endObject();
    return out;
}

} // namespace

common::Result<QByteArray>
inputItemsPage(const QByteArrayList &items, const QByteArray &query, const QByteArray &requestId)
{
    const QUrlQuery said(QString::fromUtf8(query));
    const auto limit = limitIn(said);
    if (!limit) {
        return common::failure(limit.error());
    }
    std::vector<Listed> entries;
    for (const QByteArray &item : items) {
        const QByteArray number = QByteArray::number(qlonglong(entries.size()));
        entries.push_back(
            listed(item, "in_" + requestId.mid(requestId.indexOf('_') + 1) + '_' + number));
    }
    if (said.queryItemValue(u"order"_s) != u"asc"_s) {
        std::reverse(entries.begin(), entries.end());
    }
    std::size_t from = 0;
    if (const QByteArray after = said.queryItemValue(u"after"_s).toUtf8(); !after.isEmpty()) {
        const auto found = std::find_if(
            entries.begin(), entries.end(), [&](const Listed &one) { return one.id == after; });
        if (found == entries.end()) {
            return common::failure(amiss(u"after"_s, u"after is not the id of an item."_s));
        }
        from = static_cast<std::size_t>(found - entries.begin()) + 1;
    }
    return page(entries, from, std::min(from + static_cast<std::size_t>(*limit), entries.size()));
}

} // namespace freerelay::gateway
