#include "trace_context.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::common {

namespace {

constexpr qsizetype versionSize = 2;
constexpr qsizetype traceIdSize = 32;
constexpr qsizetype spanIdSize = 16;
constexpr qsizetype flagsSize = 2;
constexpr qsizetype traceIdAt = versionSize + 1;
constexpr qsizetype spanIdAt = traceIdAt + traceIdSize + 1;
constexpr qsizetype flagsAt = spanIdAt + spanIdSize + 1;
constexpr qsizetype wholeSize = flagsAt + flagsSize;

bool isLowerHex(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

bool isZero(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

} // namespace

std::optional<TraceContext> parseTraceparent(QByteArrayView header)
{
    if (header.size() < wholeSize || header[traceIdAt - 1] != '-' || header[spanIdAt - 1] != '-'
        || header[flagsAt - 1] != '-') {
        return std::nullopt;
    }
    const QByteArrayView version = header.first(versionSize);
    const QByteArrayView traceId = header.sliced(traceIdAt, traceIdSize);
    const QByteArrayView spanId = header.sliced(spanIdAt, spanIdSize);
    const QByteArrayView flags = header.sliced(flagsAt, flagsSize);
    const bool fits = header.size() == wholeSize
        || (version != "00" && header[wholeSize] == '-'); // a later version may go on
    if (!fits || version == "ff" || !isLowerHex(version) || !isLowerHex(traceId)
        || !isLowerHex(spanId) || !isLowerHex(flags) || isZero(traceId) || isZero(spanId)) {
        return std::nullopt;
    }
    TraceContext context;
    context.traceId = traceId.toByteArray();
    context.parentSpanId = spanId.toByteArray();
    constexpr int known = TraceContext::sampledFlag | TraceContext::randomFlag;
    context.flags = static_cast<std::uint8_t>(flags.toByteArray().toInt(nullptr, 16) & known);
    return context;
}

QByteArray toTraceparent(const TraceContext &context, const QByteArray &spanId)
{
    const QByteArray flags = QByteArray::number(context.flags, 16).rightJustified(flagsSize, '0');
    return "00-" + context.traceId + '-' + spanId + '-' + flags;
}

TraceContext traceOf(const HeaderList &headers, bool record, RandomIds &ids)
{
    constexpr int traceIdBytes = 16;
    constexpr int spanIdBytes = 8;
    std::optional<TraceContext> received = parseTraceparent(headers.value("traceparent"));
    if (!received && !record) {
        return {};
    }
    if (!received) {
        received.emplace();
        received->traceId = ids.next(traceIdBytes);
        received->flags = TraceContext::sampledFlag | TraceContext::randomFlag;
    } else if (const QByteArray state = headers.value("tracestate");
               state.size() <= TraceContext::maxState) {
        received->state = state;
    }
    if (record && (received->flags & TraceContext::sampledFlag) != 0) {
        received->spanId = ids.next(spanIdBytes);
    }
    return *std::move(received);
}

void addTraceHeaders(HeaderList &headers, const TraceContext &context, std::uint64_t number)
{
    if (context.traceId.isEmpty()) {
        return;
    }
    headers.add(
        "traceparent"_ba,
        toTraceparent(
            context, context.isRecorded() ? attemptSpanId(context, number) : context.parentSpanId));
    if (!context.state.isEmpty()) {
        headers.add("tracestate"_ba, context.state);
    }
}

QByteArray attemptSpanId(const TraceContext &context, std::uint64_t number)
{
    constexpr std::uint64_t behindOthers = 16; // the request's other spans have smaller numbers
    return derivedSpanId(context.spanId, behindOthers + number);
}

QByteArray derivedSpanId(const QByteArray &base, std::uint64_t number)
{
    const std::uint64_t sum = base.toULongLong(nullptr, 16) + number;
    // Past the largest id the count goes on behind zero, which is no id.
    const std::uint64_t id = sum < number ? sum + 1 : sum;
    return QByteArray::number(qulonglong(id), 16).rightJustified(spanIdSize, '0');
}

} // namespace freerelay::common
