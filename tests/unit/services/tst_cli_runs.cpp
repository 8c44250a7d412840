#include "core/common/secret.h"
#include "core/gateway/routes/cli_route.h"
#include "core/services/cli/cli_events.h"
#include "core/services/cli/cli_runner.h"
#include "tests/support/fake_downstream.h"
#include "tests/support/fake_gateway_control.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace std::chrono_literals;
using interfaces::CliOrder;
using interfaces::CliOutcome;
using interfaces::CliStatus;
using services::CliRunner;

namespace {

QJsonObject jsonOf(const QByteArray &text)
{
    return QJsonDocument::fromJson(text).object();
}

/// What FreeRelay was started with.
QProcessEnvironment startedWith(const QString &bin)
{
    QProcessEnvironment around;
    around.insert(u"PATH"_s, QString(bin % u":/usr/bin:/bin"_s));
    around.insert(u"OPENAI_API_KEY"_s, u"sk-secret"_s);
    around.insert(u"FREERELAY_API_KEY"_s, u"frk-secret"_s);
    return around;
}

/// A runner whose only tools are scripts of the test.
struct Fixture
{
    Fixture()
    {
        QDir().mkpath(at(u"bin"_s));
        QDir().mkpath(at(u"work/inside"_s));
        settings.enabled = true;
        settings.folder = at(u"work"_s);
        settings.timeout = 30s;
    }

    [[nodiscard]] QString at(const QString &below) const { return folder.path() % u'/' % below; }

    void script(const QString &program, const QByteArray &text) const
    {
        QFile file(at(u"bin/"_s % program));
        if (file.open(QIODevice::WriteOnly)) {
            file.write("#!/bin/sh\n" + text);
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        }
    }

    void file(const QString &below, const QByteArray &text) const
    {
        QDir().mkpath(at(below.section(u'/', 0, -2)));
        QFile written(at(below));
        QVERIFY(written.open(QIODevice::WriteOnly));
        written.write(text);
    }

    common::Result<interfaces::CliRuns::RunId> start(const CliOrder &order)
    {
        return runner.start(
            order,
            [this](const QJsonObject &event) { events.push_back(event); },
            [this](const CliOutcome &outcome) { ended = outcome; });
    }

    [[nodiscard]] QStringList texts() const
    {
        QStringList all;
        for (const QJsonObject &event : events) {
            all << event["text"_L1].toString();
        }
        return all;
    }

    QTemporaryDir folder;
    settings::CliRunSettings settings;
    QProcessEnvironment around = startedWith(at(u"bin"_s));
    std::vector<QJsonObject> events;
    std::optional<CliOutcome> ended;
    CliRunner runner{
        {{connect::Platform::Linux,
          {},
          common::Environment(
              {{"PATH"_ba, QFile::encodeName(folder.path()) + "/bin"},
               {"XDG_DATA_HOME"_ba, QFile::encodeName(folder.path()) + "/data"}})},
         [this] { return settings; },
         [] {
             return connect::Endpoint{"http://127.0.0.1:8123"_ba, {}};
         },
         folder.path(),
         around}};
};

CliOrder orderOf(const QByteArray &prompt)
{
    return {u"opencode-cli"_s, prompt, {}, {}, {}};
}

/// What a script says as OpenCode would.
QByteArray saying(const QByteArray &shellText)
{
    return "printf '{\"type\":\"text\",\"part\":{\"text\":\"%s\"}}\\n' \"" + shellText + "\"\n";
}

} // namespace

