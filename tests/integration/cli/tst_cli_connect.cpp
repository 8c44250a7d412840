#include "app/common/start_options.h"
#include "tests/integration/cli/cli_fixture.h"
#include "tests/support/fake_upstream.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using tests::CliFixture;
using tests::CliResult;
using tests::FakeReply;
using tests::FakeUpstream;

namespace {

FakeReply answer()
{
    return FakeReply::json(R"({"choices":[{"message":{"content":"OK"}}]})")
        .withHeader("x-freerelay-provider", "groq")
        .withHeader("x-freerelay-model", "groq/small");
}

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

/// `connect` and `launch` against a gateway that a test plays, in a home folder of their own.
class TestCliConnect final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        m_upstream = std::make_unique<FakeUpstream>();
        m_fixture->gateway.now.endpoint = QString::fromLatin1(m_upstream->url());
        m_home = m_fixture->environment().value(u"HOME"_s);
        m_file = m_home + u"/opencode/opencode.json"_s; // XDG_CONFIG_HOME is the home folder here
        QVERIFY(m_fixture->listen());
        QVERIFY(QDir().mkpath(m_home + u"/opencode"_s));
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(m_before);
    }

    void connectsTestsAndUndoes()
    {
        m_upstream->enqueue(answer());
        const CliResult done = m_fixture->run({u"connect"_s, u"opencode"_s});
        QVERIFY2(done.exitCode == app::exitOk, done.err.constData());
        QVERIFY2(done.out.contains("+  \"model\": \"freerelay/auto\","), done.out.constData());
        QVERIFY2(done.err.contains("groq (groq/small) answered"), done.err.constData());
        QVERIFY(bytesOf(m_file).contains(QByteArray(m_upstream->url() + "/v1")));
        QVERIFY(bytesOf(m_file).contains("// mine"));
        const auto &keys = m_fixture->gateway.appKeyBook;
        QCOMPARE(keys.issued.size(), std::size_t(1));
        QCOMPARE(keys.issued.front().first, u"opencode"_s);
        QVERIFY(bytesOf(m_file).contains(keys.issued.front().second));
        QVERIFY(!done.all().contains(keys.issued.front().second));
        QCOMPARE(m_upstream->request(0).target, "/v1/chat/completions"_ba);
        const CliResult undone = m_fixture->run({u"connect"_s, u"opencode"_s, u"--undo"_s});
        QVERIFY2(undone.exitCode == app::exitOk, undone.err.constData());
        QCOMPARE(bytesOf(m_file), m_before);
        QCOMPARE(keys.revokedTools, QStringList{u"opencode"_s});
    }

    void asksInTheDialectOfTheTool()
    {
        m_upstream->enqueue(FakeReply::json(R"({"content":[{"type":"text","text":"OK"}]})"));
        QCOMPARE(m_fixture->run({u"connect"_s, u"claude"_s}).exitCode, int(app::exitOk));
        QCOMPARE(m_upstream->request(0).target, "/v1/messages"_ba);
        QVERIFY(!m_upstream->request(0).headers.value("anthropic-version").isNull());
    }

    void tellsWhenTheTestRequestFails()
    {
        m_upstream->enqueue(FakeReply::json(R"({"error":{"message":"No provider."}})", 503));
        const CliResult result = m_fixture->run({u"connect"_s, u"opencode"_s});
        QCOMPARE(result.exitCode, int(app::exitFailure));
        QVERIFY2(result.err.contains("No provider."), result.err.constData());
        QVERIFY(result.err.contains("--undo"));
    }

    void aToolWhoseDialectIsNotSpokenIsLeftAlone()
    {
        m_upstream->enqueue(FakeReply::json(R"({"error":{"message":"No such route."}})", 404));
        const CliResult result = m_fixture->run({u"connect"_s, u"codex"_s});
        QCOMPARE(result.exitCode, int(app::exitFailure));
        QCOMPARE(m_upstream->request(0).target, "/v1/responses"_ba);
        QVERIFY(!QFile::exists(m_home + u"/.codex/config.toml"_s));
        QVERIFY(!QDir(m_fixture->paths.connectionsFolder).exists());
    }

    void aDryRunChangesNothing()
    {
        const CliResult result = m_fixture->run({u"connect"_s, u"--all"_s, u"--dry-run"_s});
        QVERIFY2(result.exitCode == app::exitOk, result.err.constData());
        QVERIFY(result.out.contains("freerelay/auto"));
        QCOMPARE(bytesOf(m_file), m_before);
        QVERIFY(!QDir(m_fixture->paths.connectionsFolder).exists());
        QCOMPARE(m_upstream->requestCount(), 0);
    }

    void listsTheToolsAndHowTheyStand()
    {
        m_upstream->enqueue(answer());
        QCOMPARE(m_fixture->run({u"connect"_s, u"opencode"_s}).exitCode, int(app::exitOk));
        const CliResult result = m_fixture->run({u"connect"_s, u"--json"_s});
        QCOMPARE(result.exitCode, int(app::exitOk));
        QHash<QString, QString> states;
        const QJsonArray tools
            = QJsonDocument::fromJson(result.out).object().value("tools"_L1).toArray();
        for (const QJsonValue &tool : tools) {
            states.insert(tool["id"_L1].toString(), tool["state"_L1].toString());
        }
        QCOMPARE(states.value(u"opencode"_s), u"connected"_s);
        QCOMPARE(states.value(u"cursor"_s), u"not possible"_s);
        QCOMPARE(states.value(u"shell"_s), u"by hand"_s);
    }

    void tellsWhatToDoByHand()
    {
        const CliResult shell = m_fixture->run({u"connect"_s, u"shell"_s});
        QCOMPARE(shell.exitCode, int(app::exitOk));
        QVERIFY(shell.err.contains(
            QByteArray("export OPENAI_BASE_URL=\"" + m_upstream->url() + "/v1\"")));
        const CliResult cursor = m_fixture->run({u"connect"_s, u"cursor"_s});
        QCOMPARE(cursor.exitCode, int(app::exitRefused));
        QVERIFY(cursor.err.contains("own servers"));
        QCOMPARE(m_fixture->run({u"connect"_s, u"nonsense"_s}).exitCode, int(app::exitUsage));
    }

    void becomesTheToolWithItsEnvironment()
    {
        const QString script = tool(
            u"claude"_s, "echo \"$ANTHROPIC_BASE_URL|$*|$OPENAI_API_KEY\"; exit 7\n");
        const CliResult result = m_fixture->run(
            {u"launch"_s, script, u"-p"_s, u"two words"_s, u"--json"_s});
        QCOMPARE(result.exitCode, 7);
        QCOMPARE(result.out, m_upstream->url() + "|-p two words --json|\n");
    }

    void codexIsToldByArguments()
    {
        const QString script = tool(u"codex"_s, "for a in \"$@\"; do echo \"$a\"; done\n");
        const CliResult result = m_fixture->run({u"launch"_s, script, u"exec"_s, u"--json"_s});
        QCOMPARE(result.exitCode, 0);
        QVERIFY2(
            result.out.contains(QByteArray(
                "model_providers.freerelay.base_url=\"" + m_upstream->url() + "/v1\"\n")),
            result.out.constData());
        QVERIFY(result.out.endsWith("exec\n--json\n"));
    }

    void whatCannotBeLaunchedIsTold()
    {
        QCOMPARE(m_fixture->run({u"launch"_s, u"/nowhere/tool"_s}).exitCode, int(app::exitFailure));
        QCOMPARE(m_fixture->run({u"launch"_s}).exitCode, int(app::exitUsage));
    }

private:
    /// A program of this name that runs `text`.
    [[nodiscard]] QString tool(const QString &name, const QByteArray &text) const
    {
        const QString path = m_home + u'/' + name;
        QFile file(path);
        if (file.open(QIODevice::WriteOnly)) {
            file.write("#!/bin/sh\n" + text);
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        }
        return path;
    }

    const QByteArray m_before = "{\n  // mine\n  \"theme\": \"system\"\n}\n";
    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<FakeUpstream> m_upstream;
    QString m_home;
    QString m_file;
};

QTEST_GUILESS_MAIN(TestCliConnect)
#include "tst_cli_connect.moc"
