#include "tests/integration/telemetry/running_gateway.h"
#include "tests/support/promtool.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

/// GET /metrics of the built program.
class TestMetricsRoute final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
    }

    void cleanup() { m_gateway.reset(); }

    void countsWhatTheGatewayDid()
    {
        QVERIFY(m_gateway->start());
        const RawReply before = m_gateway->get("/metrics"_ba);
        QCOMPARE(before.status, 200);
        QCOMPARE(
            before.headers.value("content-type"), "text/plain; version=0.0.4; charset=utf-8"_ba);
        QVERIFY(before.body.contains("freerelay_build_info{"));
        QCOMPARE(answered(before.body), 0.0);
        for (int i = 0; i < 3; ++i) {
            const RawReply reply = m_gateway->post(
                "/v1/chat/completions"_ba, R"({"messages":[{"role":"user","content":"hi"}]})"_ba);
            QCOMPARE(reply.status, 200);
        }
        // Counted when a worker has done with it, which may be after the client has its answer.
        RawReply after;
        QTRY_COMPARE(answered((after = m_gateway->get("/metrics"_ba)).body), 3.0);
        QVERIFY(after.body.contains("freerelay_http_connections "));
        QVERIFY(!after.body.contains("\nprocess_resident_memory_bytes 0\n"));
    }

    void pleasesPromtool()
    {
        QVERIFY(m_gateway->start());
        const auto verdict = checkWithPromtool(m_gateway->get("/metrics"_ba).body);
        if (!verdict.isInstalled) {
            QSKIP("promtool is not installed (Debian package prometheus)");
        }
        QVERIFY2(verdict.complaints.isEmpty(), verdict.complaints);
    }

    void needsNoKeyButRefusesWebPagesAndStrangeHosts()
    {
        m_fixture->setVariable(u"FREERELAY_API_KEY"_s, u"client-key-0123456789"_s);
        QVERIFY(m_gateway->start());
        QCOMPARE(m_gateway->get("/v1/models"_ba).status, 401);
        QCOMPARE(m_gateway->get("/metrics"_ba).status, 200);
        QCOMPARE(m_gateway->get("/metrics"_ba, "Origin: https://evil.example\r\n"_ba).status, 403);
        QCOMPARE(m_gateway->get("/metrics"_ba, "Sec-Fetch-Site: cross-site\r\n"_ba).status, 403);
        RawClient rebinding(m_gateway->port());
        QCOMPARE(
            rebinding.ask("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n"_ba).status, 421);
        QCOMPARE(m_gateway->post("/metrics"_ba, "{}"_ba).status, 405);
    }

    void answersManyScrapersAtOnce()
    {
        QVERIFY(m_gateway->start());
        std::vector<std::unique_ptr<RawClient>> scrapers;
        for (int i = 0; i < 20; ++i) {
            scrapers.push_back(std::make_unique<RawClient>(m_gateway->port()));
            scrapers.back()->send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"_ba);
        }
        scrapers.front()->close(); // one does not wait
        for (std::size_t i = 1; i < scrapers.size(); ++i) {
            const RawReply reply = scrapers[i]->read();
            QCOMPARE(reply.status, 200);
            QVERIFY(reply.body.contains("# TYPE freerelay_requests_total counter"));
        }
    }

private:
    /// Requests with status 200, all series together.
    [[nodiscard]] static double answered(const QByteArray &text)
    {
        double sum = 0;
        for (const QByteArray &line : text.split('\n')) {
            if (line.startsWith("freerelay_requests_total{") && line.contains("status=\"200\"")) {
                sum += line.mid(line.lastIndexOf(' ') + 1).toDouble();
            }
        }
        return sum;
    }

    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<RunningGateway> m_gateway;
};

QTEST_GUILESS_MAIN(TestMetricsRoute)
#include "tst_metrics_route.moc"
