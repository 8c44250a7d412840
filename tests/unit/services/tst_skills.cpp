#include "core/common/secret.h"
#include "core/services/skills/coding_supervisor.h"
#include "core/services/skills/skill_keeper.h"
#include "tests/support/fake_cli_runs.h"
#include "tests/support/manual_clock.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace std::chrono_literals;
using common::ErrorKind;
using interfaces::CliStatus;
using services::CodingSupervisor;
using services::SkillKeeper;

namespace {

/// Skills over runs that the test plays, and a file of its own.
struct Fixture
{
    explicit Fixture(const QTemporaryDir &folder)
        : file(folder.filePath(u"skills.json"_s))
        , owned(std::make_unique<tests::FakeCliRuns>())
        , runs(*owned)
        , keeper(file, std::move(owned), clock)
    { }

    [[nodiscard]] QJsonValue skill(const QString &id) const
    {
        for (const QJsonValue &one : keeper.overview()["skills"_L1].toArray()) {
            if (one["id"_L1].toString() == id) {
                return one;
            }
        }
        return {};
    }
    [[nodiscard]] QString begin()
    {
        const auto answer = keeper.supervise({{u"action"_s, u"start"_s}, {u"task"_s, u"Fix it"_s}});
        return answer ? answer->value("session_id"_L1).toString() : QString();
    }
    [[nodiscard]] common::Result<QJsonObject> order(const QString &session, QJsonObject members)
    {
        members.insert(u"session_id"_s, session);
        return keeper.supervise(members);
    }

