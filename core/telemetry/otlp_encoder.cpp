#include "otlp_encoder.h"

#include "core/telemetry/gen_ai_names.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::telemetry {

namespace {

using common::WallTime;
using relay::AttemptRecord;
using relay::Outcome;

// SpanKind and StatusCode of opentelemetry/proto/trace/v1/trace.proto
constexpr int kindInternal = 1;
constexpr int kindServer = 2;
constexpr int kindClient = 3;
constexpr int statusError = 2;

/// Numbers of the spans below a request's own one; attempts have theirs (common::attemptSpanId).
constexpr std::uint64_t routeSpan = 1;
constexpr std::uint64_t streamSpan = 2;
constexpr std::uint64_t outcomeSpan = 3;

QString text(const QByteArray &bytes)
{
    return QString::fromUtf8(bytes);
}

QString nanoseconds(WallTime time)
{
    return QString::number(qint64(
        std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count()));
}

WallTime after(WallTime time, std::chrono::nanoseconds step)
{
    return time + std::chrono::duration_cast<WallTime::duration>(step);
}

/// A list of KeyValue.
class Attributes
{
public:
    Attributes &string(const char *key, const QByteArray &value)
    {
        return value.isEmpty() ? *this : add(key, {{u"stringValue"_s, text(value)}});
    }
    Attributes &integer(const char *key, std::int64_t value)
    {
        return add(key, {{u"intValue"_s, QString::number(value)}});
    }
    Attributes &integer(const char *key, const std::optional<std::int64_t> &value)
    {
        return value ? integer(key, *value) : *this;
    }
    Attributes &boolean(const char *key, bool value) { return add(key, {{u"boolValue"_s, value}}); }
    Attributes &seconds(const char *key, const std::optional<std::chrono::microseconds> &value)
    {
        return value ? add(key, {{u"doubleValue"_s, std::chrono::duration<double>(*value).count()}})
                     : *this;
    }
    Attributes &list(const char *key, const QByteArray &onlyValue)
    {
        if (onlyValue.isEmpty()) {
            return *this;
        }
        const QJsonObject value{{u"stringValue"_s, text(onlyValue)}};
        return add(key, {{u"arrayValue"_s, QJsonObject{{u"values"_s, QJsonArray{value}}}}});
    }
    [[nodiscard]] const QJsonArray &array() const { return m_array; }

private:
    Attributes &add(const char *key, const QJsonObject &value)
    {
        m_array.append(QJsonObject{{u"key"_s, QLatin1StringView(key)}, {u"value"_s, value}});
        return *this;
    }

    QJsonArray m_array;
};

struct SpanTimes
{
    WallTime start;
    WallTime end;
};

/// The spans of one request.
class SpanWriter
{
public:
    SpanWriter(QJsonArray &spans, const Outcome &outcome)
        : m_spans(spans)
        , m_outcome(outcome)
        , m_end(after(outcome.time, outcome.duration))
    { }

    void writeAll()
    {
        ingress();
        route();
        for (std::size_t i = 0; i < m_outcome.attempts.size(); ++i) {
            attempt(m_outcome.attempts[i], i + 1);
        }
        stream();
        outcome();
    }

private:
    [[nodiscard]] QJsonObject
    span(const QString &name, int kind, const QByteArray &id, SpanTimes times) const
    {
        QJsonObject object{
            {u"traceId"_s, text(m_outcome.trace.traceId)},
            {u"spanId"_s, text(id)},
            {u"flags"_s, m_outcome.trace.flags},
            {u"name"_s, name},
            {u"kind"_s, kind},
            {u"startTimeUnixNano"_s, nanoseconds(times.start)},
            {u"endTimeUnixNano"_s, nanoseconds(times.end)}};
        if (!m_outcome.trace.state.isEmpty()) {
            object.insert(u"traceState"_s, text(m_outcome.trace.state));
        }
        return object;
    }

    /// A span below the request's own.
    [[nodiscard]] QJsonObject
    child(const QString &name, int kind, const QByteArray &id, SpanTimes times) const
    {
        QJsonObject object = span(name, kind, id, times);
        object.insert(u"parentSpanId"_s, text(m_outcome.trace.spanId));
        return object;
    }

    [[nodiscard]] QByteArray idOf(std::uint64_t number) const
    {
        return common::derivedSpanId(m_outcome.trace.spanId, number);
    }

    void add(QJsonObject object, const Attributes &attributes, const QByteArray &errorClass = {})
    {
        object.insert(u"attributes"_s, attributes.array());
        QJsonObject status;
        if (!errorClass.isEmpty()) {
            status = {{u"code"_s, statusError}, {u"message"_s, text(errorClass)}};
        }
        object.insert(u"status"_s, status);
        m_spans.append(object);
    }

    void ingress()
    {
        QJsonObject object = span(
            u"ingress"_s,
            kindServer,
            m_outcome.trace.spanId,
            {after(m_outcome.time, -m_outcome.parseTime), m_end});
        if (!m_outcome.trace.parentSpanId.isEmpty()) {
            object.insert(u"parentSpanId"_s, text(m_outcome.trace.parentSpanId));
        }
        Attributes attributes;
        attributes.string("http.request.method", "POST"_ba)
            .string("http.route", m_outcome.route)
            .integer("http.response.status_code", m_outcome.status)
            .string("freerelay.request_id", m_outcome.requestId)
            .string("freerelay.namespace", "default"_ba)
            .string("freerelay.app", relay::appOf(m_outcome))
            .string("freerelay.app_version", m_outcome.appVersion)
            .boolean("freerelay.streaming", m_outcome.stream)
            .string("error.type", m_outcome.errorClass);
        if (m_outcome.decision) {
            attributes.integer(
                "freerelay.prompt_tokens_est", m_outcome.decision->promptTokensEstimated);
        }
        add(object, attributes, relay::isFailure(m_outcome) ? m_outcome.errorClass : QByteArray());
    }

