#include "core/telemetry/otlp_encoder.h"
#include "tests/support/otlp_check.h"
#include "tests/unit/telemetry/sample_outcomes.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

const QString remoteParent = u"b7ad6b7169203331"_s;

OtlpTraces encoded(const std::vector<std::shared_ptr<const relay::Outcome>> &outcomes)
{
    return readOtlpTraces(
        telemetry::toOtlpJson(outcomes, {"1.2.3"_ba, "instance"_ba}), {remoteParent});
}

QString time(const QJsonObject &span, QLatin1StringView which)
{
    return span.value(which).toString();
}

} // namespace

class TestOtlpEncoder final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheRulesOfTheProtocol()
    {
        relay::Outcome refused;
        refused.requestId = "req_2"_ba;
        refused.trace.traceId = "00000000000000000000000000000abc"_ba;
        refused.trace.spanId = "ffffffffffffffff"_ba;
        refused.time = common::WallTime(std::chrono::seconds(1'795'478'400));
        refused.status = 400;
        refused.errorClass = "bad_request"_ba;
        const OtlpTraces traces = encoded({shared(sampleOutcome()), shared(refused)});
        QCOMPARE(traces.problems, QStringList());
        QStringList names;
        for (const QJsonObject &span : traces.spans) {
            names << span.value("name"_L1).toString();
        }
        QCOMPARE(
            names,
            QStringList(
                {u"ingress"_s,
                 u"route"_s,
                 u"attempt[1]"_s,
                 u"attempt[2]"_s,
                 u"stream"_s,
                 u"outcome"_s,
                 u"ingress"_s,
                 u"outcome"_s}));
        QCOMPARE(traces.resource.value("service.name"_L1).toString(), u"freerelay"_s);
        QCOMPARE(traces.resource.value("service.version"_L1).toString(), u"1.2.3"_s);
        QCOMPARE(traces.resource.value("service.instance.id"_L1).toString(), u"instance"_s);
    }

    void checkerFindsWhatBreaksTheRules_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("upper-case id") << "0af7651916cd43dd"_ba
                                       << "0AF7651916CD43DD"_ba;
        QTest::newRow("time as a number") << "\"endTimeUnixNano\":\"1795478401000000000\""_ba
                                          << "\"endTimeUnixNano\":1795478401000000000"_ba;
        QTest::newRow("integer as a number") << "{\"intValue\":\"429\"}"_ba
                                             << "{\"intValue\":429}"_ba;
        QTest::newRow("enum as a word") << "\"kind\":2"_ba
                                        << "\"kind\":\"SPAN_KIND_SERVER\""_ba;
        QTest::newRow("unknown field") << "\"traceState\""_ba
                                       << "\"trace_state\""_ba;
        QTest::newRow("lost parent") << "b7ad6b7169203331"_ba
                                     << "b7ad6b7169203332"_ba;
    }

    void checkerFindsWhatBreaksTheRules()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QByteArray body = telemetry::toOtlpJson({shared(sampleOutcome())}, {});
        QVERIFY(body.contains(from));
        QVERIFY(!readOtlpTraces(body.replace(from, to), {remoteParent}).problems.isEmpty());
    }

    void tellsTheRequestInTimeAndPlace()
    {
        const OtlpTraces traces = encoded({shared(sampleOutcome())});
        const QJsonObject ingress = traces.span(u"ingress"_s);
        QCOMPARE(ingress.value("kind"_L1).toInt(), 2);
        QCOMPARE(ingress.value("spanId"_L1).toString(), u"00f067aa0ba902b7"_s);
        QCOMPARE(ingress.value("parentSpanId"_L1).toString(), remoteParent);
        QCOMPARE(ingress.value("traceState"_L1).toString(), u"vendor=1"_s);
        QCOMPARE(time(ingress, "startTimeUnixNano"_L1), u"1795478399999995000"_s);
        QCOMPARE(time(ingress, "endTimeUnixNano"_L1), u"1795478401000000000"_s);
        for (const QJsonObject &span : traces.spans) {
            QCOMPARE(span.value("traceId"_L1).toString(), u"0af7651916cd43dd8448eb211c80319c"_s);
            if (span.value("name"_L1).toString() != "ingress"_L1) {
                QCOMPARE(span.value("parentSpanId"_L1).toString(), u"00f067aa0ba902b7"_s);
            }
        }
        const QJsonObject second = traces.span(u"attempt[2]"_s);
        QCOMPARE(second.value("kind"_L1).toInt(), 3);
        QCOMPARE(time(second, "startTimeUnixNano"_L1), u"1795478400051000000"_s);
        QCOMPARE(time(second, "endTimeUnixNano"_L1), u"1795478401000000000"_s);
        QCOMPARE(
            second.value("spanId"_L1).toString(),
            QString::fromLatin1(common::attemptSpanId(sampleOutcome().trace, 2)));
        const QJsonObject stream = traces.span(u"stream"_s);
        QCOMPARE(time(stream, "startTimeUnixNano"_L1), u"1795478400300000000"_s);
        QCOMPARE(time(stream, "endTimeUnixNano"_L1), u"1795478401000000000"_s);
        QCOMPARE(time(traces.span(u"route"_s), "endTimeUnixNano"_L1), u"1795478400000040000"_s);
    }

    void usesTheNamesOfTheGenAiConventions()
    {
        const OtlpTraces traces = encoded({shared(sampleOutcome())});
        const QJsonObject first = traces.attributes(u"attempt[1]"_s);
        QCOMPARE(first.value("gen_ai.operation.name"_L1).toString(), u"chat"_s);
        QCOMPARE(first.value("gen_ai.provider.name"_L1).toString(), u"groq"_s);
        QCOMPARE(first.value("gen_ai.request.model"_L1).toString(), u"openai/gpt-oss-120b"_s);
        QCOMPARE(first.value("error.type"_L1).toString(), u"rate_limited"_s);
        QCOMPARE(first.value("http.response.status_code"_L1).toInt(), 429);
        QVERIFY(!first.contains("gen_ai.usage.input_tokens"_L1));
        const QJsonObject second = traces.attributes(u"attempt[2]"_s);
        QCOMPARE(second.value("gen_ai.provider.name"_L1).toString(), u"mistral_ai"_s);
        QCOMPARE(second.value("gen_ai.request.stream"_L1).toBool(), true);
        QCOMPARE(second.value("gen_ai.usage.input_tokens"_L1).toInt(), 12);
        QCOMPARE(second.value("gen_ai.usage.output_tokens"_L1).toInt(), 34);
        QCOMPARE(second.value("gen_ai.usage.cache_read.input_tokens"_L1).toInt(), 4);
        QCOMPARE(
            second.value("gen_ai.response.finish_reasons"_L1).toArray(), QJsonArray({u"stop"_s}));
        QCOMPARE(second.value("gen_ai.response.time_to_first_chunk"_L1).toDouble(), 0.249);
        QVERIFY(!second.contains("error.type"_L1));
    }

    void namesTheRouteAndTheOperation()
    {
        relay::Outcome embedded = sampleOutcome();
        QCOMPARE(
            encoded({shared(embedded)}).attributes(u"ingress"_s).value("http.route"_L1).toString(),
            u"/v1/messages"_s);
        embedded.route = "/v1/embeddings"_ba;
        embedded.task = catalog::Task::Embeddings;
        const OtlpTraces traces = encoded({shared(embedded)});
        QCOMPARE(
            traces.attributes(u"ingress"_s).value("http.route"_L1).toString(), u"/v1/embeddings"_s);
        QCOMPARE(
            traces.attributes(u"attempt[1]"_s).value("gen_ai.operation.name"_L1).toString(),
            u"embeddings"_s);
        embedded.route.clear(); // that of no route of ours
        QVERIFY(!encoded({shared(embedded)}).attributes(u"ingress"_s).contains("http.route"_L1));
    }

    void marksWhatFailed()
    {
        relay::Outcome broken = sampleOutcome();
        broken.brokenStream = true;
        broken.errorClass = "unavailable"_ba;
        broken.error = "the words of a provider"_ba;
        const QByteArray body = telemetry::toOtlpJson({shared(broken)}, {});
        QVERIFY(!body.contains("the words of a provider"));
        const OtlpTraces traces = readOtlpTraces(body, {remoteParent});
        QCOMPARE(traces.problems, QStringList());
        for (const QString &name : {u"ingress"_s, u"stream"_s, u"outcome"_s, u"attempt[1]"_s}) {
            QCOMPARE(traces.span(name).value("status"_L1).toObject().value("code"_L1).toInt(), 2);
        }
        QVERIFY(traces.span(u"route"_s).value("status"_L1).toObject().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestOtlpEncoder)
#include "tst_otlp_encoder.moc"
