#include "tests/integration/telemetry/running_gateway.h"
#include "tests/integration/telemetry/upstream_thread.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

// One for each place that a secret can come from; the names tell where it was planted.
const QByteArray groqKey = "gsk_PlantedInTheEnvironment0123";
const QByteArray mistralKey = "PlantedKeyWithoutAnyPrefix";
const QByteArray oddKey = "Planted/Odd+Key%with&signs=";
const QByteArray clientKey = "Planted-client-key-4711";
const QByteArray offeredToken = "ghp_PlantedOfferedToken0123456789";
const QByteArray proxyPassword = "PlantedProxyPassword";
const QByteArray wrongKey = "Planted-wrong-key-of-a-client";
const QByteArray inQuery = "PlantedInQuery0123";
const QByteArray inModel = "sk-PlantedInTheModelName0123";
const QByteArray inPrompt = "PlantedInThePrompt";
const QByteArray inBadBody = "PlantedInABodyThatIsNoJson";
const QByteArray inProviderError = "PlantedAccount0123456789abcdefABCDEF";

QByteArray chat(const QByteArray &model)
{
    return "{\"model\":\"" + model
        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"my password is " + inPrompt + "\"}]}";
}

} // namespace

/// Secrets are planted wherever one can come from; nothing that the built program says may show
/// them.
class TestPlantedSecrets final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areNowhereToBeSeen_data()
    {
        QTest::addColumn<QString>("format");
        QTest::newRow("JSON") << u"json"_s;
        QTest::newRow("text") << u"text"_s;
    }

    void areNowhereToBeSeen()
    {
        QFETCH(QString, format);
        UpstreamThread upstream;
        upstream->setHandler([](const FakeRequest &request) {
            const QByteArray key = request.headers.value("authorization");
            return FakeReply::json(
                "{\"error\":{\"message\":\"Incorrect API key provided: " + key + " ("
                    + key.mid(7).toPercentEncoding() + ") of account " + inProviderError
                    + ", see https://user:" + proxyPassword + "@help.example/?key=" + inQuery
                    + "\"}}",
                request.method == "GET" ? 500 : 401);
        });
        CliFixture fixture;
        plant(fixture, upstream->url("/v1"_ba), format);
        RunningGateway gateway(fixture);
        QVERIFY(gateway.start());
        const QByteArray authorization = "Authorization: Bearer " + clientKey + "\r\n";

        QByteArray told;
        for (const QByteArray &model : {"auto"_ba, "groq/openai/gpt-oss-120b"_ba, inModel}) {
            const RawReply reply = gateway.post(
                "/v1/chat/completions"_ba, chat(model), authorization);
            QVERIFY(reply.status >= 400);
            if (model != inModel) {
                told += reply.body;
            }
        }
        QCOMPARE(
            gateway.post("/v1/chat/completions"_ba, "{" + inBadBody, authorization).status, 400);
        QCOMPARE(
            gateway.get("/v1/models?key=" + inQuery, "Authorization: Bearer " + wrongKey + "\r\n")
                .status,
            401);
        QCOMPARE(
            gateway.get("/v1/models?key=" + inQuery, "x-api-key: " + clientKey + "\r\n").status,
            200);
        told += asksAsGoogle(gateway);
        told += gateway.get("/metrics?key=" + inQuery).body;
        told += gateway.get("/health"_ba).body;
        for (const QStringList &command :
             {QStringList{u"status"_s}, QStringList{u"status"_s, u"--json"_s}}) {
            const CliResult result = fixture.run(command);
            QCOMPARE(result.exitCode, 0);
            told += result.all();
        }
        const CliResult listed = fixture.run({u"requests"_s, u"--json"_s});
        QCOMPARE(listed.exitCode, 0);
        const CliResult ended = gateway.stop();
        QCOMPARE(ended.exitCode, 0);
        const QByteArray log = contentOf(fixture.paths.logFolder + u"/freerelay.log"_s);
        const QByteArray records = listed.all() + contentOf(fixture.paths.recordsFile)
            + contentOf(fixture.paths.recordsFile + u"-wal"_s);
        QVERIFY(records.contains("key_rejected"));

        // The log is worth looking at: it tells of the failed attempts, with their request.
        const QByteArray mark = format == u"json" ? "\"request_id\":\"req_"_ba
                                                  : " request_id=req_"_ba;
        QVERIFY2(log.count(mark) >= 6, log);
        QVERIFY2(log.contains("key_rejected"), log);
        QVERIFY2(log.contains("[redacted]"), log);
        // Line by line: the program's greeting may come between two of them.
        for (const QByteArray &line : log.trimmed().split('\n')) {
            QVERIFY2(ended.err.contains(line), line);
        }
        if (format == u"json") {
            for (const QByteArray &line : log.trimmed().split('\n')) {
                QVERIFY2(QJsonDocument::fromJson(line).isObject(), line);
            }
        }
        for (const QByteArray &secret : secrets(fixture)) {
            for (const QByteArray &place : {told, log, ended.all()}) {
                QVERIFY2(!place.contains(secret), QByteArray(secret + " is in " + place));
            }
            // The name that was asked for is recorded as it is.
            QVERIFY2(secret == inModel || !records.contains(secret), secret);
        }
    }

    void onlyTheOwnerMayReadTheLog()
    {
        CliFixture fixture;
        RunningGateway gateway(fixture);
        QVERIFY(gateway.start({u"--mode"_s, u"free"_s}));
        QCOMPARE(gateway.post("/v1/chat/completions"_ba, chat("nonsense"_ba)).status, 404);
        QCOMPARE(gateway.stop().exitCode, 0);
        const QFileInfo file(fixture.paths.logFolder + u"/freerelay.log"_s);
        QVERIFY(file.size() > 0);
        QCOMPARE(
            file.permissions() & ~(QFile::ReadUser | QFile::WriteUser),
            QFile::ReadOwner | QFile::WriteOwner);
    }

