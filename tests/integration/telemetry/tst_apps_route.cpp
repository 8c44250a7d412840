#include "tests/integration/telemetry/running_gateway.h"
#include "tests/integration/telemetry/upstream_thread.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkInterface>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

QJsonObject parsed(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray asking(const QByteArray &model)
{
    return R"({"model":")" + model
        + R"(","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]})";
}

const QByteArray freeModel = "groq/openai/gpt-oss-120b"_ba;
const QByteArray paidModel = "openai/gpt-4o-mini"_ba; ///< $0.15 and $0.60 a million tokens

/// 100,000 tokens of prompt and 50,000 of answer: $0.045 of the paid model.
FakeReply answer()
{
    return FakeReply::json(
        R"({"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,)"
        R"("message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],)"
        R"("usage":{"prompt_tokens":100000,"completion_tokens":50000,"total_tokens":150000}})");
}

} // namespace

/// The built program, asked with keys of apps. Groq is free, OpenAI costs money.
class TestAppsRoute final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_upstream->setHandler([](const FakeRequest &request) {
            return request.method == "GET" ? FakeReply::json("{}"_ba, 500) : answer();
        });
        m_fixture.setVariable(u"GROQ_API_KEY"_s, u"gsk_of-the-test"_s);
        m_fixture.setVariable(u"GROQ_BASE_URL"_s, QString::fromLatin1(m_upstream->url("/groq"_ba)));
        m_fixture.setVariable(u"OPENAI_API_KEY"_s, u"sk-of-the-test"_s);
        m_fixture.setVariable(u"OPENAI_BASE_URL"_s, QString::fromLatin1(m_upstream->url("/v1"_ba)));
        QVERIFY(m_gateway.start());
    }

    void aKeyIsTakenWhereverItIsSent_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("head");
        const QByteArray chat = "/v1/chat/completions"_ba;
        QTest::newRow("bearer") << chat << "Authorization: Bearer {key}\r\n"_ba;
        QTest::newRow("x-api-key") << chat << "x-api-key: {key}\r\n"_ba;
        QTest::newRow("beside a dummy")
            << chat << "Authorization: Bearer dummy\r\nx-api-key: {key}\r\n"_ba;
        QTest::newRow("messages") << "/v1/messages"_ba
                                  << "x-api-key: {key}\r\n"_ba;
        const QByteArray google = "/v1beta/models/" + freeModel + ":generateContent";
        QTest::newRow("x-goog-api-key") << google << "x-goog-api-key: {key}\r\n"_ba;
        QTest::newRow("query") << QByteArray(google + "?key={key}") << ""_ba;
    }

    void aKeyIsTakenWhereverItIsSent()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, head);
        const QString name = QString::fromLatin1("App " + QByteArray(QTest::currentDataTag()));
        const QByteArray key = add(QJsonObject{{u"name"_s, name}});
        const QByteArray body = target.startsWith("/v1beta/")
            ? R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}]})"_ba
            : asking(freeModel);
        const RawReply reply = m_gateway.post(
            target.replace("{key}", key), body, head.replace("{key}", key));
        QVERIFY2(reply.status == 200, reply.body.constData());
        // Counted when the answer is on its way.
        QTRY_COMPARE(app(name)[u"today"_s][u"requests"_s].toInt(), 1);
        const QJsonObject today = app(name)[u"today"_s].toObject();
        QCOMPARE(today[u"tokens"_s].toInt(), 150'000);
        QCOMPARE(today[u"spent_usd"_s].toDouble(-1), 0.0);
        QTRY_COMPARE(recorded(name), 1);
    }

    void otherKeysAreTakenForNone()
    {
        const RawReply reply = m_gateway.post(
            "/v1/chat/completions", asking(freeModel), bearer("sk-whatever"));
        QCOMPARE(reply.status, 200);
    }

    void aKeyThatOpensNothingIsToldInTheDialect_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QString>("type");
        QTest::newRow("OpenAI") << "/v1/chat/completions"_ba << u"authentication_error"_s;
        QTest::newRow("Anthropic") << "/v1/messages"_ba << u"authentication_error"_s;
        QTest::newRow("models") << ""_ba << u"authentication_error"_s;
    }

    void aKeyThatOpensNothingIsToldInTheDialect()
    {
        QFETCH(QByteArray, target);
        QFETCH(QString, type);
        const QByteArray head = bearer("fr-app-00112233445566778899aabb");
        const RawReply reply = target.isEmpty() ? m_gateway.get("/v1/models", head)
                                                : m_gateway.post(target, asking(freeModel), head);
        QCOMPARE(reply.status, 401);
        const QJsonObject body = parsed(reply.body);
        QCOMPARE(body[u"error"_s][u"type"_s].toString(), type);
        QCOMPARE(body[u"type"_s].toString() == u"error"_s, target == "/v1/messages");
    }

    void scopesAreKeptTo()
    {
        const QByteArray key = add(
            QJsonObject{{u"name"_s, u"Lists"_s}, {u"scopes"_s, QJsonArray{u"models"_s}}});
        QCOMPARE(m_gateway.get("/v1/models", bearer(key)).status, 200);
        const RawReply reply = m_gateway.post(
            "/v1/chat/completions", asking(freeModel), bearer(key));
        QCOMPARE(reply.status, 403);
        QCOMPARE(parsed(reply.body)[u"error"_s][u"code"_s].toString(), u"scope_missing"_s);
        QTRY_COMPARE(app(u"Lists"_s)[u"today"_s][u"refused"_s].toInt(), 1);
        QTRY_COMPARE(recorded(u"Lists"_s), 1);
        // In the background a Response is told of before it is made.
        const RawReply queued = m_gateway.post(
            "/v1/responses",
            R"({"model":"freerelay-auto","input":"Hi","background":true})",
            bearer(key));
        QCOMPARE(queued.status, 403);
        const QByteArray chats = add(
            QJsonObject{{u"name"_s, u"Chats"_s}, {u"scopes"_s, QJsonArray{u"chat"_s}}});
        QCOMPARE(m_gateway.get("/v1/models", bearer(chats)).status, 403);
        QCOMPARE(m_gateway.post("/v1/embeddings", R"({"input":"a"})", bearer(chats)).status, 403);
    }

    void onlyAllowedModelsAnswer()
    {
        const QByteArray key = add(
            QJsonObject{{u"name"_s, u"Groq only"_s}, {u"models"_s, QJsonArray{u"groq/*"_s}}});
        const RawReply named = m_gateway.post(
            "/v1/chat/completions", asking(paidModel), bearer(key));
        QCOMPARE(named.status, 403);
        QCOMPARE(parsed(named.body)[u"error"_s][u"code"_s].toString(), u"model_not_allowed"_s);
        const RawReply any = m_gateway.post(
            "/v1/chat/completions", asking("freerelay-auto"), bearer(key));
        QCOMPARE(any.status, 200);
        QVERIFY(any.headers.value("x-freerelay-model").startsWith("groq/"));
    }

    void aSpentBudgetLeavesWhatIsFree()
    {
        const QByteArray key = add(
            QJsonObject{{u"name"_s, u"Spender"_s}, {u"daily_budget_usd"_s, 0.04}});
        const QByteArray target = "/v1/chat/completions"_ba;
        QCOMPARE(m_gateway.post(target, asking(paidModel), bearer(key)).status, 200);
        QTRY_COMPARE(app(u"Spender"_s)[u"today"_s][u"spent_usd"_s].toDouble(), 0.045);
        const RawReply reply = m_gateway.post(target, asking(paidModel), bearer(key));
        QCOMPARE(reply.status, 429);
        QCOMPARE(parsed(reply.body)[u"error"_s][u"code"_s].toString(), u"budget_exhausted"_s);
        QVERIFY(reply.headers.value("retry-after").toInt() > 0);
        QCOMPARE(m_gateway.post(target, asking(freeModel), bearer(key)).status, 200);
        const QString id = app(u"Spender"_s)[u"id"_s].toString();
        const QByteArray more = R"({"daily_budget_usd":1})";
        QCOMPARE(m_gateway.post("/admin/apps/" + id.toLatin1(), more, admin()).status, 200);
        QCOMPARE(m_gateway.post(target, asking(paidModel), bearer(key)).status, 200);
    }

    void freeModeIsNotTalkedOutOf()
    {
        const QByteArray key = add(QJsonObject{{u"name"_s, u"Thrifty"_s}, {u"mode"_s, u"free"_s}});
        for (const QByteArray &model : {paidModel, "freerelay-paid"_ba}) {
            const RawReply reply = m_gateway.post(
                "/v1/chat/completions", asking(model), bearer(key) + "x-freerelay-mode: paid\r\n");
            QCOMPARE(reply.status, 403);
            QVERIFY(reply.body.contains("Thrifty"));
        }
    }

    void revokingTakesEffectAtOnce()
    {
        const QByteArray key = add(QJsonObject{{u"name"_s, u"Lost"_s}});
        const QString id = app(u"Lost"_s)[u"id"_s].toString();
        QCOMPARE(m_gateway.get("/v1/models", bearer(key)).status, 200);
        const RawReply revoked = remove(id);
        QCOMPARE(revoked.status, 200);
        QCOMPARE(m_gateway.get("/v1/models", bearer(key)).status, 401);
        const RawReply reply = m_gateway.post(
            "/v1/chat/completions", asking(freeModel), bearer(key));
        QCOMPARE(reply.status, 401);
        QCOMPARE(parsed(reply.body)[u"error"_s][u"code"_s].toString(), u"app_key_revoked"_s);
        QTRY_COMPARE(recorded(u"Lost"_s), 1);
        const QByteArray restore = "/admin/apps/" + id.toLatin1() + "/restore";
        QCOMPARE(m_gateway.post(restore, "{}", admin()).status, 200);
        QCOMPARE(m_gateway.get("/v1/models", bearer(key)).status, 200);
        QCOMPARE(remove(u"app_none"_s).status, 404);
    }

    void managingNeedsTheAdminToken()
    {
        const QByteArray key = add(QJsonObject{{u"name"_s, u"Climber"_s}});
        QCOMPARE(m_gateway.get("/admin/apps", bearer(key)).status, 401);
        QCOMPARE(m_gateway.post("/admin/apps", R"({"name":"x"})", bearer(key)).status, 401);
        QCOMPARE(m_gateway.post("/admin/apps", R"({"name":"Climber"})", admin()).status, 409);
        QCOMPARE(m_gateway.post("/admin/apps", R"({"name":"y","paid":1})", admin()).status, 400);
    }

    /// A request without a key is its program's: of one that ended before it was found, the next
    /// on its connection tells.
    void aProgramWithoutAKeyIsFoundOut()
    {
        const QByteArray agent = "User-Agent: Mystery/1.0\r\n"_ba;
        const auto process = [&] {
            return m_gateway.post("/v1/chat/completions", asking(freeModel), agent).status == 200
                ? lastOf(u"Mystery"_s)[u"process"_s].toString()
                : QString();
        };
        QTRY_COMPARE(process(), u"tst_apps_route"_s);
        QCOMPARE(lastOf(u"Mystery"_s)[u"cost_usd"_s].toDouble(-1), 0.0);
        // One that does not even name itself.
        QTRY_VERIFY(
            m_gateway.post("/v1/chat/completions", asking(freeModel)).status == 200
            && recorded(u"tst_apps_route"_s) > 0);
        const QByteArray listed = m_gateway.get("/v1/stats?window=1h", admin()).body;
        QVERIFY2(listed.contains("tst_apps_route"), listed.constData());
    }

    void whatEachAppDidIsAMetric()
    {
        const QByteArray key = bearer(add(QJsonObject{{u"name"_s, u"Measured"_s}}));
        QCOMPARE(m_gateway.post("/v1/chat/completions", asking(freeModel), key).status, 200);
        QCOMPARE(m_gateway.post("/v1/chat/completions", asking("no/such"), key).status, 404);
        const QByteArray metrics = m_gateway.get("/metrics").body;
        for (const char *line :
             {"freerelay_app_requests_total{app=\"Measured\",result=\"ok\"} 1",
              "freerelay_app_requests_total{app=\"Measured\",result=\"failed\"} 1",
              "freerelay_app_cost_usd_total{app=\"Measured\"} 0"}) {
            QVERIFY2(metrics.contains(line), metrics.constData());
        }
        QVERIFY(!metrics.contains("Mystery"));
    }

    void theBridgeIsForAppsOnly()
    {
        const QString address = ownAddress();
        if (address.isEmpty()) {
            QSKIP("This computer has no address but loopback.");
        }
        CliFixture other;
        writeSettings(other, "bridge:\n  address: " + address.toLatin1() + "\n");
        RunningGateway gateway(other);
        QVERIFY(gateway.start());
        const CliResult added = other.run({u"apps"_s, u"add"_s, u"Container"_s});
        const QByteArray key = bearer(added.out.trimmed());
        const QByteArray own = address.toLatin1();
        const auto ask = [&](const QByteArray &target, const QByteArray &host, QByteArray head) {
            RawClient client(gateway.port(), address);
            return client
                .ask("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + head + "\r\n")
                .status;
        };
        QCOMPARE(ask("/v1/models", own, key), 200);
        QCOMPARE(ask("/v1/models", "host.docker.internal:1", key), 200);
        QCOMPARE(ask("/v1/models", own, {}), 401);
        QCOMPARE(ask("/v1/models", own, bearer("fr-app-00112233445566778899aabb")), 401);
        QCOMPARE(ask("/health", own, {}), 401);
        QCOMPARE(ask("/metrics", own, {}), 401);
        QCOMPARE(ask("/v1/models", "127.0.0.1", key), 421);
        QCOMPARE(ask("/v1/models", "evil.example", key), 421);
        const QByteArray token = bearer(bytesOf(other.paths.adminTokenFile).trimmed());
        QCOMPARE(ask("/admin/apps", own, token), 403);
        QCOMPARE(ask("/admin/apps", own, key), 403);
        QCOMPARE(ask("/dashboard", own, key), 403);
        QCOMPARE(gateway.get("/v1/models").status, 200); // on loopback as ever
        // Another address waits for the next start, and this one goes on.
        writeSettings(other, "port: 1\nbridge:\n  address: 198.51.100.1\n");
        QTRY_VERIFY(other.run({u"status"_s}).all().contains("next start of FreeRelay on: bridge"));
        QCOMPARE(ask("/v1/models", own, key), 200);
        writeSettings(other, "bridge:\n  address: " + own + "\n");
        QTRY_VERIFY(!other.run({u"status"_s}).all().contains("next start"));
    }

    void aBridgeThatCannotBeHadIsTold()
    {
        CliFixture other;
        writeSettings(other, "bridge:\n  address: 198.51.100.1\n"); // RFC 5737: nobody's
        RunningGateway gateway(other);
        QVERIFY(gateway.start());
        QVERIFY(gateway.said().contains("There is no bridge"));
        QVERIFY(other.run({u"status"_s}).all().contains("There is no bridge"));
    }

    /// With the command line, which needs no key of its own.
    void keysCanBeMadeNecessary()
    {
        CliFixture other;
        other.setVariable(u"FREERELAY_REQUIRE_KEYS"_s, u"true"_s);
        RunningGateway gateway(other);
        QVERIFY(gateway.start());
        QCOMPARE(gateway.post("/v1/chat/completions", asking("auto")).status, 401);
        QCOMPARE(gateway.get("/v1/models", bearer("sk-whatever")).status, 401);
        QCOMPARE(gateway.get("/health").status, 200);
        const CliResult added = other.run({u"apps"_s, u"add"_s, u"Script"_s});
        QVERIFY2(added.exitCode == 0, added.err.constData());
        QCOMPARE(gateway.get("/v1/models", bearer(added.out.trimmed())).status, 200);
        const CliResult asked = other.run({u"ask"_s, u"Hi"_s});
        QVERIFY2(asked.exitCode == 0, asked.err.constData());
        const CliResult listed = other.run({u"apps"_s});
        QVERIFY2(listed.out.contains("Script"), listed.out.constData());
        const CliResult changed = other.run(
            {u"apps"_s, u"set"_s, u"Script"_s, u"--budget"_s, u"0.5"_s, u"--mode"_s, u"free"_s});
        QVERIFY2(changed.out.contains("of $0.50"), changed.all().constData());
        QCOMPARE(gateway.get("/v1/models", bearer(launchedKey(other))).status, 200);
        QCOMPARE(other.run({u"apps"_s, u"revoke"_s, u"Script"_s}).exitCode, 0);
        QCOMPARE(gateway.get("/v1/models", bearer(added.out.trimmed())).status, 401);
    }

    /// Always the same one, so that what runs goes on; it is apart from that of a tool's settings.
    void whatIsLaunchedHasAKey()
    {
        const QByteArray key = launchedKey(m_fixture);
        QVERIFY2(key.startsWith("fr-app-"), key.constData());
        QCOMPARE(m_gateway.get("/v1/models", bearer(key)).status, 200);
        QCOMPARE(launchedKey(m_fixture), key);
        const QString name = u"Shell environment (launched)"_s;
        QCOMPARE(remove(app(name)[u"id"_s].toString()).status, 200);
        QCOMPARE(m_gateway.get("/v1/models", bearer(key)).status, 401);
        QCOMPARE(launchedKey(m_fixture), key);
        QCOMPARE(m_gateway.get("/v1/models", bearer(key)).status, 200);
    }

    /// Last: the program is started again.
    void restartsKeepWhatIsKnownAndNoKey()
    {
        const QByteArray key = add(QJsonObject{{u"name"_s, u"Lasting"_s}});
        QCOMPARE(
            m_gateway.post("/v1/chat/completions", asking(freeModel), bearer(key)).status, 200);
        QTRY_COMPARE(app(u"Lasting"_s)[u"today"_s][u"tokens"_s].toInt(), 150'000);
        const CliResult ended = m_gateway.stop();
        const QByteArray secret = key.sliced(QByteArrayView("fr-app-").size());
        QVERIFY(!ended.all().contains(secret));
        for (const QString &folder : {m_fixture.paths.dataFolder, m_fixture.paths.stateFolder}) {
            QDirIterator files(folder, QDir::Files, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                const QString path = files.next();
                QVERIFY2(!bytesOf(path).contains(secret), qPrintable(path));
            }
        }
        RunningGateway again(m_fixture);
        QVERIFY(again.start());
        const RawReply apps = again.get("/admin/apps", admin());
        QVERIFY2(apps.body.contains("\"tokens\":150000"), apps.body.constData());
        QCOMPARE(again.get("/v1/models", bearer(key)).status, 200);
    }

private:
    /// What a program gets that `freerelay launch` starts.
    static QByteArray launchedKey(const CliFixture &fixture)
    {
        const QStringList command{
            u"launch"_s, u"/bin/sh"_s, u"-c"_s, u"printf %s \"$OPENAI_API_KEY\""_s};
        return fixture.run(command).out;
    }
    static QByteArray bearer(const QByteArray &key)
    {
        return "Authorization: Bearer " + key + "\r\n";
    }
    [[nodiscard]] QByteArray admin() const
    {
        return bearer(bytesOf(m_fixture.paths.adminTokenFile).trimmed());
    }
    /// The key of a new app.
    [[nodiscard]] QByteArray add(const QJsonObject &wanted) const
    {
        const RawReply reply = m_gateway.post(
            "/admin/apps", QJsonDocument(wanted).toJson(), admin());
        return parsed(reply.body)[u"key"_s].toString().toLatin1();
    }
    [[nodiscard]] QJsonObject app(const QString &name) const
    {
        const QJsonArray apps
            = parsed(m_gateway.get("/admin/apps", admin()).body)[u"apps"_s].toArray();
        for (const QJsonValue &app : apps) {
            if (app[u"name"_s].toString() == name) {
                return app.toObject();
            }
        }
        return {};
    }
    [[nodiscard]] RawReply remove(const QString &id) const
    {
        RawClient client(m_gateway.port());
        return client.ask(
            "DELETE /admin/apps/" + id.toLatin1() + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + admin()
            + "\r\n");
    }
    static void writeSettings(const CliFixture &fixture, const QByteArray &text)
    {
        QDir().mkpath(fixture.paths.configFolder);
        QFile file(fixture.paths.settingsFile);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    /// An address that is not loopback; "" = there is none.
    [[nodiscard]] static QString ownAddress()
    {
        for (const QHostAddress &address : QNetworkInterface::allAddresses()) {
            if (!address.isLoopback() && address.protocol() == QAbstractSocket::IPv4Protocol) {
                return address.toString();
            }
        }
        return {};
    }
    [[nodiscard]] QJsonObject lastOf(const QString &name) const
    {
        const QByteArray target = "/v1/requests?app=" + name.toUtf8().toPercentEncoding();
        const QJsonArray rows = parsed(m_gateway.get(target, admin()).body)[u"data"_s].toArray();
        const QByteArray id = rows[0][u"id"_s].toString().toLatin1();
        return parsed(m_gateway.get("/v1/requests/" + id, admin()).body);
    }
    /// Requests of an app in the records.
    [[nodiscard]] int recorded(const QString &name) const
    {
        const QByteArray target = "/v1/requests?app=" + name.toUtf8().toPercentEncoding();
        return int(parsed(m_gateway.get(target, admin()).body)[u"data"_s].toArray().size());
    }

    UpstreamThread m_upstream;
    CliFixture m_fixture;
    RunningGateway m_gateway{m_fixture};
};

QTEST_GUILESS_MAIN(TestAppsRoute)
#include "tst_apps_route.moc"
