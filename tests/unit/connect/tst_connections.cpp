#include "core/common/secret.h"
#include "core/connect/connections.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using connect::Connections;
using connect::Connector;
using connect::Endpoint;
using connect::Machine;
using connect::Platform;
using connect::ToolState;

namespace {

const Endpoint gateway{"http://127.0.0.1:8123"_ba, {}};

/// A settings file of a tool, with things in it that must stay.
struct Sample
{
    QString id;
    QString file;
    QByteArray text;
};

std::vector<Sample> samples()
{
    return {
        {u"claude"_s,
         u".claude/settings.json"_s,
         "{\n  \"env\": {\n    \"MINE\": \"1\"\n  },\n  \"model\": \"opus\"\n}\n"},
        {u"codex"_s,
         u".codex/config.toml"_s,
         "# mine\nmodel = \"gpt-5\"\n\n[projects.\"/home/me\"]\ntrust_level = \"trusted\"\n"},
        {u"opencode"_s,
         u".config/opencode/opencode.json"_s,
         "{\n  // mine\n  \"theme\": \"system\",\n  \"model\": \"anthropic/claude\",\n}\n"},
        {u"openclaw"_s,
         u".openclaw/openclaw.json"_s,
         "{ agents: { defaults: { model: { primary: 'openai/gpt' } } } }\n"},
        {u"continue"_s,
         u".continue/config.yaml"_s,
         "name: Mine\nversion: 0.0.1\nschema: v1\nmodels:\n  - name: other # mine\n"
         "    provider: ollama\n    model: x\n"},
        {u"cline"_s,
         u".cline/data/settings/providers.json"_s,
         "{\"version\":1,\"lastUsedProvider\":\"anthropic\",\"providers\":{}}"},
        {u"zed"_s,
         u".config/zed/settings.json"_s,
         "// Zed settings\n//\n{\n  \"vim_mode\": true, // yes\n}\n"},
        {u"aider"_s, u".aider.conf.yml"_s, "# mine\ndark-mode: true\nmodel: sonnet\n"},
        {u"qwen"_s,
         u".qwen/settings.json"_s,
         "{\r\n  \"modelProviders\": {\r\n    \"openai\": [\r\n      { \"id\": \"mine\" }\r\n    "
         "]\r\n"
         "  }\r\n}\r\n"},
        {u"gemini"_s, u".gemini/.env"_s, "# mine\nGEMINI_MODEL=gemini-pro\n"},
        {u"goose"_s, u".config/goose/config.yaml"_s, "GOOSE_PROVIDER: openai\nGOOSE_MODE: auto\n"},
    };
}

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

/// Connecting tools in a home folder of the test's own.
class TestConnections final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_machine = Machine{
            Platform::Linux,
            m_folder->path(),
            common::Environment(QHash<QByteArray, QByteArray>())};
        m_connections = std::make_unique<Connections>(m_machine, home(u"freerelay"_s));
    }

    void everyToolCanBeConnectedAndUndone_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("text");
        for (const Sample &sample : samples()) {
            QTest::addRow("%s", qPrintable(sample.id)) << sample.id << sample.file << sample.text;
            QTest::addRow("%s, new", qPrintable(sample.id))
                << sample.id << sample.file << QByteArray();
        }
    }

    void everyToolCanBeConnectedAndUndone()
    {
        QFETCH(QString, id);
        QFETCH(QString, file);
        QFETCH(QByteArray, text);
        const bool existed = !text.isEmpty();
        if (existed) {
            put(file, text);
        }
        QCOMPARE(status(id).state, existed ? ToolState::Found : ToolState::NotFound);
        connectTool(id);
        QVERIFY(bytesOf(home(file)) != text);
        QVERIFY2(bytesOf(home(file)).contains("freerelay"), bytesOf(home(file)).constData());
        QCOMPARE(status(id).state, ToolState::Connected);
        undoTool(id);
        QCOMPARE(QFileInfo::exists(home(file)), existed);
        QCOMPARE(bytesOf(home(file)), text);
        QVERIFY(!status(id).canUndo);
    }

    void whatTheToolWroteSinceStaysWhenUndone_data() { everyToolCanBeConnectedAndUndone_data(); }

    void whatTheToolWroteSinceStaysWhenUndone()
    {
        QFETCH(QString, id);
        QFETCH(QString, file);
        QFETCH(QByteArray, text);
        if (text.isEmpty()) {
            return;
        }
        put(file, text);
        connectTool(id);
        // A comment is understood by all of them, and changes nothing.
        const QByteArray added = text.contains('{') && !text.contains("[projects") ? "\n// new\n"
                                                                                   : "\n# new\n";
        put(file, bytesOf(home(file)) + added);
        QCOMPARE(status(id).state, ToolState::Connected);
        undoTool(id);
        const QByteArray rest = bytesOf(home(file));
        QVERIFY(rest.contains("new"));
        QVERIFY2(!rest.contains("freerelay"), rest.constData());
        QVERIFY2(!rest.contains("8123"), rest.constData());
    }

    void aDateThatTheToolNotesChangesNothing()
    {
        const QString file = u".cline/data/settings/providers.json"_s;
        connectTool(u"cline"_s);
        const QByteArray text = bytesOf(home(file));
        put(file, QByteArray(text).replace("2026-11-29", "2027-01-01"));
        QVERIFY(bytesOf(home(file)) != text);
        QCOMPARE(status(u"cline"_s).state, ToolState::Connected);
        undoTool(u"cline"_s);
        QVERIFY2(!bytesOf(home(file)).contains("freerelay"), bytesOf(home(file)).constData());
    }

    void noticesThatASettingWasOverwritten()
    {
        put(u".codex/config.toml"_s, "model = \"gpt-5\"\n");
        connectTool(u"codex"_s);
        const QByteArray mine = bytesOf(home(u".codex/config.toml"_s));
        put(u".codex/config.toml"_s,
            QByteArray(mine).replace("model = \"freerelay-auto\"", "model = \"o4\""));
        QCOMPARE(status(u"codex"_s).state, ToolState::Overwritten);
        const auto plan = m_connections->planUndo(*connect::findConnector(u"codex"_s));
        QVERIFY(plan);
        QCOMPARE(plan->left, 1); // the model, which is not ours any more
        QVERIFY(m_connections->carryOut(*plan));
        QCOMPARE(bytesOf(home(u".codex/config.toml"_s)), "model = \"o4\"\n"_ba);
    }

    void anotherAddressIsNoticedAndConnectedAnew()
    {
        const QByteArray before = "{\n  \"theme\": \"x\"\n}\n";
        put(u".config/opencode/opencode.json"_s, before);
        connectTool(u"opencode"_s);
        const Endpoint moved{"http://127.0.0.1:9999"_ba, {}};
        const Connector &tool = *connect::findConnector(u"opencode"_s);
        QCOMPARE(m_connections->status(tool, moved).state, ToolState::OtherAddress);
        const auto plan = m_connections->planConnect(tool, moved);
        QVERIFY(plan && m_connections->carryOut(*plan));
        QCOMPARE(m_connections->status(tool, moved).state, ToolState::Connected);
        QVERIFY(bytesOf(home(u".config/opencode/opencode.json"_s)).contains("9999"));
        undoTool(u"opencode"_s);
        QCOMPARE(bytesOf(home(u".config/opencode/opencode.json"_s)), before);
    }

    void aFileThatChangedAfterThePlanIsNotWritten()
    {
        const Connector &tool = *connect::findConnector(u"claude"_s);
        const auto plan = m_connections->planConnect(tool, gateway);
        QVERIFY(plan);
        put(u".claude/settings.json"_s, "{\"mine\": 1}");
        const auto done = m_connections->carryOut(*plan);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, common::ErrorKind::AlreadyExists);
        QCOMPARE(bytesOf(home(u".claude/settings.json"_s)), "{\"mine\": 1}"_ba);
    }

    void aFileThatCannotBeUnderstoodIsLeftAlone()
    {
        put(u".claude/settings.json"_s, "{\"mine\": ");
        const auto plan = m_connections->planConnect(*connect::findConnector(u"claude"_s), gateway);
        QVERIFY(!plan);
        QCOMPARE(plan.error().kind, common::ErrorKind::InvalidArgument);
        QVERIFY(plan.error().message.contains(u"settings.json"_s));
    }

    void linksAndModesStay()
    {
        put(u"dotfiles/settings.json"_s, "{}\n");
        QVERIFY(QDir().mkpath(home(u".claude"_s)));
        QVERIFY(QFile::link(home(u"dotfiles/settings.json"_s), home(u".claude/settings.json"_s)));
        const auto mode = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup;
        QVERIFY(QFile::setPermissions(home(u"dotfiles/settings.json"_s), mode));
        connectTool(u"claude"_s);
        QVERIFY(QFileInfo(home(u".claude/settings.json"_s)).isSymLink());
        QVERIFY(bytesOf(home(u"dotfiles/settings.json"_s)).contains("ANTHROPIC_BASE_URL"));
        QVERIFY(!(QFile::permissions(home(u"dotfiles/settings.json"_s)) & QFile::ReadOther));
        QVERIFY(QFile::permissions(home(u"dotfiles/settings.json"_s)) & QFile::ReadGroup);
        undoTool(u"claude"_s);
        QCOMPARE(bytesOf(home(u"dotfiles/settings.json"_s)), "{}\n"_ba);
    }

    void newFilesAreForTheirOwnerOnly()
    {
        connectTool(u"claude"_s);
        const auto others = QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup
            | QFile::WriteOther;
        QVERIFY(!(QFile::permissions(home(u".claude/settings.json"_s)) & others));
        QVERIFY(!(QFile::permissions(home(u"freerelay/connections.json"_s)) & others));
    }

    void theClientKeyIsMaskedInTheDiff()
    {
        const Endpoint locked{gateway.root, "frk-0123456789abcdef"_ba};
        const auto plan = m_connections->planConnect(*connect::findConnector(u"claude"_s), locked);
        QVERIFY(plan);
        const QByteArray diff = connect::diffOf(*plan, locked);
        QVERIFY2(diff.contains("+    \"ANTHROPIC_AUTH_TOKEN\": \"frk…cdef\""), diff.constData());
        QVERIFY(!diff.contains(locked.key));
        QVERIFY(m_connections->carryOut(*plan));
        QVERIFY(bytesOf(home(u".claude/settings.json"_s)).contains(locked.key));
    }

    void knowsWhereEachSystemKeepsSettings()
    {
        Machine windows{
            Platform::Windows,
            u"C:/Users/me"_s,
            common::Environment({{"APPDATA"_ba, "C:\\Users\\me\\AppData\\Roaming"_ba}})};
        const auto fileOf = [](const Machine &machine, const QString &id) {
            return connect::findConnector(id)->recipe(machine, gateway).front().path;
        };
        QCOMPARE(fileOf(windows, u"codex"_s), u"C:/Users/me/.codex/config.toml"_s);
#ifdef Q_OS_WIN
        QCOMPARE(fileOf(windows, u"zed"_s), u"C:/Users/me/AppData/Roaming/Zed/settings.json"_s);
#endif
        const Machine mac{Platform::MacOs, u"/Users/me"_s, common::Environment({})};
        QCOMPARE(fileOf(mac, u"zed"_s), u"/Users/me/.config/zed/settings.json"_s);
        const Machine moved{
            Platform::Linux,
            u"/home/me"_s,
            common::Environment({{"CODEX_HOME"_ba, "/data/codex"_ba}})};
        QCOMPARE(fileOf(moved, u"codex"_s), u"/data/codex/config.toml"_s);
    }

    void whatCannotUseLocalhostIsToldSo()
    {
        QCOMPARE(status(u"cursor"_s).state, ToolState::Unreachable);
        const auto plan = m_connections->planConnect(*connect::findConnector(u"cursor"_s), gateway);
        QVERIFY(!plan);
        QVERIFY(plan.error().message.contains(u"8123"_s));
        QCOMPARE(status(u"shell"_s).state, ToolState::ByHand);
    }