private:
    /// Google's clients put their key into the address.
    /// @return what was answered
    [[nodiscard]] static QByteArray asksAsGoogle(const RunningGateway &gateway)
    {
        const QByteArray body = "{\"contents\":[{\"parts\":[{\"text\":\"" + inPrompt + "\"}]}]}";
        QByteArray told;
        for (const QByteArray &model : {"auto"_ba, "groq/openai/gpt-oss-120b"_ba}) {
            for (const QByteArray &key : {clientKey, wrongKey}) {
                const RawReply reply = gateway.post(
                    "/v1beta/models/" + model + ":generateContent?key=" + key, body);
                if ((reply.status == 401) != (key == wrongKey)) {
                    qFatal("the key in the address was not looked at");
                }
                told += reply.body;
            }
        }
        return told + gateway.get("/v1beta/no-such-address?key=" + clientKey).body;
    }

    static void plant(CliFixture &fixture, const QByteArray &upstream, const QString &format)
    {
        const auto set = [&fixture](const QString &name, const QByteArray &value) {
            fixture.setVariable(name, QString::fromLatin1(value));
        };
        set(u"GROQ_API_KEY"_s, groqKey);
        set(u"GROQ_BASE_URL"_s, upstream);
        set(u"MISTRAL_API_KEY"_s, mistralKey);
        set(u"MISTRAL_BASE_URL"_s, upstream);
        set(u"CEREBRAS_API_KEY"_s, oddKey);
        set(u"CEREBRAS_BASE_URL"_s, upstream);
        set(u"GITHUB_TOKEN"_s, offeredToken);
        set(u"FREERELAY_API_KEY"_s, clientKey);
        set(u"HTTPS_PROXY"_s, "http://user:" + proxyPassword + "@127.0.0.1:9");
        fixture.setVariable(u"FREERELAY_LOG_LEVEL"_s, u"debug"_s);
        fixture.setVariable(u"FREERELAY_LOG_FORMAT"_s, format);
    }

    [[nodiscard]] static QByteArrayList secrets(const CliFixture &fixture)
    {
        QByteArrayList all{
            groqKey,
            mistralKey,
            oddKey,
            oddKey.toPercentEncoding(),
            clientKey,
            offeredToken,
            proxyPassword,
            wrongKey,
            inQuery,
            inModel,
            inPrompt,
            inBadBody,
            inProviderError};
        const QByteArray admin = contentOf(fixture.paths.adminTokenFile).trimmed();
        if (admin.isEmpty()) {
            qFatal("no admin token");
        }
        return all << admin;
    }

    [[nodiscard]] static QByteArray contentOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

QTEST_GUILESS_MAIN(TestPlantedSecrets)
#include "tst_planted_secrets.moc"
