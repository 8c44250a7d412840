#pragma once

#include "core/interfaces/request_history.h"

#include <QList>
#include <QStringList>

#include <utility>

namespace freerelay::interfaces {

/// Names and values as they were given, in order.
using Parameters = QList<std::pair<QString, QString>>;

/// A question for a page of requests.
struct RequestQuery
{
    static constexpr int usualLimit = 50;

    RequestFilter filter;
    int limit = usualLimit;
    std::optional<RequestCursor> cursor;
};

/// Reads provider, model, status (a number, 2xx, 4xx, 5xx or failed), app, q, from, to (ISO 8601 or
/// seconds since 1970), limit (1..500) and cursor. An empty value counts as not given. Pure.
/// @return InvalidArgument; `param` and the sentence name the parameter
[[nodiscard]] common::Result<RequestQuery> parseRequestQuery(const Parameters &parameters);

/// Reads window (1h, 24h, 7d, 30d or 90d; usual: 24h) or instead of it from and to, and series
/// (total, provider, model or app). Pure. @return as parseRequestQuery()
[[nodiscard]] common::Result<StatsQuery> parseStatsQuery(const Parameters &parameters);

/// The words that parseRequestQuery() takes for `status` beside numbers.
[[nodiscard]] QStringList statusWords();

[[nodiscard]] QString toString(StatsWindow window);
/// "total", "provider", "model", "app"; "" for None.
[[nodiscard]] QString toString(StatsSeries series);
[[nodiscard]] std::chrono::seconds lengthOf(StatsWindow window);

/// A cursor as text without characters that an address would have to escape.
[[nodiscard]] QString toString(const RequestCursor &cursor);
[[nodiscard]] std::optional<RequestCursor> cursorFromString(const QString &text);

} // namespace freerelay::interfaces
