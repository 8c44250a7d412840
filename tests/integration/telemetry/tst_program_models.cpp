#include "tests/integration/telemetry/running_gateway.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

const QByteArray model = "freerelay/opencode-cli"_ba;
const QByteArray target = "/v1/chat/completions"_ba;

/// Says what it was asked, and what that took.
constexpr char script[]
    = "#!/bin/sh\n"
      "read -r first\n"
      "if [ \"$first\" = nothing ]; then\n"
      "  echo '{\"type\":\"tool_use\",\"part\":{\"tool\":\"write\",\"state\":{\"status\":\"error\","
      "\"error\":\"It was rejected.\"}}}'\n"
      "  exit\n"
      "fi\n"
      "echo '{\"type\":\"text\",\"part\":{\"text\":\"You said '\"$first\"'\"}}'\n"
      "echo '{\"type\":\"step_finish\",\"part\":{\"tokens\":{\"input\":7,\"output\":3,"
      "\"cache\":{\"read\":2}}}}'\n";

QJsonObject parsed(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

QByteArray bearer(const QByteArray &key)
{
    return "Authorization: Bearer " + key + "\r\n";
}

/// @param more  further members, each with a comma behind it
QByteArray asking(const QByteArray &more = {}, const QByteArray &name = model)
{
    return "{" + more + R"("model":")" + name
        + R"(","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]})";
}

void writeFile(const QString &path, const QByteArray &text)
{
    QDir().mkpath(path.section(u'/', 0, -2));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

} // namespace