    QString file;
    tests::ManualClock clock;
    std::unique_ptr<tests::FakeCliRuns> owned;
    tests::FakeCliRuns &runs;
    SkillKeeper keeper;
};

QJsonObject change(const QString &file, const QString &type)
{
    return {
        {u"action"_s, u"change"_s},
        {u"file"_s, file},
        {u"type"_s, type},
        {u"diff"_s, QString(5'000, u'x')}};
}

QJsonObject feedback(const QString &severity)
{
    return {{u"action"_s, u"feedback"_s}, {u"message"_s, u"Careful"_s}, {u"severity"_s, severity}};
}

} // namespace

/// What FreeRelay does for agents beside answering them.
class TestSkills final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void aSessionIsLoggedAndSummedUp()
    {
        const QTemporaryDir folder;
        Fixture fixture(folder);
        QCOMPARE(fixture.skill(u"coding-supervisor"_s)["status"_L1].toString(), u"idle"_s);
        const QString session = fixture.begin();
        QVERIFY(!session.isEmpty());
        QCOMPARE(fixture.skill(u"coding-supervisor"_s)["status"_L1].toString(), u"running"_s);
        QVERIFY(fixture.order(session, change(u"a.cpp"_s, u"modified"_s)));
        QVERIFY(fixture.order(session, change(u"b.cpp"_s, u"created"_s)));
        QVERIFY(fixture.order(session, feedback(u"warning"_s)));
        fixture.clock.advance(90s);
        const auto end = fixture.order(session, {{u"action"_s, u"end"_s}});
        QVERIFY(end);
        QCOMPARE(end->value("skill_id"_L1).toString(), u"coding-supervisor"_s);
        QCOMPARE(end->value("status"_L1).toString(), u"completed"_s);
        QCOMPARE(end->value("duration_ms"_L1).toInt(), 90'000);
        QCOMPARE((*end)["metadata"_L1]["changes"_L1]["total"_L1].toInt(), 2);
        QCOMPARE((*end)["metadata"_L1]["changes"_L1]["created"_L1].toInt(), 1);
        QCOMPARE((*end)["metadata"_L1]["feedback"_L1]["warning"_L1].toInt(), 1);
        QVERIFY(end->value("output"_L1).toString().contains(u"created b.cpp"_s));
        QCOMPARE(fixture.skill(u"coding-supervisor"_s)["status"_L1].toString(), u"completed"_s);
        QCOMPARE(
            fixture.order(session, {{u"action"_s, u"end"_s}}).error().kind, ErrorKind::NotFound);
    }

    void sessionsAndResultsOutliveTheProgram()
    {
        const QTemporaryDir folder;
        QString running;
        {
            Fixture fixture(folder);
            running = fixture.begin();
            QVERIFY(fixture.order(running, change(u"a.cpp"_s, u"modified"_s)));
            QVERIFY(fixture.order(fixture.begin(), {{u"action"_s, u"end"_s}}));
        }
        Fixture later(folder);
        const QJsonValue skill = later.skill(u"coding-supervisor"_s);
        QCOMPARE(skill["running"_L1].toInt(), 1);
        QCOMPARE(later.keeper.results()["results"_L1][0]["status"_L1].toString(), u"completed"_s);
        const auto end = later.order(running, {{u"action"_s, u"end"_s}});
        QVERIFY(end);
        QCOMPARE((*end)["metadata"_L1]["changes"_L1]["total"_L1].toInt(), 1);
    }

    void diffsAreCut()
    {
        services::SkillState state;
        const QDateTime now = QDateTime::fromSecsSinceEpoch(1'795'478'400, Qt::UTC);
        const auto start = CodingSupervisor::carryOut(
            state, {{u"action"_s, u"start"_s}, {u"task"_s, u"t"_s}}, now);
        QVERIFY(start);
        QJsonObject order = change(u"a"_s, u"modified"_s);
        order.insert(u"session_id"_s, start->value("session_id"_L1));
        QVERIFY(CodingSupervisor::carryOut(state, order, now));
        const QJsonValue first = state.sessions.begin()->second["changes"_L1][0];
        QCOMPARE(first["diff"_L1].toString().size(), CodingSupervisor::maxDiff);
    }

    void wrongOrdersAreRefused_data()
    {
        QTest::addColumn<QString>("member");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("action");
        QTest::newRow("action") << u"action"_s << u"dance"_s << u"dance"_s;
        QTest::newRow("no file") << u"file"_s << QString() << u"change"_s;
        QTest::newRow("type") << u"type"_s << u"renamed"_s << u"change"_s;
        QTest::newRow("severity") << u"severity"_s << u"fatal"_s << u"feedback"_s;
        QTest::newRow("no message") << u"message"_s << QString() << u"feedback"_s;
    }

    void wrongOrdersAreRefused()
    {
        QFETCH(QString, member);
        QFETCH(QString, value);
        QFETCH(QString, action);
        const QTemporaryDir folder;
        Fixture fixture(folder);
        const QString session = fixture.begin();
        QJsonObject order = action == "feedback"_L1 ? feedback(u"info"_s)
                                                    : change(u"a"_s, u"created"_s);
        order.insert(u"action"_s, action);
        order.insert(member, value);
        const auto answer = fixture.order(session, order);
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, ErrorKind::InvalidArgument);
        QCOMPARE(answer.error().param, member);
    }

    void sessionsAreBounded()
    {
        const QTemporaryDir folder;
        Fixture fixture(folder);
        for (std::size_t i = 0; i < CodingSupervisor::maxSessions; ++i) {
            QVERIFY(!fixture.begin().isEmpty());
        }
        const auto more = fixture.keeper.supervise(
            {{u"action"_s, u"start"_s}, {u"task"_s, u"t"_s}});
        QVERIFY(!more);
        QCOMPARE(more.error().kind, ErrorKind::RateLimited);
    }

    void runsOfToolsAreSkills()
    {
        const QTemporaryDir folder;
        Fixture fixture(folder);
        QCOMPARE(fixture.skill(u"opencode"_s)["status"_L1].toString(), u"idle"_s);
        int events = 0;
        std::optional<interfaces::CliOutcome> ended;
        QVERIFY(fixture.keeper.start(
            {u"opencode-cli"_s, "p", u"m"_s, {}, {}},
            [&events](const QJsonObject &) { ++events; },
            [&ended](const interfaces::CliOutcome &outcome) { ended = outcome; }));
        QCOMPARE(fixture.skill(u"opencode"_s)["status"_L1].toString(), u"running"_s);
        fixture.runs.say({{u"type"_s, u"text"_s}, {u"text"_s, u"Done."_s}});
        fixture.runs.end({CliStatus::Timeout, -1, {}, 7ms});
        QCOMPARE(events, 1);
        QVERIFY(ended && ended->status == CliStatus::Timeout);
        const Fixture later(folder);
        QVERIFY(!QJsonDocument(later.keeper.overview()).toJson().contains("Done."));
        const QJsonValue last = later.keeper.results()["results"_L1][0];
        QCOMPARE(last["status"_L1].toString(), u"timeout"_s);
        QCOMPARE(last["output"_L1].toString(), u"Done."_s);
        QCOMPARE(last["duration_ms"_L1].toInt(), 7);
    }

    void aFileThatIsNotOursIsLeftAlone()
    {
        const QTemporaryDir folder;
        Fixture fixture(folder);
        QFile file(fixture.file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("mine");
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        file.close();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"what skills have done"_s));
        const auto answer = fixture.keeper.supervise(
            {{u"action"_s, u"start"_s}, {u"task"_s, u"t"_s}});
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, ErrorKind::StorageFailed);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), "mine"_ba);
    }

    void theConfigNamesTheRoutes()
    {
        const QTemporaryDir folder;
        const Fixture fixture(folder);
        const QJsonObject config = fixture.keeper.config();
        QCOMPARE(config["skills"_L1]["opencode"_L1]["route"_L1].toString(), u"/opencode/cli-run"_s);
        QCOMPARE(config["skills"_L1]["coding-supervisor"_L1]["actions"_L1].toArray().size(), 4);
    }
};

QTEST_APPLESS_MAIN(TestSkills)
#include "tst_skills.moc"
