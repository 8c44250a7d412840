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

QByteArray derivedSpanId(const QByteArray &base, std::uint64_t number)
{
    const std::uint64_t sum = base.toULongLong(nullptr, 16) + number;
    // Past the largest id the count goes on behind zero, which is no id.
    const std::uint64_t id = sum < number ? sum + 1 : sum;
    return QByteArray::number(qulonglong(id), 16).rightJustified(spanIdSize, '0');
}

} // namespace freerelay::common
