#pragma once

#include "core/interfaces/gateway_control.h"
#include "core/interfaces/request_trace.h"

#include <QJsonObject>

namespace freerelay::interfaces {

/// The history as JSON, the same over HTTP and the control socket; docs/api.md has the fields.
[[nodiscard]] QJsonObject toJson(const RequestRow &row);
[[nodiscard]] QJsonObject toJson(const RequestPage &page);
[[nodiscard]] QJsonObject toJson(const RequestDetails &details);
/// The waterfall of traceOf().
[[nodiscard]] QJsonObject traceJson(const RequestDetails &details);
/// @param query  that `stats` answers
[[nodiscard]] QJsonObject toJson(const StatsQuery &query, const RequestStats &stats);

/// Without "problem" when there is none.
[[nodiscard]] QJsonObject toJson(const TextsStatus &texts);

} // namespace freerelay::interfaces
