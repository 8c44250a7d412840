#include "tests/integration/telemetry/running_gateway.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

constexpr auto question = R"({"messages":[{"role":"user","content":"the secret word is xyzzy"}]})";

} // namespace

/// What the built program has recorded, asked over HTTP and by the command line.
class TestHistoryRoutes final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
        QVERIFY(m_gateway->start());
        QFile file(m_fixture->paths.adminTokenFile);
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_token = file.readAll().trimmed();
    }

    void cleanup() { m_gateway.reset(); }

    void listsFiltersAndPages()
    {
        for (int i = 0; i < 5; ++i) {
            QCOMPARE(m_gateway->post("/v1/chat/completions"_ba, question).status, 200);
        }
        QCOMPARE(
            m_gateway
                ->post(
                    "/v1/chat/completions"_ba,
                    R"({"model":"no-such-model","messages":[{"role":"user","content":"x"}]})"_ba)
                .status,
            404);
        QTRY_COMPARE(rows("/v1/requests"_ba).size(), 6);
        QCOMPARE(rows("/v1/requests?status=2xx"_ba).size(), 5);
        const QJsonArray failed = rows("/v1/requests?status=failed"_ba);
        QCOMPARE(failed.size(), 1);
        QCOMPARE(failed[0].toObject().value("asked_model"_L1).toString(), u"no-such-model"_s);
        QCOMPARE(rows("/v1/requests?q=NO-SUCH%2Dmodel"_ba).size(), 1);
        QCOMPARE(rows("/v1/requests?q=another"_ba).size(), 0);
        QCOMPARE(rows("/v1/requests?provider=demo&status=failed"_ba).size(), 0);
        QCOMPARE(rows("/v1/requests?from=2100-01-01T00:00:00Z"_ba).size(), 0);
        const QJsonObject first = object("/v1/requests?limit=4"_ba);
        QCOMPARE(first.value("data"_L1).toArray().size(), 4);
        const QJsonObject second = object(
            "/v1/requests?limit=4&cursor=" + first.value("next"_L1).toString().toLatin1());
        QCOMPARE(second.value("data"_L1).toArray().size(), 2);
        QVERIFY(second.value("next"_L1).isNull());
    }

    void explainsOneRequest()
    {
        const RawReply reply = m_gateway->post(
            "/v1/chat/completions"_ba, question, "User-Agent: inspector-test/1.5\r\n"_ba);
        const QByteArray id = reply.headers.value("x-freerelay-request-id");
        QVERIFY(!id.isEmpty());
        QTRY_COMPARE(ask("/v1/requests/" + id).status, 200);
        const QJsonObject request = object("/v1/requests/" + id);
        QCOMPARE(request.value("app"_L1).toString(), u"inspector-test"_s);
        QCOMPARE(request.value("app_version"_L1).toString(), u"1.5"_s);
        QCOMPARE(request.value("attempts"_L1).toArray().size(), 1);
        QVERIFY(request.value("duration_ms"_L1).toDouble() > 0);
        QVERIFY(request.contains("hedge_winner"_L1) && request.value("hedge_winner"_L1).isNull());
        QVERIFY(request.contains("trace_id"_L1) && request.value("trace_id"_L1).isNull());
        const QJsonArray candidates
            = request.value("decision"_L1).toObject().value("candidates"_L1).toArray();
        QVERIFY(!candidates.isEmpty());
        QCOMPARE(candidates[0].toObject().value("outcome"_L1).toString(), u"answered"_s);
        QVERIFY(!ask("/v1/requests/" + id).body.contains("xyzzy"));

        const QJsonObject trace = object("/v1/requests/" + id + "/trace");
        const QJsonArray steps = trace.value("steps"_L1).toArray();
        QVERIFY(steps.size() >= 3);
        QCOMPARE(steps[0].toObject().value("name"_L1).toString(), u"read"_s);
        for (const QJsonValue &value : steps) {
            const QJsonObject step = value.toObject();
            QVERIFY(
                step.value("start_ms"_L1).toDouble() + step.value("duration_ms"_L1).toDouble()
                <= trace.value("duration_ms"_L1).toDouble() + 0.001);
        }
    }

    void tellsOfARequestThatWasSentAgain()
    {
        const RawReply first = m_gateway->post("/v1/chat/completions"_ba, question);
        const QByteArray id = first.headers.value("x-freerelay-request-id");
        QTRY_COMPARE(ask("/v1/requests/" + id).status, 200); // it has ended for the worker as well
        const RawReply second = m_gateway->post("/v1/chat/completions"_ba, question);
        const auto amendments = [&] {
            return object("/v1/requests/" + id).value("amendments"_L1).toArray();
        };
        QTRY_COMPARE(amendments().size(), 1);
        const QJsonObject amendment = amendments()[0].toObject();
        QCOMPARE(amendment.value("kind"_L1).toString(), u"client_retried"_s);
        QCOMPARE(
            amendment.value("by_request"_L1).toString().toLatin1(),
            second.headers.value("x-freerelay-request-id"));
        QVERIFY(amendment.value("after_ms"_L1).toDouble() >= 0);
        const QJsonObject totals = object("/v1/stats"_ba).value("totals"_L1).toObject();
        QCOMPARE(totals.value("retried"_L1).toInt(), 1);
        QCOMPARE(totals.value("regenerated"_L1).toInt(), 0);
        const CliResult shown = m_fixture->run({u"requests"_s, QString::fromLatin1(id)});
        QVERIFY(shown.out.contains("asked again after"));
    }

    void sumsUp()
    {
        QCOMPARE(m_gateway->post("/v1/chat/completions"_ba, question).status, 200);
        QTRY_COMPARE(
            object("/v1/stats?window=1h"_ba)
                .value("totals"_L1)
                .toObject()
                .value("requests"_L1)
                .toInt(),
            1);
        const QJsonObject stats = object("/v1/stats"_ba);
        QCOMPARE(stats.value("window"_L1).toString(), u"24h"_s);
        const QJsonObject provider = stats.value("providers"_L1).toArray()[0].toObject();
        QVERIFY(!provider.value("provider"_L1).toString().isEmpty());
        QVERIFY(provider.value("mean_duration_ms"_L1).toDouble() > 0);
        QVERIFY(!stats.contains("series"_L1));
    }

    void givesASeries()
    {
        QCOMPARE(m_gateway->post("/v1/chat/completions"_ba, question).status, 200);
        const auto series = [this] {
            return object("/v1/stats?window=90d&series=provider"_ba).value("series"_L1).toObject();
        };
        QTRY_COMPARE(series().value("totals"_L1).toArray().size(), 1);
        QCOMPARE(series().value("step_s"_L1).toInt(), 86'400);
        const QJsonObject point = series().value("totals"_L1).toArray()[0].toObject();
        QCOMPARE(point.value("requests"_L1).toInt(), 1);
        QVERIFY(point.value("time"_L1).toString().endsWith(u"T00:00:00.000Z"_s));
        const QJsonObject line = series().value("providers"_L1).toArray()[0].toObject();
        QVERIFY(!line.value("provider"_L1).toString().isEmpty());
        QCOMPARE(line.value("points"_L1).toArray().size(), 1);
        const QJsonObject past = object(
            "/v1/stats?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z"_ba);
        QVERIFY(past.value("window"_L1).isNull());
        QCOMPARE(past.value("totals"_L1).toObject().value("requests"_L1).toInt(), 0);
    }

    void showsTheDashboardWithoutAToken()
    {
        QCOMPARE(
            m_gateway
                ->post(
                    "/v1/chat/completions"_ba,
                    question,
                    "User-Agent: tool/1.0 <script>alert(1)</script>\r\n"_ba)
                .status,
            200);
        QTRY_COMPARE(rows("/v1/requests"_ba).size(), 1);
        const RawReply page = m_gateway->get("/dashboard?window=1h"_ba);
        QCOMPARE(page.status, 200);
        QVERIFY(page.headers.value("content-type").startsWith("text/html"));
        QVERIFY(page.headers.value("content-security-policy").startsWith("default-src 'none'"));
        QVERIFY(page.body.contains("<b>1</b>"));
        QVERIFY(page.body.contains("<td>tool</td>"));
        QVERIFY(!page.body.contains("<script"));
        QVERIFY(!page.body.contains("xyzzy"));
        QCOMPARE(
            m_gateway->get("/dashboard"_ba, "Origin: https://evil.example\r\n"_ba).status, 403);
        QCOMPARE(m_gateway->get("/dashboard"_ba, "Sec-Fetch-Site: cross-site\r\n"_ba).status, 403);
    }

    void refusesWithTheNameOfTheParameter_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QString>("param");
        QTest::newRow("limit") << "/v1/requests?limit=501"_ba << u"limit"_s;
        QTest::newRow("status") << "/v1/requests?status=fine"_ba << u"status"_s;
        QTest::newRow("time") << "/v1/requests?from=soon"_ba << u"from"_s;
        QTest::newRow("cursor") << "/v1/requests?cursor=%22"_ba << u"cursor"_s;
        QTest::newRow("unknown") << "/v1/requests?page=2"_ba << u"page"_s;
        QTest::newRow("no text") << "/v1/requests?q=%FF%FE"_ba << u"q"_s;
        QTest::newRow("zero byte") << "/v1/requests?app=a%00b"_ba << u"app"_s;
        QTest::newRow("window") << "/v1/stats?window=1y"_ba << u"window"_s;
        QTest::newRow("series") << "/v1/stats?series=day"_ba << u"series"_s;
    }

    void refusesWithTheNameOfTheParameter()
    {
        QFETCH(QByteArray, target);
        QFETCH(QString, param);
        const RawReply reply = ask(target);
        QCOMPARE(reply.status, 400);
        const QJsonObject error
            = QJsonDocument::fromJson(reply.body).object().value("error"_L1).toObject();
        QCOMPARE(error.value("param"_L1).toString(), param);
        QVERIFY(error.value("message"_L1).toString().contains(param));
    }

    void needsTheAdminToken_data()
    {
        QTest::addColumn<QByteArray>("target");
        for (const char *target :
             {"/v1/requests", "/v1/requests/req_1", "/v1/requests/req_1/trace", "/v1/stats"}) {
            QTest::newRow(target) << QByteArray(target);
        }
    }

    void needsTheAdminToken()
    {
        QFETCH(QByteArray, target);
        QCOMPARE(m_gateway->get(target).status, 401);
        QCOMPARE(m_gateway->get(target, "Authorization: Bearer wrong\r\n"_ba).status, 401);
        QVERIFY(ask(target).status != 401);
        QCOMPARE(
            m_gateway
                ->get(
                    target,
                    "Authorization: Bearer " + m_token + "\r\nOrigin: https://evil.example\r\n")
                .status,
            403);
    }

    void saysThatThereIsNoSuchRequest()
    {
        QCOMPARE(m_gateway->post("/v1/chat/completions"_ba, question).status, 200);
        QTRY_COMPARE(rows("/v1/requests"_ba).size(), 1);
        QCOMPARE(ask("/v1/requests/req_none"_ba).status, 404);
        QCOMPARE(ask("/v1/requests/req_none/trace"_ba).status, 404);
        QCOMPARE(ask("/v1/requests/"_ba).status, 404);
    }

    void aClientThatLeavesBeforeTheAnswerHarmsNobody()
    {
        for (int i = 0; i < 10; ++i) {
            RawClient client(m_gateway->port());
            client.send(
                "GET /v1/stats HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + m_token
                + "\r\n\r\n");
            client.close();
        }
        const RawReply stats = ask("/v1/stats"_ba);
        QVERIFY2(stats.status == 200, stats.body.constData());
    }

    void theCommandLineShowsTheSame()
    {
        const RawReply reply = m_gateway->post("/v1/chat/completions"_ba, question);
        const QString id = QString::fromLatin1(reply.headers.value("x-freerelay-request-id"));
        QTRY_COMPARE(rows("/v1/requests"_ba).size(), 1);
        const CliResult list = m_fixture->run({u"requests"_s});
        QCOMPARE(list.exitCode, 0);
        QVERIFY2(list.out.contains(id.toLatin1()), list.out.constData());
        const CliResult one = m_fixture->run({u"requests"_s, id});
        QCOMPARE(one.exitCode, 0);
        QVERIFY2(one.out.contains("Candidates"), one.out.constData());
        QVERIFY2(one.out.contains("answered"), one.out.constData());
    }

    void recordsOutliveTheProgram()
    {
        QCOMPARE(m_gateway->post("/v1/chat/completions"_ba, question).status, 200);
        QCOMPARE(m_gateway->stop().exitCode, 0);
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
        QVERIFY(m_gateway->start());
        QCOMPARE(rows("/v1/requests"_ba).size(), 1);
    }

private:
    [[nodiscard]] RawReply ask(const QByteArray &target) const
    {
        return m_gateway->get(target, "Authorization: Bearer " + m_token + "\r\n");
    }
    [[nodiscard]] QJsonObject object(const QByteArray &target) const
    {
        return QJsonDocument::fromJson(ask(target).body).object();
    }
    [[nodiscard]] QJsonArray rows(const QByteArray &target) const
    {
        return object(target).value("data"_L1).toArray();
    }

    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<RunningGateway> m_gateway;
    QByteArray m_token;
};

QTEST_GUILESS_MAIN(TestHistoryRoutes)
#include "tst_history_routes.moc"
