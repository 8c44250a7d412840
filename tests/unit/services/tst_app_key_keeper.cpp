#include "core/interfaces/app_keys_json.h"
#include "core/services/apps/app_key_keeper.h"
#include "core/services/control_thread.h"
#include "tests/support/manual_clock.h"

#include <QFile>
#include <QJsonArray>
#include <QSemaphore>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using common::ErrorKind;
using common::MicroUsd;
using interfaces::AppKeyChange;
using services::AppKeyKeeper;

namespace {

/// A folder and a clock; keepers come and go.
struct Home
{
    QTemporaryDir folder;
    tests::ManualClock clock;
    services::ControlThread background;
    int changes = 0;

    [[nodiscard]] QString path() const { return folder.filePath(u"apps.json"_s); }
    [[nodiscard]] std::unique_ptr<AppKeyKeeper> keeper()
    {
        return std::make_unique<AppKeyKeeper>(AppKeyKeeper::Parts{
            path(),
            common::Secret(QByteArray(common::fingerprintKeyBytes, 'k')),
            background.context(),
            clock,
            [this] { ++changes; }});
    }
    void flush()
    {
        QSemaphore done;
        QMetaObject::invokeMethod(&background.context(), [&done] { done.release(); });
        done.acquire();
    }
};

AppKeyChange named(const QString &name)
{
    AppKeyChange change;
    change.name = name;
    return change;
}

} // namespace

/// Apps and their keys, as front ends see them.
class TestAppKeyKeeper final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void requestsSeeWhatChanged()
    {
        Home home;
        const auto keeper = home.keeper();
        const auto added = keeper->add(named(u"Script"_s));
        QVERIFY(added);
        QCOMPARE(home.changes, 1);
        QCOMPARE(keeper->table()->find(added->key.reveal()).app->name, u"Script"_s);
        QVERIFY(keeper->revoke(added->app.id));
        QVERIFY(keeper->table()->find(added->key.reveal()).isRefused());
        QVERIFY(keeper->restore(added->app.id));
        QCOMPARE(home.changes, 3);
        QVERIFY(!keeper->revoke(u"none"_s));
        QCOMPARE(home.changes, 3);
        QCOMPARE(keeper->table()->find(keeper->ownKey().reveal()).kind, apps::Caller::Kind::App);
        QCOMPARE(keeper->list().size(), std::size_t(1));
    }

    void whatWasUsedOutlivesACrash()
    {
        Home home;
        auto keeper = home.keeper();
        const auto added = keeper->add(named(u"Script"_s));
        const auto use = keeper->table()->find(added->key.reveal()).app->use;
        use->add({false, 12, MicroUsd{5}}, home.clock.wallNow());
        keeper->tick();
        home.flush();
        keeper.reset(); // without stop()
        QCOMPARE(home.keeper()->list().front().today.tokens, 12);
        keeper = home.keeper();
        keeper->table()
            ->find(added->key.reveal())
            .app->use->add({false, 1, MicroUsd{5}}, home.clock.wallNow());
        keeper->stop();
        keeper = home.keeper();
        QCOMPARE(keeper->list().front().today.tokens, 13);
        QCOMPARE(keeper->list().front().today.spent.count, 10);
        QVERIFY(keeper->list().front().lastUsedAt);
    }

    void aFileThatCannotBeReadIsLeftAlone()
    {
        Home home;
        QFile file(home.path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        file.write("mine");
        file.close();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"keys of apps are not known"_s));
        const auto keeper = home.keeper();
        QVERIFY(!keeper->problem().isEmpty());
        QCOMPARE(keeper->add(named(u"Script"_s)).error().kind, ErrorKind::StorageFailed);
        keeper->tick();
        home.flush();
        keeper->stop();
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), "mine"_ba);
    }

    void changesAreJson()
    {
        const QJsonObject object{
            {u"name"_s, u"Script"_s},
            {u"scopes"_s, QJsonArray{u"chat"_s}},
            {u"mode"_s, QJsonValue()},
            {u"models"_s, QJsonArray{u"groq/*"_s}},
            {u"daily_budget_usd"_s, 0.5}};
        const auto change = interfaces::appChangeFromJson(object);
        QVERIFY(change);
        QVERIFY(change->mode && !*change->mode);
        QCOMPARE((*change->dailyBudget)->count, 500'000);
        QCOMPARE(interfaces::toJson(*change), object);
        QVERIFY(!interfaces::appChangeFromJson({})->mode);
    }

    void wrongChangesAreRefused_data()
    {
        QTest::addColumn<QJsonObject>("object");
        QTest::newRow("unknown") << QJsonObject{{u"paid"_s, true}};
        QTest::newRow("mode") << QJsonObject{{u"mode"_s, u"cheap"_s}};
        QTest::newRow("models") << QJsonObject{{u"models"_s, u"groq/*"_s}};
        QTest::newRow("word") << QJsonObject{{u"scopes"_s, QJsonArray{1}}};
        QTest::newRow("negative") << QJsonObject{{u"daily_budget_usd"_s, -1}};
        QTest::newRow("text") << QJsonObject{{u"daily_budget_usd"_s, u"1"_s}};
    }

    void wrongChangesAreRefused()
    {
        QFETCH(QJsonObject, object);
        QCOMPARE(interfaces::appChangeFromJson(object).error().kind, ErrorKind::InvalidArgument);
    }

    void moneyIsText()
    {
        QCOMPARE(interfaces::moneyFromText(u" $0.50"_s)->count, 500'000);
        QCOMPARE(interfaces::moneyFromText(u"0"_s)->count, 0);
        for (const QString &wrong : {u""_s, u"nan"_s, u"-1"_s, u"1e9"_s, u"much"_s}) {
            QVERIFY2(!interfaces::moneyFromText(wrong), qPrintable(wrong));
        }
        QCOMPARE(interfaces::moneyText({500'000}), u"$0.50"_s);
        QCOMPARE(interfaces::moneyText({12'000'000}), u"$12.00"_s);
        QCOMPARE(interfaces::moneyText({400}), u"$0.0004"_s);
    }
};

QTEST_GUILESS_MAIN(TestAppKeyKeeper)
#include "tst_app_key_keeper.moc"
