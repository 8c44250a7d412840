#include "tests/integration/telemetry/running_gateway.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

/// The built program, scraped by a real Prometheus.
class TestPrometheusScrape final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void prometheusTakesWhatItScrapes()
    {
        const QString program = QStandardPaths::findExecutable(u"prometheus"_s);
        if (program.isEmpty()) {
            QSKIP("Prometheus is not installed (Debian package prometheus)");
        }
        CliFixture fixture;
        RunningGateway gateway(fixture);
        QVERIFY(gateway.start());
        const QByteArray body = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"_ba;
        QCOMPARE(gateway.post("/v1/chat/completions"_ba, body).status, 200);

        const QTemporaryDir folder;
        QFile config(folder.filePath(u"prometheus.yml"_s));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write(
            "scrape_configs:\n  - job_name: freerelay\n    scrape_interval: 1s\n"
            "    static_configs:\n      - targets: [\"127.0.0.1:"
            + QByteArray::number(gateway.port()) + "\"]\n");
        config.close();
        QProcess prometheus;
        prometheus.start(
            program,
            {u"--config.file="_s + config.fileName(),
             u"--storage.tsdb.path="_s + folder.filePath(u"data"_s),
             u"--web.listen-address=127.0.0.1:0"_s,
             u"--log.format=logfmt"_s});
        m_port = portOf(prometheus);
        QVERIFY2(m_port != 0, m_said);

        constexpr int patienceMs = 60'000;
        QTRY_COMPARE_WITH_TIMEOUT(query("up{job=\"freerelay\"}"), "1"_ba, patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(
            query("sum(freerelay_requests_total{status=\"200\",error_class=\"none\"})"),
            "1"_ba,
            patienceMs);
        QCOMPARE(query("freerelay_build_info"), "1"_ba);
        QCOMPARE(query("freerelay_circuit_state"), "0"_ba);
        QVERIFY(
            query("gen_ai_client_operation_duration_seconds_count{gen_ai_request_model!=\"none\"}")
            == "1");
        prometheus.terminate();
        if (!prometheus.waitForFinished()) {
            prometheus.kill();
            prometheus.waitForFinished();
        }
    }

private:
    /// Where it serves, from what it says.
    [[nodiscard]] quint16 portOf(QProcess &process)
    {
        static const QRegularExpression address(u"Listening on\" address=[0-9.]+:(\\d+)\\s"_s);
        quint16 port = 0;
        static_cast<void>(QTest::qWaitFor(
            [&] {
                m_said += process.readAllStandardError();
                port = address.match(QString::fromUtf8(m_said)).captured(1).toUShort();
                return port != 0 || process.state() == QProcess::NotRunning;
            },
            30'000));
        return port;
    }

    /// The value of the first series that the expression yields; null when there is none.
    [[nodiscard]] QByteArray query(const QByteArray &expression) const
    {
        RawClient client(m_port);
        const RawReply reply = client.ask(
            "GET /api/v1/query?query=" + expression.toPercentEncoding()
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        const QJsonArray series = QJsonDocument::fromJson(reply.body)
                                      .object()
                                      .value("data"_L1)
                                      .toObject()
                                      .value("result"_L1)
                                      .toArray();
        return series.isEmpty() ? QByteArray()
                                : series[0].toObject().value("value"_L1)[1].toString().toLatin1();
    }

    QByteArray m_said;
    quint16 m_port = 0;
};

QTEST_GUILESS_MAIN(TestPrometheusScrape)
#include "tst_prometheus_scrape.moc"