private:
    [[nodiscard]] QString home(const QString &below) const
    {
        return m_folder->path() + u'/' + below;
    }
    void put(const QString &file, const QByteArray &text)
    {
        QVERIFY(QDir().mkpath(QFileInfo(home(file)).absolutePath()));
        QFile out(home(file));
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(text);
    }
    [[nodiscard]] connect::ToolStatus status(const QString &id) const
    {
        return m_connections->status(*connect::findConnector(id), gateway);
    }
    void connectTool(const QString &id)
    {
        const auto plan = m_connections->planConnect(*connect::findConnector(id), gateway);
        QVERIFY2(plan, plan ? "" : qPrintable(plan.error().message));
        const auto done = m_connections->carryOut(*plan);
        QVERIFY2(done, done ? "" : qPrintable(done.error().message));
    }
    void undoTool(const QString &id)
    {
        const auto plan = m_connections->planUndo(*connect::findConnector(id));
        QVERIFY2(plan, plan ? "" : qPrintable(plan.error().message));
        const auto done = m_connections->carryOut(*plan);
        QVERIFY2(done, done ? "" : qPrintable(done.error().message));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    Machine m_machine;
    std::unique_ptr<Connections> m_connections;
};

QTEST_APPLESS_MAIN(TestConnections)
#include "tst_connections.moc"