/// Tools of the command line that are run for clients.
class TestCliRuns final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void thePromptIsNeverPartOfTheCommand()
    {
        Fixture fixture;
        fixture.script(u"opencode"_s, saying("$*") + saying("$(cat)"));
        const QByteArray prompt = "$(touch /tmp/x); --help `id`";
        QVERIFY(fixture.start(orderOf(prompt)));
        QTRY_VERIFY(fixture.ended.has_value());
        QCOMPARE(fixture.ended->status, CliStatus::Completed);
        QCOMPARE(fixture.texts().value(0), u"run --format json --model freerelay/auto"_s);
        QCOMPARE(fixture.texts().value(1), QString::fromUtf8(prompt));
    }

    /// The versions by asking, each once a minute, and without keys; accounts by their files.
    void tellsWhatIsInstalled()
    {
        Fixture fixture;
        fixture.script(
            u"opencode"_s,
            "echo x >> " + QFile::encodeName(fixture.at(u"asked"_s))
                + "\necho \"Welcome [$OPENAI_API_KEY]\"\necho \"$1 opencode 1.18.33-beta\"\n");
        const auto describe = [&fixture] {
            std::optional<std::vector<interfaces::CliBackend>> told;
            fixture.runner.describe([&told](const auto &backends) { told = backends; });
            [&] { QTRY_VERIFY(told.has_value()); }();
            return told.value_or(std::vector<interfaces::CliBackend>());
        };
        fixture.settings.enabled = false;
        QCOMPARE(describe().at(0).version, QString());
        fixture.settings.enabled = true;
        const auto all = describe();
        QCOMPARE(all.at(0).version, u"1.18.33-beta"_s);
        QVERIFY(all.at(0).installed && !all.at(0).signedIn);
        QVERIFY(!all.at(1).installed && all.at(1).version.isEmpty());
        fixture.file(u"data/opencode/auth.json"_s, "{}");
        QVERIFY(!describe().at(0).signedIn);
        fixture.file(u"data/opencode/auth.json"_s, R"({"groq":{"type":"api","key":"k"}})");
        QVERIFY(describe().at(0).signedIn);
        QFile asked(fixture.at(u"asked"_s));
        QVERIFY(asked.open(QIODevice::ReadOnly));
        QCOMPARE(asked.readAll(), "x\n"_ba);
    }

    void keysDoNotComeThrough()
    {
        Fixture fixture;
        fixture.script(
            u"opencode"_s,
            saying("[$OPENAI_API_KEY$FREERELAY_API_KEY]") + saying("$(env | cut -d= -f1 | sort)"));
        QVERIFY(fixture.start(orderOf("x")));
        QTRY_VERIFY(fixture.ended.has_value());
        QCOMPARE(fixture.texts().value(0), u"[]"_s);
        const auto tool = services::findCliTool(u"opencode-cli"_s);
        const QProcessEnvironment seen = services::cliEnvironment(
            *tool, fixture.around, {"http://127.0.0.1:8123"_ba, {}});
        QCOMPARE(seen.keys(), (QStringList{u"OPENCODE_CONFIG_CONTENT"_s, u"PATH"_s}));
        QVERIFY(seen.value(u"OPENCODE_CONFIG_CONTENT"_s).contains(u"http://127.0.0.1:8123/v1"_s));
    }

    void codexIsRunWithItsOwnArguments()
    {
        Fixture fixture;
        fixture.script(
            u"codex"_s,
            "printf '{\"type\":\"item.completed\",\"item\":{\"type\":\"agent_message\","
            "\"text\":\"%s\"}}\\n' \"$(for a in \"$@\"; do last=$a; done; echo $last)\"\n");
        CliOrder order = orderOf("x");
        order.backend = u"codex-cli"_s;
        QVERIFY(fixture.start(order));
        QTRY_VERIFY(fixture.ended.has_value());
        QCOMPARE(fixture.texts(), QStringList{u"-"_s});
    }

    void worksInAFolderOfItsOwn()
    {
        Fixture fixture;
        fixture.script(u"opencode"_s, saying("$(pwd)"));
        QVERIFY(fixture.start(orderOf("x")));
        QTRY_VERIFY(fixture.ended.has_value());
        const QString where = fixture.texts().value(0);
        QVERIFY2(where.startsWith(fixture.at(u"work/run-"_s)), qPrintable(where));
        QVERIFY(!QDir(where).exists()); // left empty
    }

    void noFolderLeadsOut_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<bool>("good");
        QTest::newRow("inside") << u"inside"_s << true;
        QTest::newRow("itself") << u"."_s << true;
        QTest::newRow("above") << u".."_s << false;
        QTest::newRow("beside") << u"../bin"_s << false;
        QTest::newRow("absolute") << u"/tmp"_s << false;
        QTest::newRow("a link") << u"link"_s << false;
        QTest::newRow("not there") << u"nowhere"_s << false;
    }

    void noFolderLeadsOut()
    {
        QFETCH(QString, folder);
        QFETCH(bool, good);
        Fixture fixture;
        fixture.script(u"opencode"_s, saying("here"));
        QFile::link(fixture.at(u"bin"_s), fixture.at(u"work/link"_s));
        CliOrder order = orderOf("x");
        order.folder = folder;
        const auto started = fixture.start(order);
        QCOMPARE(started.has_value(), good);
        if (!good) {
            QCOMPARE(started.error().kind, common::ErrorKind::PermissionDenied);
        } else {
            QTRY_VERIFY(fixture.ended.has_value());
        }
    }

    void theWholeGroupEndsWhenItIsCancelled()
    {
        Fixture fixture;
        fixture.script(u"opencode"_s, "sleep 1000 &\n" + saying("$!") + "wait\n");
        const auto id = fixture.start(orderOf("x"));
        QVERIFY(id);
        QTRY_COMPARE(fixture.texts().size(), 1);
        const auto grandchild = static_cast<pid_t>(fixture.texts().first().toInt());
        QVERIFY(grandchild > 1 && ::kill(grandchild, 0) == 0);
        fixture.runner.cancel(*id);
        QTRY_VERIFY(fixture.ended.has_value());
        QCOMPARE(fixture.ended->status, CliStatus::Cancelled);
        QTRY_VERIFY(isOver(grandchild));
    }

    void whatRunsEndsWithTheRunner()
    {
        pid_t child = 0;
        {
            Fixture fixture;
            fixture.script(u"opencode"_s, "sleep 1000 &\n" + saying("$!") + "wait\n");
            QVERIFY(fixture.start(orderOf("x")));
            QTRY_COMPARE(fixture.texts().size(), 1);
            child = static_cast<pid_t>(fixture.texts().first().toInt());
        }
        QTRY_VERIFY(isOver(child));
    }

    void timeAndOutputAreLimited()
    {
        Fixture fixture;
        fixture.script(u"opencode"_s, "exec sleep 1000\n");
        CliOrder order = orderOf("x");
        order.timeout = 50ms;
        QVERIFY(fixture.start(order));
        QTRY_VERIFY(fixture.ended.has_value());
        QCOMPARE(fixture.ended->status, CliStatus::Timeout);
        QCOMPARE(fixture.ended->exitCode, -1);
        fixture.ended.reset();
        fixture.script(u"opencode"_s, "exec cat /dev/zero\n");
        QVERIFY(fixture.start(orderOf("x")));
        QTRY_VERIFY(fixture.ended.has_value());
        QCOMPARE(fixture.ended->status, CliStatus::TooMuchOutput);
    }

    void aFailureSaysWhy()
    {
        Fixture fixture;
        fixture.script(u"opencode"_s, "echo 'not json'; echo 'no such model' >&2; exit 3\n");
        QVERIFY(fixture.start(orderOf("x")));
        QTRY_VERIFY(fixture.ended.has_value());
        QCOMPARE(fixture.ended->status, CliStatus::Failed);
        QCOMPARE(fixture.ended->exitCode, 3);
        QCOMPARE(fixture.ended->error, u"no such model"_s);
        QVERIFY(fixture.events.empty());
    }

    void whatMayNotRunIsRefused()
    {
        Fixture fixture;
        fixture.script(u"opencode"_s, "exec sleep 1000\n");
        CliOrder order = orderOf("x");
        order.backend = u"sh"_s;
        QCOMPARE(fixture.start(order).error().kind, common::ErrorKind::NotFound);
        order.backend = u"codex-cli"_s; // not installed
        QCOMPARE(fixture.start(order).error().kind, common::ErrorKind::NotFound);
        fixture.settings.most = 1;
        QVERIFY(fixture.start(orderOf("x")));
        QCOMPARE(fixture.start(orderOf("x")).error().kind, common::ErrorKind::RateLimited);
        fixture.settings.enabled = false;
        QCOMPARE(fixture.start(orderOf("x")).error().kind, common::ErrorKind::PermissionDenied);
    }

    void eventsHaveOneForm_data()
    {
        QTest::addColumn<bool>("codex");
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("event"); // empty: none
        QTest::newRow("session") << false << R"({"type":"step_start","sessionID":"s"})"_ba
                                 << R"({"type":"started","session":"s"})"_ba;
        QTest::newRow("tool")
            << false
            << R"({"type":"tool_use","part":{"tool":"read","state":{"status":"completed","input":{"f":1},"output":"o"}}})"_ba
            << R"({"type":"tool","tool":"read","status":"completed","input":{"f":1},"output":"o"})"_ba;
        QTest::newRow("failed tool")
            << false
            << R"({"type":"tool_use","part":{"tool":"write","state":{"status":"error","input":{"f":1},"error":"rejected"}}})"_ba
            << R"({"type":"tool","tool":"write","status":"error","input":{"f":1},"output":"rejected"})"_ba;
        QTest::newRow("usage")
            << false
            << R"({"type":"step_finish","part":{"tokens":{"total":80,"input":8,"output":10,"reasoning":20,"cache":{"write":2,"read":40}}}})"_ba
            << R"({"type":"usage","input_tokens":50,"output_tokens":30,"cached_tokens":40})"_ba;
        QTest::newRow("error")
            << false << R"({"type":"error","error":{"name":"N","data":{"message":"m"}}})"_ba
            << R"({"type":"error","message":"m"})"_ba;
        QTest::newRow("unknown") << false << R"({"type":"new"})"_ba << QByteArray();
        QTest::newRow("codex session") << true << R"({"type":"thread.started","thread_id":"t"})"_ba
                                       << R"({"type":"started","session":"t"})"_ba;
        QTest::newRow("codex command")
            << true
            << R"({"type":"item.completed","item":{"type":"command_execution","command":"ls","aggregated_output":"o","status":"failed"}})"_ba
            << R"({"type":"tool","tool":"shell","status":"failed","input":"ls","output":"o"})"_ba;
        QTest::newRow("codex usage")
            << true
            << R"({"type":"turn.completed","usage":{"input_tokens":5,"cached_input_tokens":2,"output_tokens":1}})"_ba
            << R"({"type":"usage","input_tokens":5,"output_tokens":1,"cached_tokens":2})"_ba;
        QTest::newRow("codex failure")
            << true << R"({"type":"turn.failed","error":{"message":"m"}})"_ba
            << R"({"type":"error","message":"m"})"_ba;
        QTest::newRow("codex unknown item")
            << true << R"({"type":"item.completed","item":{"type":"plan"}})"_ba << QByteArray();
    }

    void eventsHaveOneForm()
    {
        QFETCH(bool, codex);
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, event);
        const auto mapped = codex ? services::codexEvent(jsonOf(line))
                                  : services::openCodeEvent(jsonOf(line));
        QCOMPARE(mapped.value_or(QJsonObject()), jsonOf(event));
    }

    void bodiesAreChecked_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("wrong"); // empty: nothing
        QTest::newRow("least") << R"({"backend":"b","prompt":"p"})"_ba << QString();
        QTest::newRow("all")
            << R"({"backend":"b","prompt":"p","model":"a/b","cwd":"c","timeout":1.5,"stream":true})"_ba
            << QString();
        QTest::newRow("no prompt") << R"({"backend":"b"})"_ba << u"prompt"_s;
        QTest::newRow("an option as model")
            << R"({"backend":"b","prompt":"p","model":"--agent=x"})"_ba << u"model"_s;
        QTest::newRow("a number as folder")
            << R"({"backend":"b","prompt":"p","cwd":1})"_ba << u"cwd"_s;
        QTest::newRow("no time") << R"({"backend":"b","prompt":"p","timeout":0})"_ba
                                 << u"timeout"_s;
        QTest::newRow("unknown") << R"({"backend":"b","prompt":"p","env":{}})"_ba << u"env"_s;
    }

    void bodiesAreChecked()
    {
        QFETCH(QByteArray, body);
        QFETCH(QString, wrong);
        const auto question = gateway::parseCliQuestion(body);
        QCOMPARE(question ? QString() : question.error().param, wrong);
    }

    void theRouteStreamsEvents()
    {
        tests::FakeGatewayControl control;
        gateway::CliRoute route(control, control);
        const auto downstream = std::make_shared<tests::FakeDownstream>();
        route.run(
            requestOf(R"({"backend":"opencode-cli","prompt":"p","stream":true})"), downstream);
        QTRY_VERIFY(downstream->streaming);
        control.runs.say({{u"type"_s, u"text"_s}, {u"text"_s, u"Hi"_s}});
        control.runs.end({CliStatus::Completed, 0, {}, 5ms});
        QTRY_VERIFY(downstream->finished);
        QVERIFY(downstream->body.startsWith("data: {\"text\":\"Hi\",\"type\":\"text\"}\n\n"));
        QVERIFY(downstream->body.contains("\"status\":\"completed\""));
        QVERIFY(downstream->body.endsWith("data: [DONE]\n\n"));
    }

    void theRouteAnswersAtOnceWithoutAStream()
    {
        tests::FakeGatewayControl control;
        gateway::CliRoute route(control, control);
        const auto downstream = std::make_shared<tests::FakeDownstream>();
        route.run(requestOf(R"({"backend":"opencode-cli","prompt":"p","timeout":2})"), downstream);
        QTRY_COMPARE(control.runs.orders.size(), std::size_t(1));
        QCOMPARE(control.runs.orders[0].timeout, std::optional(2'000ms));
        control.runs.say({{u"type"_s, u"text"_s}, {u"text"_s, u"Hi"_s}});
        control.runs.end({CliStatus::Failed, 3, u"why"_s, 5ms});
        QTRY_VERIFY(downstream->finished);
        const QJsonObject body = jsonOf(downstream->body);
        QCOMPARE(body["status"_L1].toString(), u"failed"_s);
        QCOMPARE(body["exit_code"_L1].toInt(), 3);
        QCOMPARE(body["text"_L1].toString(), u"Hi"_s);
    }

    void theBackEndsAreTold()
    {
        tests::FakeGatewayControl control;
        gateway::CliRoute route(control, control);
        const auto downstream = std::make_shared<tests::FakeDownstream>();
        route.backends(downstream);
        QTRY_COMPARE(downstream->status, 200);
        const QJsonObject body = jsonOf(downstream->body);
        QCOMPARE(body["enabled"_L1].toBool(), true);
        QCOMPARE(
            body["backends"_L1][0].toObject(),
            jsonOf(R"({"id":"opencode-cli","program":"opencode","installed":true,)"
                   R"("version":"1.2.3","signed_in":true})"));
    }

    void aBackEndThatIsMissingIsNoModel()
    {
        tests::FakeGatewayControl control;
        control.runs.refusal = common::Error{
            common::ErrorKind::NotFound, u"It is not installed."_s, {}, u"backend"_s};
        gateway::CliRoute route(control, control);
        const auto downstream = std::make_shared<tests::FakeDownstream>();
        route.run(requestOf(R"({"backend":"opencode-cli","prompt":"p"})"), downstream);
        QTRY_COMPARE(downstream->status, 404);
        const QJsonValue error = jsonOf(downstream->body)["error"_L1];
        QCOMPARE(error["code"_L1].toString(), u"backend_not_found"_s);
        QCOMPARE(error["param"_L1].toString(), u"backend"_s);
    }

    void browsersAreRefused_data()
    {
        QTest::addColumn<QByteArray>("header");
        for (const char *name : {"origin", "referer", "sec-fetch-site", "sec-fetch-dest"}) {
            QTest::newRow(name) << QByteArray(name);
        }
    }

    void browsersAreRefused()
    {
        QFETCH(QByteArray, header);
        tests::FakeGatewayControl control;
        gateway::CliRoute route(control, control);
        const auto downstream = std::make_shared<tests::FakeDownstream>();
        gateway::HttpRequest request = requestOf(R"({"backend":"opencode-cli","prompt":"p"})");
        request.headers.add(header, "none"_ba);
        route.run(request, downstream);
        QCOMPARE(downstream->status, 403);
        QCoreApplication::sendPostedEvents();
        QVERIFY(control.runs.orders.empty());
    }

    void aClientThatLeavesCancels()
    {
        tests::FakeGatewayControl control;
        gateway::CliRoute route(control, control);
        const auto downstream = std::make_shared<tests::FakeDownstream>();
        route.run(
            requestOf(R"({"backend":"opencode-cli","prompt":"p","stream":true})"), downstream);
        QTRY_VERIFY(downstream->streaming);
        downstream->leave();
        QTRY_COMPARE(control.runs.cancelled.size(), std::size_t(1));
        control.runs.end({CliStatus::Cancelled, -1, {}, 5ms});
        QCoreApplication::sendPostedEvents();
    }

    void aRefusalOfTheRunnerIsTold()
    {
        tests::FakeGatewayControl control;
        control.runs.refusal = common::Error{
            common::ErrorKind::PermissionDenied, u"Switched off."_s};
        gateway::CliRoute route(control, control);
        const auto downstream = std::make_shared<tests::FakeDownstream>();
        route.run(requestOf(R"({"backend":"opencode-cli","prompt":"p"})"), downstream);
        QTRY_COMPARE(downstream->status, 403);
        QVERIFY(downstream->body.contains("Switched off."));
    }

private:
    static gateway::HttpRequest requestOf(const QByteArray &body)
    {
        gateway::HttpRequest request;
        request.method = gateway::Method::Post;
        request.body = body;
        return request;
    }

    /// Gone, or dead and not yet waited for by whoever has inherited it.
    static bool isOver(pid_t process)
    {
        if (::kill(process, 0) != 0) {
            return true;
        }
        QFile status(u"/proc/%1/stat"_s.arg(process));
        return !status.open(QIODevice::ReadOnly) || status.readAll().contains(") Z ");
    }
};

QTEST_GUILESS_MAIN(TestCliRuns)
#include "tst_cli_runs.moc"
