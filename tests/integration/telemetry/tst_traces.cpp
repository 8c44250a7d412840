#include "tests/integration/telemetry/running_gateway.h"
#include "tests/integration/telemetry/upstream_thread.h"
#include "tests/support/otlp_check.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

const QByteArray traceId = "0af7651916cd43dd8448eb211c80319c";
const QByteArray callerSpan = "b7ad6b7169203331";
const QByteArray key = "gsk_PlantedForTraces0123456789";
const QByteArray prompt = "PlantedInThePrompt";

QByteArray traceparent(const QByteArray &span, const QByteArray &flags)
{
    return "00-" + traceId + '-' + span + '-' + flags;
}

QByteArray sent(const QByteArray &flags)
{
    return "traceparent: " + traceparent(callerSpan, flags) + "\r\ntracestate: vendor=1\r\n";
}

FakeReply answer()
{
    return FakeReply::json(
        "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\","
        "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"hi\"},"
        "\"finish_reason\":\"stop\"}],"
        "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":7}}"_ba);
}

} // namespace

/// W3C trace contexts and exported traces of the built program.
class TestTraces final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_provider = std::make_unique<UpstreamThread>();
        m_collector = std::make_unique<UpstreamThread>();
        (*m_collector)->setHandler([](const FakeRequest &) { return FakeReply::json("{}"_ba); });
        m_fixture = std::make_unique<CliFixture>();
        m_fixture->setVariable(u"GROQ_API_KEY"_s, QString::fromLatin1(key));
        m_fixture->setVariable(
            u"GROQ_BASE_URL"_s, QString::fromLatin1((*m_provider)->url("/v1"_ba)));
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
        (*m_provider)->setHandler([](const FakeRequest &request) {
            return request.method == "GET" ? FakeReply::json("{}"_ba, 500) : answer();
        });
    }

    void cleanup()
    {
        m_gateway.reset();
        m_provider.reset();
        m_collector.reset();
    }

    void exportsWhatHappenedBelowTheCallersSpan()
    {
        switchOn();
        QVERIFY(m_gateway->start());
        QCOMPARE(chat(sent("01")), 200);
        const OtlpTraces traces = exported();
        QCOMPARE(traces.problems, QStringList());
        const QJsonObject ingress = traces.span(u"ingress"_s);
        QCOMPARE(ingress.value("traceId"_L1).toString().toLatin1(), traceId);
        QCOMPARE(ingress.value("parentSpanId"_L1).toString().toLatin1(), callerSpan);
        QCOMPARE(ingress.value("traceState"_L1).toString(), u"vendor=1"_s);
        QCOMPARE(
            traces.attributes(u"ingress"_s).value("http.route"_L1).toString(),
            u"/v1/chat/completions"_s);
        QVERIFY(!traces.span(u"route"_s).isEmpty());
        QVERIFY(!traces.span(u"outcome"_s).isEmpty());
        const QJsonObject attempt = traces.attributes(u"attempt[1]"_s);
        QCOMPARE(attempt.value("gen_ai.provider.name"_L1).toString(), u"groq"_s);
        QCOMPARE(attempt.value("gen_ai.usage.input_tokens"_L1).toInt(), 5);

        // The provider was told of the very span that was exported.
        const FakeRequest request = asked();
        const QByteArray span
            = traces.span(u"attempt[1]"_s).value("spanId"_L1).toString().toLatin1();
        QCOMPARE(request.headers.value("traceparent"), traceparent(span, "01"));
        QCOMPARE(request.headers.value("tracestate"), "vendor=1"_ba);
    }

    void beginsATraceWhenTheCallerHasNone()
    {
        switchOn();
        QVERIFY(m_gateway->start());
        QCOMPARE(chat("traceparent: 00-nonsense\r\ntracestate: vendor=1\r\n"_ba), 200);
        const OtlpTraces traces = exported();
        QCOMPARE(traces.problems, QStringList());
        QVERIFY(!traces.span(u"ingress"_s).contains("parentSpanId"_L1));
        const QByteArray told = asked().headers.value("traceparent");
        const QByteArray id = traces.span(u"ingress"_s).value("traceId"_L1).toString().toLatin1();
        QVERIFY2(told.startsWith(QByteArray("00-" + id + '-')), told);
        QVERIFY2(told.endsWith("-03"), told); // sampled, random
        QVERIFY(asked().headers.value("tracestate").isNull());
    }

    void passesOnWhatItDoesNotRecord_data()
    {
        QTest::addColumn<bool>("isOn");
        QTest::addColumn<QByteArray>("flags");
        QTest::newRow("off") << false << "01"_ba;
        QTest::newRow("the caller does not sample") << true << "00"_ba;
    }

    void passesOnWhatItDoesNotRecord()
    {
        QFETCH(bool, isOn);
        QFETCH(QByteArray, flags);
        if (isOn) {
            switchOn();
        }
        QVERIFY(m_gateway->start());
        QCOMPARE(chat(sent(flags)), 200);
        QCOMPARE(asked().headers.value("traceparent"), traceparent(callerSpan, flags));
        QCOMPARE(asked().headers.value("tracestate"), "vendor=1"_ba);
        const QByteArray metrics = m_gateway->get("/metrics"_ba).body;
        QVERIFY(metrics.contains("freerelay_queue_depth{queue=\"trace\"} 0\n"));
        QCOMPARE((*m_collector)->requestCount(), 0);
    }

    void sendsNoContextWhenThereIsNone()
    {
        QVERIFY(m_gateway->start());
        QCOMPARE(chat({}), 200);
        QVERIFY(asked().headers.value("traceparent").isNull());
    }

    void tellsNoSecretAndNoContent()
    {
        (*m_provider)->setHandler([](const FakeRequest &request) {
            return FakeReply::json(
                "{\"error\":{\"message\":\"bad key " + request.headers.value("authorization")
                    + " PlantedProviderText\"}}",
                401);
        });
        switchOn();
        QVERIFY(m_gateway->start());
        QVERIFY(chat(sent("01")) >= 400);
        QTRY_VERIFY((*m_collector)->requestCount() > 0);
        const QByteArray body = (*m_collector)->request(0).body;
        QVERIFY(body.contains("key_rejected"));
        for (const QByteArray &secret : {key, prompt, "PlantedProviderText"_ba}) {
            QVERIFY2(!body.contains(secret), body);
        }
    }

private:
    void switchOn()
    {
        m_fixture->setVariable(
            u"FREERELAY_OTLP_ENDPOINT"_s, QString::fromLatin1((*m_collector)->url()));
    }

    /// The status of a chat request with these further header lines.
    [[nodiscard]] int chat(const QByteArray &head) const
    {
        return m_gateway
            ->post(
                "/v1/chat/completions"_ba,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}",
                head)
            .status;
    }

    /// The chat request that the provider got.
    [[nodiscard]] FakeRequest asked() const
    {
        for (const FakeRequest &request : (*m_provider)->requests()) {
            if (request.method == "POST") {
                return request;
            }
        }
        return {};
    }

    [[nodiscard]] OtlpTraces exported() const
    {
        const bool came = QTest::qWaitFor(
            [this] { return (*m_collector)->requestCount() > 0; }, 20'000);
        return came
            ? readOtlpTraces((*m_collector)->request(0).body, {QString::fromLatin1(callerSpan)})
            : OtlpTraces{{u"nothing was exported"_s}, {}, {}};
    }

    std::unique_ptr<UpstreamThread> m_provider;
    std::unique_ptr<UpstreamThread> m_collector;
    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<RunningGateway> m_gateway;
};

QTEST_GUILESS_MAIN(TestTraces)
#include "tst_traces.moc"
