#include "history_route.h"

#include "core/interfaces/request_json.h"
#include "core/relay/error_reply.h"

#include <QJsonDocument>
#include <QStringDecoder>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

void reply(relay::Downstream &downstream, const QJsonObject &object)
{
    downstream.reply(
        200,
        {{"content-type"_ba, "application/json"_ba}, {"cache-control"_ba, "no-store"_ba}},
        QJsonDocument(object).toJson(QJsonDocument::Compact));
}

void reply(relay::Downstream &downstream, const common::Error &error)
{
    const relay::ClientError told = relay::toClientError(error);
    downstream.reply(told.status, told.headers(), told.body());
}

/// Replies with what `toObject` makes of the answer, or with its error.
template <typename T, typename ToObject>
std::function<void(Result<T>)>
replyWith(std::shared_ptr<relay::Downstream> downstream, ToObject toObject)
{
    return [downstream = std::move(downstream), toObject](const Result<T> &answer) {
        if (answer) {
            reply(*downstream, toObject(*answer));
        } else {
            reply(*downstream, answer.error());
        }
    };
}

std::optional<QString> decoded(const QByteArray &text)
{
    // A plus sign is a space in forms (application/x-www-form-urlencoded, WHATWG URL standard).
    const QByteArray bytes = QByteArray::fromPercentEncoding(QByteArray(text).replace('+', ' '));
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString value = decoder(bytes);
    return decoder.hasError() || value.contains(QChar::Null) ? std::nullopt : std::optional(value);
}

} // namespace

Result<interfaces::Parameters> queryParameters(const QByteArray &query)
{
    interfaces::Parameters parameters;
    for (const QByteArray &part : query.split('&')) {
        if (part.isEmpty()) {
            continue;
        }
        const qsizetype mark = part.indexOf('=');
        const auto name = decoded(mark < 0 ? part : part.first(mark));
        const auto value = decoded(mark < 0 ? QByteArray() : part.sliced(mark + 1));
        if (!name || !value) {
            const QString shown = name.value_or(QString());
            return failure(
                ErrorKind::InvalidArgument,
                u"The value of “%1” is not valid UTF-8 text."_s.arg(shown),
                shown);
        }
        parameters.append({*name, *value});
    }
    return parameters;
}

void HistoryRoute::list(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream)
{
    const auto query = queryParameters(request.query).and_then(interfaces::parseRequestQuery);
    if (!query) {
        reply(*downstream, query.error());
        return;
    }
    m_history.page(
        query->filter,
        query->limit,
        query->cursor,
        *this,
        replyWith<interfaces::RequestPage>(
            std::move(downstream), [](const auto &page) { return toJson(page); }));
}

void HistoryRoute::one(QByteArrayView rest, std::shared_ptr<relay::Downstream> downstream)
{
    constexpr QByteArrayView traceSuffix = "/trace";
    const bool isTrace = rest.endsWith(traceSuffix);
    const QString id = QString::fromUtf8(isTrace ? rest.chopped(traceSuffix.size()) : rest);
    m_history.details(
        id,
        *this,
        replyWith<interfaces::RequestDetails>(
            std::move(downstream), [isTrace](const auto &details) {
                return isTrace ? interfaces::traceJson(details) : interfaces::toJson(details);
            }));
}

void HistoryRoute::stats(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream)
{
    const auto query = queryParameters(request.query).and_then(interfaces::parseStatsQuery);
    if (!query) {
        reply(*downstream, query.error());
        return;
    }
    m_history.stats(
        *query,
        *this,
        replyWith<interfaces::RequestStats>(std::move(downstream), [q = *query](const auto &stats) {
            return interfaces::toJson(q, stats);
        }));
}

} // namespace freerelay::gateway
