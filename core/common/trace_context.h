#pragma once

#include "core/common/http_headers.h"
#include "core/common/secret.h"

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

    /// Longer ones may be left out (W3C: at least 512 characters should be passed on).
    static constexpr qsizetype maxState = 512;

    QByteArray traceId; ///< 32 lower-case hex digits; "" = there is no trace
    QByteArray parentSpanId; ///< 16 hex digits, of the caller; "" = the trace begins here
    QByteArray spanId; ///< 16 hex digits, ours; "" = we only pass the caller's context on
    std::uint8_t flags = 0;
    QByteArray state; ///< tracestate as received, at most maxState bytes

    [[nodiscard]] bool isRecorded() const { return !spanId.isEmpty(); }
};

/// Reads a traceparent header: version 00, and what later versions share with it.
/// @return traceId, parentSpanId and flags (the two known ones); nullopt when it is not valid and a
///         new trace is to begin. Pure; any thread.
[[nodiscard]] std::optional<TraceContext> parseTraceparent(QByteArrayView header);

/// The header for a callee whose parent is `spanId`. Pure; any thread.
[[nodiscard]] QByteArray toTraceparent(const TraceContext &context, const QByteArray &spanId);

/// The context of a request with these headers. Without a valid traceparent a trace begins here
/// when `record` is set. Ours is recorded when `record` is set and the caller, if any, samples.
[[nodiscard]] TraceContext traceOf(const HeaderList &headers, bool record, RandomIds &ids);

/// What a provider is told: traceparent, whose parent is the span of the `number`-th attempt (for a
/// context that is only passed on, the caller's), and tracestate when there was one.
void addTraceHeaders(HeaderList &headers, const TraceContext &context, std::uint64_t number);

/// Id of the `number`-th span (1, 2, …) below the span `base`. The ids of one request follow its
/// random one, so that whoever knows that one can tell them without being told. Never all zero.
/// Pure; any thread.
[[nodiscard]] QByteArray derivedSpanId(const QByteArray &base, std::uint64_t number);

/// Id of the span of the `number`-th attempt (1, 2, …) of a request that is recorded: the parent
/// that the provider is told of. Pure; any thread.
[[nodiscard]] QByteArray attemptSpanId(const TraceContext &context, std::uint64_t number);

} // namespace freerelay::common