    void route()
    {
        if (!m_outcome.decision) {
            return;
        }
        const relay::RoutingDecision &decision = *m_outcome.decision;
        Attributes attributes;
        attributes.string("freerelay.mode", common::toString(decision.mode).toLatin1())
            .string("freerelay.target", decision.target)
            .boolean("freerelay.needs.tools", decision.needsTools)
            .boolean("freerelay.needs.vision", decision.needsVision)
            .boolean("freerelay.needs.json_schema", decision.needsJsonSchema)
            .integer("freerelay.snapshot_version", std::int64_t(decision.snapshotVersion));
        if (decision.candidates) {
            const auto all = std::int64_t(decision.candidates->size());
            const auto ranked = std::int64_t(decision.candidates->rankedCount());
            attributes.integer("freerelay.candidates.ranked", ranked)
                .integer("freerelay.candidates.disqualified", all - ranked);
        }
        add(child(
                u"route"_s,
                kindInternal,
                idOf(routeSpan),
                {m_outcome.time, after(m_outcome.time, decision.duration)}),
            attributes);
    }

    void attempt(const AttemptRecord &record, std::size_t number)
    {
        const WallTime start = after(m_outcome.time, record.startedAfter);
        const bool isAnswer = number == m_outcome.attempts.size() && !m_outcome.provider.isEmpty();
        Attributes attributes;
        attributes.string("gen_ai.operation.name", genAiOperation(m_outcome.task))
            .string("gen_ai.provider.name", genAiProvider(record.provider))
            .string("gen_ai.request.model", record.model.mid(record.provider.size() + 1))
            .boolean("gen_ai.request.stream", m_outcome.stream)
            .integer("freerelay.attempt", std::int64_t(number))
            .string("freerelay.provider", record.provider)
            .string("freerelay.tier", record.tier)
            .string("error.type", record.failure)
            .seconds("gen_ai.response.time_to_first_chunk", record.ttft);
        if (record.status != 0) {
            attributes.integer("http.response.status_code", record.status);
        }
        if (isAnswer) {
            attributes.list("gen_ai.response.finish_reasons", m_outcome.finishReason)
                .integer("gen_ai.usage.input_tokens", m_outcome.promptTokens)
                .integer("gen_ai.usage.output_tokens", m_outcome.completionTokens)
                .integer("gen_ai.usage.cache_read.input_tokens", m_outcome.cachedTokens)
                .integer("gen_ai.usage.reasoning.output_tokens", m_outcome.reasoningTokens);
        }
        add(child(
                u"attempt[%1]"_s.arg(number),
                kindClient,
                common::attemptSpanId(m_outcome.trace, number),
                {start, after(start, record.duration)}),
            attributes,
            record.failure);
    }

    void stream()
    {
        if (!m_outcome.streamTime || !m_outcome.ttft) {
            return;
        }
        const WallTime start = after(m_outcome.time, *m_outcome.ttft);
        Attributes attributes;
        attributes.integer("gen_ai.usage.output_tokens", m_outcome.completionTokens);
        add(child(
                u"stream"_s,
                kindInternal,
                idOf(streamSpan),
                {start, after(start, *m_outcome.streamTime)}),
            attributes,
            m_outcome.brokenStream ? m_outcome.errorClass : QByteArray());
    }

    void outcome()
    {
        Attributes attributes;
        attributes.integer("http.response.status_code", m_outcome.status)
            .string("freerelay.provider", m_outcome.provider)
            .string("freerelay.model", m_outcome.model)
            .string("freerelay.tier", m_outcome.tier)
            .boolean("freerelay.paid", m_outcome.paid)
            .integer("freerelay.attempts", std::int64_t(m_outcome.attempts.size()))
            .string("freerelay.retry_cause", m_outcome.retryCause)
            .string("error.type", m_outcome.errorClass);
        add(child(u"outcome"_s, kindInternal, idOf(outcomeSpan), {m_end, m_end}),
            attributes,
            relay::isFailure(m_outcome) ? m_outcome.errorClass : QByteArray());
    }

    QJsonArray &m_spans;
    const Outcome &m_outcome;
    WallTime m_end;
};

} // namespace

QByteArray toOtlpJson(
    const std::vector<std::shared_ptr<const relay::Outcome>> &outcomes,
    const TraceResource &resource)
{
    QJsonArray spans;
    for (const auto &outcome : outcomes) {
        SpanWriter(spans, *outcome).writeAll();
    }
    Attributes attributes;
    attributes.string("service.name", "freerelay"_ba)
        .string("service.version", resource.version)
        .string("service.instance.id", resource.instanceId);
    const QJsonObject scope{{u"name"_s, u"freerelay"_s}, {u"version"_s, text(resource.version)}};
    const QJsonObject scopeSpans{{u"scope"_s, scope}, {u"spans"_s, spans}};
    const QJsonObject resourceSpans{
        {u"resource"_s, QJsonObject{{u"attributes"_s, attributes.array()}}},
        {u"scopeSpans"_s, QJsonArray{scopeSpans}}};
    return QJsonDocument(QJsonObject{{u"resourceSpans"_s, QJsonArray{resourceSpans}}})
        .toJson(QJsonDocument::Compact);
}

} // namespace freerelay::telemetry