/// Models that are programs of this computer, asked of the built program. The tool is a script of
/// the test's; tests/e2e has the tools themselves.
class TestProgramModels final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const QString folder = m_fixture.paths.dataFolder + u"/tools"_s;
        writeFile(folder + u"/opencode"_s, script);
        m_fixture.setVariable(u"PATH"_s, QString(folder + u":/usr/bin:/bin"_s));
        writeFile(m_fixture.paths.settingsFile, "cli_runs:\n  enabled: true\n");
        QVERIFY(m_gateway.start());
        m_runner = keyOf({u"Runner"_s, u"--scopes"_s, u"chat,models,run-programs"_s});
        m_plain = keyOf({u"Plain"_s});
    }

    void answerInEveryDialect_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("end");
        const QByteArray streams = "\"stream\":true,";
        const QByteArray whole = "\"stream\":false,";
        const QByteArray named = R"("model":"freerelay/opencode-cli",)";
        const QByteArray contents = R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}]})";
        const QByteArray google = "/v1beta/models/" + model + ':';
        const auto row = [](const char *name, auto path, auto body, auto end) {
            QTest::newRow(name) << QByteArray(path) << QByteArray(body) << QByteArray(end);
        };
        row("OpenAI", target, asking(), R"("total_tokens":12)");
        row("OpenAI, streamed", target, asking(streams), "data: [DONE]");
        row("Anthropic", "/v1/messages", asking(), R"("output_tokens":3)");
        row("Anthropic, streamed", "/v1/messages", asking(streams), "message_stop");
        const QByteArray input = named + R"("input":"Hi"})";
        row("Responses", "/v1/responses", '{' + input, R"("total_tokens":12)");
        row("Responses, streamed", "/v1/responses", '{' + streams + input, "response.completed");
        const QByteArray prompt = named + R"("prompt":"Hi"})";
        row("Completions", "/v1/completions", '{' + prompt, R"("total_tokens":12)");
        row("Completions, streamed", "/v1/completions", '{' + streams + prompt, "data: [DONE]");
        row("Ollama chat", "/api/chat", asking(whole), R"("eval_count":3)");
        row("Ollama chat, streamed", "/api/chat", asking(), R"("done":true)");
        row("Ollama generate", "/api/generate", '{' + whole + prompt, R"("eval_count":3)");
        row("Ollama generate, streamed", "/api/generate", '{' + prompt, R"("done":true)");
        row("Google", google + "generateContent", contents, R"("totalTokenCount":12)");
        row("Google, streamed",
            google + "streamGenerateContent?alt=sse",
            contents,
            R"("totalTokenCount":12)");
        row("Google's array", google + "streamGenerateContent", contents, "STOP");
    }

    void answerInEveryDialect()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, end);
        const RawReply reply = m_gateway.post(path, body, m_runner);
        QVERIFY2(reply.status == 200, reply.body.constData());
        QVERIFY2(reply.body.contains("You said Hi"), reply.body.constData());
        QVERIFY2(reply.body.contains(end), reply.body.constData());
        QCOMPARE(reply.headers.value("x-freerelay-model"), model);
        const RawReply refused = m_gateway.post(path, body, m_plain);
        QCOMPARE(refused.status, 403);
        QVERIFY2(refused.body.contains("run-programs"), refused.body.constData());
    }

    void areToldToWhoMayRunThem_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("head");
        QTest::addColumn<QByteArray>("shown"); ///< asked for by name; "" = it is a list
        const QByteArray anthropic = "anthropic-version: 2023-06-01\r\n";
        const QByteArray openAi = R"("id":"freerelay/opencode-cli")";
        QTest::newRow("OpenAI") << "/v1/models"_ba
                                << ""_ba
                                << ""_ba;
        QTest::newRow("all") << "/v1/models?all=true"_ba
                             << ""_ba
                             << ""_ba;
        QTest::newRow("OpenAI, one") << QByteArray("/v1/models/" + model) << ""_ba << openAi;
        QTest::newRow("escaped") << "/v1/models/freerelay%2Fopencode-cli"_ba
                                 << ""_ba << openAi;
        QTest::newRow("Anthropic") << "/v1/models"_ba << anthropic << ""_ba;
        QTest::newRow("Anthropic, one")
            << QByteArray("/v1/models/" + model) << anthropic << R"("type":"model")"_ba;
        QTest::newRow("Google") << "/v1beta/models"_ba
                                << ""_ba
                                << ""_ba;
        QTest::newRow("Google, one") << QByteArray("/v1beta/models/" + model) << ""_ba
                                     << R"("name":"models/freerelay/opencode-cli")"_ba;
        QTest::newRow("Ollama") << "/api/tags"_ba
                                << ""_ba
                                << ""_ba;
    }

    void areToldToWhoMayRunThem()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, head);
        QFETCH(QByteArray, shown);
        const RawReply reply = m_gateway.get(path, head + m_runner);
        QCOMPARE(reply.status, 200);
        QVERIFY2(reply.body.contains("freerelay/opencode-cli"), reply.body.constData());
        QVERIFY2(reply.body.contains(shown), reply.body.constData());
        for (const QByteArray &other : {m_plain, QByteArray()}) {
            const RawReply unknown = m_gateway.get(path, head + other);
            QCOMPARE(unknown.status, shown.isEmpty() ? 200 : 404);
            QVERIFY(unknown.status == 404 || !unknown.body.contains("opencode-cli"));
        }
    }

    void areShownToOllamasClients()
    {
        const QByteArray asked = R"({"model":"freerelay/opencode-cli:latest"})";
        QVERIFY(m_gateway.post("/api/show", asked, m_runner).body.contains("completion"));
        QCOMPARE(m_gateway.post("/api/show", asked, m_plain).status, 404);
    }

    void aModelThatIsMissingIsToldInAnthropicsForm()
    {
        const QByteArray head = "anthropic-version: 2023-06-01\r\n";
        const RawReply reply = m_gateway.get("/v1/models/no-such", head + m_runner);
        QCOMPARE(reply.status, 404);
        QCOMPARE(parsed(reply.body)[u"error"_s][u"type"_s].toString(), u"not_found_error"_s);
    }

    void refuseWhoMayNotRunThem()
    {
        QCOMPARE(m_gateway.post(target, asking(), m_plain).status, 403);
        QCOMPARE(m_gateway.post(target, asking()).status, 401);
        QCOMPARE(
            m_gateway.post(target, asking(), m_runner + "x-freerelay-hop: abc\r\n").status, 508);
        QCOMPARE(
            m_gateway.post(target, asking(), m_runner + "Sec-Fetch-Site: none\r\n").status, 403);
        // Node.js sends this one alone.
        QCOMPARE(
            m_gateway.post(target, asking(), m_runner + "Sec-Fetch-Mode: cors\r\n").status, 200);
        const QByteArray codex = asking({}, "freerelay/codex-cli");
        const RawReply missing = m_gateway.post(target, codex, m_runner); // it is not installed
        QCOMPARE(missing.status, 404);
        QCOMPARE(parsed(missing.body)[u"error"_s][u"param"_s].toString(), u"model"_s);
    }

    /// What a program spends cannot be told apart from what others do.
    void refuseAppsWhoseLimitsTheyWouldGetAround()
    {
        const QString scopes = u"chat,models,run-programs"_s;
        const QByteArray others = keyOf(
            {u"Others"_s, u"--scopes"_s, scopes, u"--models"_s, u"groq/*"_s});
        RawReply reply = m_gateway.post(target, asking(), others);
        QCOMPARE(reply.status, 403);
        QCOMPARE(parsed(reply.body)[u"error"_s][u"code"_s].toString(), u"model_not_allowed"_s);
        QCOMPARE(m_gateway.get("/v1/models/" + model, others).status, 404);
        const QByteArray poor = keyOf({u"Poor"_s, u"--scopes"_s, scopes, u"--budget"_s, u"0.50"_s});
        reply = m_gateway.post(target, asking(), poor);
        QCOMPARE(reply.status, 403);
        QCOMPARE(parsed(reply.body)[u"error"_s][u"code"_s].toString(), u"not_allowed"_s);
        QCOMPARE(m_fixture.run({u"mode"_s, u"free"_s}).exitCode, 0);
        QTRY_COMPARE(m_gateway.post(target, asking(), poor).status, 200);
    }

    /// As OpenCode ends when it was not permitted something.
    void anAnswerOfNothingIsAnError()
    {
        for (const QByteArray &more : {""_ba, "\"stream\":true,"_ba}) {
            const RawReply reply = m_gateway.post(
                target, asking(more).replace("Hi", "nothing"), m_runner);
            QCOMPARE(reply.status, 502);
            QVERIFY2(reply.body.contains("It was rejected."), reply.body.constData());
        }
    }

    void sayWhatTheyDoNotTakeIn()
    {
        const QByteArray more = R"("temperature":0,"tools":[],"seed":null,"x y":1,)";
        const RawReply reply = m_gateway.post(target, asking(more), m_runner);
        QCOMPARE(reply.headers.value("x-freerelay-ignored"), "max_tokens, temperature"_ba);
        QCOMPARE(parsed(reply.body)[u"usage"_s][u"prompt_tokens"_s].toInt(), 9);
        const QByteArray image
            = R"({"model":"freerelay/opencode-cli","messages":[{"role":"user","content":[)"
              R"({"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]})";
        QCOMPARE(m_gateway.post(target, image, m_runner).status, 400);
    }

private:
    /// The header with the key of a new app.
    [[nodiscard]] QByteArray keyOf(const QStringList &wanted) const
    {
        return bearer(m_fixture.run(QStringList{u"apps"_s, u"add"_s} + wanted).out.trimmed());
    }

    CliFixture m_fixture;
    RunningGateway m_gateway{m_fixture};
    QByteArray m_runner;
    QByteArray m_plain;
};

QTEST_GUILESS_MAIN(TestProgramModels)
#include "tst_program_models.moc"
