#pragma once

#include "core/common/clock.h"

#include <QByteArray>

#include <cstdint>

namespace freerelay::store {

/// Columns of `requests` that writer and reader agree on, in this order: those of the request
/// itself, then those of its decision.
inline constexpr const char *requestColumns
    = "request_id, run, time_us, app, app_version, process, asked_model, provider, model, "
      "key_fingerprint,"
      " tier, paid, status, stream, broken_stream, failed, error_class, error, finish_reason,"
      " retry_cause, attempts, ttft_us, duration_us, parse_ns, stream_us, prompt_tokens,"
      " completion_tokens, cached_tokens, reasoning_tokens, cost_micro_usd, hedge_fired,"
      " hedge_winner, trace_id,"
      " mode, target, needs_tools, needs_vision, needs_json_schema, prompt_tokens_estimated,"
      " output_tokens_requested, snapshot_version, decision_ns, decision_set";
inline constexpr int ownColumns = 33;
inline constexpr int decisionColumns = 10;

/// INSERT with one parameter for each of requestColumns, from ?1 on.
[[nodiscard]] inline QByteArray insertRequestSql()
{
    QByteArray sql = QByteArray("INSERT INTO requests(") + requestColumns + ") VALUES(?1";
    for (int i = 2; i <= ownColumns + decisionColumns; ++i) {
        sql += ", ?" + QByteArray::number(i);
    }
    return sql + ')';
}

[[nodiscard]] inline std::int64_t microseconds(common::WallTime time)
{
    return std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
}

[[nodiscard]] inline common::WallTime wallTime(std::int64_t microsecondsSinceEpoch)
{
    return common::WallTime(std::chrono::microseconds(microsecondsSinceEpoch));
}

} // namespace freerelay::store
