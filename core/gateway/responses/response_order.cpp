#include "response_order.h"

#include "core/dialects/json.h"
#include "core/dialects/json_object_edit.h"
#include "core/dialects/json_writer.h"
#include "core/gateway/responses/kept_response.h"

#include <optional>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr qsizetype longestIdTold = 80;

common::Error notKept(const QString &param, const QString &what, const QByteArray &id)
{
    return {
        common::ErrorKind::InvalidArgument,
        u"%1 “%2” is not kept here (any more). What clients have stored is kept for as long as the setting responses_keep says, until FreeRelay ends. Send the whole conversation as input."_s
            .arg(what, QString::fromUtf8(id.left(longestIdTold))),
        {},
        param,
        {}};
}

common::Error cannotGoOn(const common::Error &error)
{
    return {common::ErrorKind::InvalidArgument, error.message, {}, u"previous_response_id"_s, {}};
}

bool isReference(const dialects::JsonValue &item)
{
    const dialects::JsonValue type = item["type"];
    return type.equals("item_reference")
        || (type.isAbsent() && item["role"].isAbsent() && item["id"].isString());
}

/// Gathers the items of one request.
class Conversation
{
public:
    Conversation(ReplyLogs &logs, const QByteArray &app)
        : m_logs(logs)
        , m_app(app)
    { }

    std::optional<common::Error> addPrevious(const QByteArray &id, ResponseOrder &order)
    {
        order.previous = findResponse(m_logs, id, m_app);
        if (!order.previous || !id.startsWith("resp_")) {
            return notKept(u"previous_response_id"_s, u"The response"_s, id);
        }
        auto items = conversationUpTo(*order.previous);
        if (!items) {
            return cannotGoOn(items.error());
        }
        m_items = *std::move(items);
        m_isChanged = true;
        return std::nullopt;
    }

    std::optional<common::Error> addInput(const dialects::JsonValue &input, ResponseOrder &order)
    {
        QByteArrayList own;
        if (input.isString()) {
            QByteArray item;
            dialects::JsonWriter json(item);
            json.beginObject().member("type", "message").member("role", "user");
            json.rawMember("content", input.text()).endObject();
            own.append(item);
        }
        for (const dialects::JsonValue &item : input.elements()) {
            if (!isReference(item)) {
                own.append(item.text().toByteArray());
                continue;
            }
            const QByteArray id = item["id"].string();
            const auto log = findResponse(m_logs, id, m_app);
            const auto kept = log ? itemIn(*log, id)
                                  : common::failure(common::ErrorKind::NotFound, QString());
            if (!kept) {
                return notKept(u"input"_s, u"The item"_s, id);
            }
            own.append(*kept);
            m_isChanged = true;
        }
        order.input = '[' + own.join(',') + ']';
        m_items += own;
        return std::nullopt;
    }

    /// Of the whole conversation; null when it is what the client has sent.
    [[nodiscard]] QByteArray input() const
    {
        return m_isChanged ? QByteArray('[' + m_items.join(',') + ']') : QByteArray();
    }

private:
    ReplyLogs &m_logs;
    const QByteArray &m_app;
    QByteArrayList m_items;
    bool m_isChanged = false;
};

QByteArray withMember(const QByteArray &body, QByteArrayView name, const QByteArray &json)
{
    const auto root = dialects::parseJson(body);
    if (!root || !root->isObject()) {
        return body;
    }
    dialects::Splicer splicer(body);
    dialects::JsonObjectEdit edit(*root);
    edit.set(name, json);
    edit.commit(splicer);
    return dialects::padded(splicer.apply());
}

} // namespace

QByteArray withoutStore(const QByteArray &body)
{
    return withMember(body, "store", "false");
}

common::Result<ResponseOrder>
readResponseOrder(const QByteArray &body, ReplyLogs &logs, const QByteArray &app)
{
    ResponseOrder order;
    order.body = body;
    const auto root = dialects::parseJson(body);
    if (!root || !root->isObject()) {
        return order;
    }
    const dialects::JsonValue store = (*root)["store"];
    order.store = store.isAbsent() || store.isTrue();
    order.stream = (*root)["stream"].isTrue();
    order.background = (*root)["background"].isTrue();
    Conversation conversation(logs, app);
    const dialects::JsonValue previous = (*root)["previous_response_id"];
    if (previous.isString()) {
        if (auto error = conversation.addPrevious(previous.string(), order)) {
            return common::failure(*std::move(error));
        }
    }
    if (auto error = conversation.addInput((*root)["input"], order)) {
        return common::failure(*std::move(error));
    }
    if (const QByteArray input = conversation.input(); !input.isNull()) {
        order.body = withMember(body, "input", input);
    }
    return order;
}

} // namespace freerelay::gateway
