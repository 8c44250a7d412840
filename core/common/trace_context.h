#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <optional>

namespace freerelay::common {

/// Where a request stands in a distributed trace (W3C Trace Context, level 2).
struct TraceContext
{
    static constexpr std::uint8_t sampledFlag = 0x01;
    static constexpr std::uint8_t randomFlag = 0x02; ///< the last 7 bytes of traceId are random

    QByteArray traceId; ///< 32 lower-case hex digits; "" = there is no trace
    QByteArray parentSpanId; ///< 16 hex digits, of the caller; "" = the trace begins here
    QByteArray spanId; ///< 16 hex digits, ours; "" = we only pass the caller's context on
    std::uint8_t flags = 0;
    QByteArray state; ///< tracestate as received

    [[nodiscard]] bool isRecorded() const { return !spanId.isEmpty(); }
};

/// Reads a traceparent header: version 00, and what later versions share with it.
/// @return traceId, parentSpanId and flags (the two known ones); nullopt when it is not valid and a
///         new trace is to begin. Pure; any thread.
[[nodiscard]] std::optional<TraceContext> parseTraceparent(QByteArrayView header);

/// The header for a callee whose parent is `spanId`. Pure; any thread.
[[nodiscard]] QByteArray toTraceparent(const TraceContext &context, const QByteArray &spanId);

/// Id of the `number`-th span (1, 2, …) below the span `base`. The ids of one request follow its
/// random one, so that whoever knows that one can tell them without being told. Never all zero.
/// Pure; any thread.
[[nodiscard]] QByteArray derivedSpanId(const QByteArray &base, std::uint64_t number);

} // namespace freerelay::common
