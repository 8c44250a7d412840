#include "core/apps/app_book.h"
#include "tests/support/manual_clock.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using namespace freerelay::apps;
using common::ErrorKind;
using common::MicroUsd;
using common::Secret;
using Kind = Caller::Kind;

namespace {

/// A folder of its own, and a clock that stands at 2026-11-24 23:59:58 UTC.
struct Fixture
{
    Fixture() { clock.advance(23h - 2s); }

    QTemporaryDir folder;
    tests::ManualClock clock;
    Secret hashKey{QByteArray(common::fingerprintKeyBytes, 'k')};
    AppBook book = opened();

    [[nodiscard]] QString path() const { return folder.filePath(u"apps.json"_s); }
    [[nodiscard]] AppBook opened()
    {
        AppBook next(path(), hashKey, clock);
        if (const auto loaded = next.load(); !loaded) {
            qWarning("%s", qPrintable(loaded.error().message));
        }
        return next;
    }
    [[nodiscard]] QByteArray text() const
    {
        QFile file(path());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    [[nodiscard]] Kind kindOf(const Secret &key) const
    {
        return book.table()->find(key.reveal()).kind;
    }
};

AppChange named(const QString &name)
{
    AppChange change;
    change.name = name;
    return change;
}

} // namespace

/// Apps and their keys.
class TestApps final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void onlyAHashOfAKeyIsKept()
    {
        Fixture fixture;
        const auto added = fixture.book.add(named(u"Script"_s));
        QVERIFY(added);
        const QByteArray key = added->key.reveal();
        QCOMPARE(key.size(), 7 + 48);
        QVERIFY(key.startsWith("fr-app-"));
        const QByteArray text = fixture.text();
        QVERIFY(text.contains("Script"));
        QVERIFY(!text.contains(key.sliced(7)));
        QCOMPARE(
            QFile::permissions(fixture.path()) & (QFile::ReadGroup | QFile::ReadOther),
            QFile::Permissions());
        QCOMPARE(fixture.opened().table()->find(key).app->name, u"Script"_s);
    }

    void otherTextsAreNobody()
    {
        Fixture fixture;
        const auto added = fixture.book.add(named(u"Script"_s));
        const AppTable table = *fixture.book.table();
        QCOMPARE(table.find("").kind, Kind::Nobody);
        QCOMPARE(table.find("sk-whatever").kind, Kind::Nobody);
        QCOMPARE(table.find("fr-app-0123").kind, Kind::Unknown);
        QCOMPARE(table.find(QByteArray(added->key.reveal() + 'a')).kind, Kind::Unknown);
        QCOMPARE(table.find(added->key.reveal().chopped(1)).kind, Kind::Unknown);
        QCOMPARE(table.find(added->key.reveal()).kind, Kind::App);
        QCOMPARE(AppTable().find(added->key.reveal()).kind, Kind::Unknown);
    }

    void aRevokedKeyIsKnownByName()
    {
        Fixture fixture;
        const auto added = fixture.book.add(named(u"Script"_s));
        QVERIFY(fixture.book.revoke(u"Script"_s));
        const Caller caller = fixture.opened().table()->find(added->key.reveal());
        QCOMPARE(caller.kind, Kind::Revoked);
        QCOMPARE(caller.app->name, u"Script"_s);
        QCOMPARE(fixture.book.revoke(u"Script"_s).error().kind, ErrorKind::NotFound); // by name
        QVERIFY(fixture.book.revoke(QString::fromLatin1(caller.app->id)));
        QVERIFY(fixture.book.restore(QString::fromLatin1(caller.app->id)));
        QCOMPARE(fixture.kindOf(added->key), Kind::App);
    }

    void theLastOneRevokedOfANameIsRestoredByIt()
    {
        Fixture fixture;
        const auto first = fixture.book.add(named(u"Script"_s));
        QVERIFY(fixture.book.revoke(u"Script"_s));
        const auto second = fixture.book.add(named(u"Script"_s));
        QVERIFY(fixture.book.revoke(u"Script"_s));
        QVERIFY(fixture.book.restore(u"Script"_s));
        QCOMPARE(fixture.kindOf(first->key), Kind::Revoked);
        QCOMPARE(fixture.kindOf(second->key), Kind::App);
        QCOMPARE(fixture.book.restore(u"Nobody"_s).error().kind, ErrorKind::NotFound);
    }

    void revokedOnesAreForgottenInTheEnd()
    {
        Fixture fixture;
        QVERIFY(fixture.book.add(named(u"Script"_s)));
        QVERIFY(fixture.book.revoke(u"Script"_s));
        fixture.clock.advance(AppBook::keepsRevoked);
        QCOMPARE(fixture.opened().apps().size(), std::size_t(1));
        fixture.clock.advance(1s);
        QCOMPARE(fixture.opened().apps().size(), std::size_t(0));
    }

    void changesAreKept()
    {
        Fixture fixture;
        QVERIFY(fixture.book.add(named(u"Script"_s)));
        AppChange change;
        change.name = u"Other"_s;
        change.scopes = Scope::Chat | Scope::RunPrograms;
        change.mode = std::optional(common::Mode::Free);
        change.models = QByteArrayList{"groq/*"};
        change.dailyBudget = std::optional(MicroUsd{500'000});
        QVERIFY(fixture.book.change(u"Script"_s, change));
        const AppRights rights = fixture.opened().find(u"Other"_s)->rights;
        QCOMPARE(toWords(rights.scopes), (QStringList{u"chat"_s, u"run-programs"_s}));
        QVERIFY(rights.mode == common::Mode::Free);
        QCOMPARE(rights.models, QByteArrayList{"groq/*"});
        QCOMPARE(rights.dailyBudget->count, 500'000);
        AppChange back;
        back.mode = std::optional<common::Mode>();
        back.dailyBudget = std::optional<MicroUsd>();
        QVERIFY(fixture.book.change(u"Other"_s, back));
        QVERIFY(!fixture.opened().find(u"Other"_s)->rights.mode);
        QVERIFY(!fixture.opened().find(u"Other"_s)->rights.dailyBudget);
    }

    void wrongOrdersChangeNothing_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("kind");
        QTest::newRow("no name") << u" "_s << "*"_ba << int(ErrorKind::InvalidArgument);
        QTest::newRow("long") << QString(49, u'x') << "*"_ba << int(ErrorKind::InvalidArgument);
        QTest::newRow("control") << u"a\nb"_s << "*"_ba << int(ErrorKind::InvalidArgument);
        QTest::newRow("a key") << u"fr-app-00"_s << "*"_ba << int(ErrorKind::InvalidArgument);
        QTest::newRow("taken") << u"Script"_s << "*"_ba << int(ErrorKind::AlreadyExists);
        QTest::newRow("model") << u"Good"_s << " "_ba << int(ErrorKind::InvalidArgument);
    }

    void wrongOrdersChangeNothing()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, model);
        QFETCH(int, kind);
        Fixture fixture;
        QVERIFY(fixture.book.add(named(u"Script"_s)));
        AppChange change = named(name);
        change.models = QByteArrayList{model};
        QCOMPARE(int(fixture.book.add(change).error().kind), kind);
        QCOMPARE(fixture.opened().apps().size(), std::size_t(1));
    }

    void aFileThatCannotBeWrittenChangesNothing()
    {
        Fixture fixture;
        AppBook book(u"/proc/none/apps.json"_s, fixture.hashKey, fixture.clock);
        QVERIFY(!book.add(named(u"Script"_s)));
        QVERIFY(book.apps().empty());
    }

    void anotherHashKeyIsNoticed()
    {
        Fixture fixture;
        QVERIFY(fixture.book.add(named(u"Script"_s)));
        AppBook other(
            fixture.path(), Secret(QByteArray(common::fingerprintKeyBytes, 'o')), fixture.clock);
        QCOMPARE(other.load().error().kind, ErrorKind::ProtocolError);
        QFile damaged(fixture.path());
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write("{\"version\":1");
        damaged.close();
        QCOMPARE(
            AppBook(fixture.path(), fixture.hashKey, fixture.clock).load().error().kind,
            ErrorKind::ProtocolError);
    }

    /// Connecting a tool again, and after its key was revoked.
    void aToolKeepsItsAppAndItsKey()
    {
        Fixture fixture;
        const Secret first = fixture.book.proposedKey(u"zed"_s, {});
        QCOMPARE(fixture.kindOf(first), Kind::Unknown);
        QVERIFY(fixture.book.issue(u"zed"_s, u"Zed"_s, first));
        QCOMPARE(fixture.kindOf(first), Kind::App);
        AppChange budget;
        budget.dailyBudget = std::optional(MicroUsd{1});
        QVERIFY(fixture.book.change(u"Zed"_s, budget));
        QVERIFY(fixture.book.proposedKey(u"zed"_s, first.reveal()).equals(first.reveal()));
        QVERIFY(!fixture.book.proposedKey(u"other"_s, first.reveal()).equals(first.reveal()));
        QVERIFY(fixture.book.revokeTool(u"zed"_s));
        QVERIFY(fixture.book.revokeTool(u"none"_s));
        QCOMPARE(fixture.kindOf(first), Kind::Revoked);
        const Secret second = fixture.book.proposedKey(u"zed"_s, first.reveal());
        QVERIFY(!second.equals(first.reveal()));
        QVERIFY(fixture.book.issue(u"zed"_s, u"Zed"_s, second));
        QCOMPARE(fixture.kindOf(first), Kind::Unknown);
        QCOMPARE(fixture.kindOf(second), Kind::App);
        QCOMPARE(fixture.book.apps().size(), std::size_t(1));
        QCOMPARE(fixture.book.find(u"Zed"_s)->rights.dailyBudget->count, 1);
    }

    void aTakenNameGetsANumber()
    {
        Fixture fixture;
        QVERIFY(fixture.book.add(named(u"Zed"_s)));
        const auto issued = fixture.book.issue(u"zed"_s, u"Zed"_s, newAppKey());
        QCOMPARE((*issued)->name, u"Zed 2"_s);
        QCOMPARE(
            fixture.book.issue(u"zed"_s, u"Zed"_s, Secret("sk-other")).error().kind,
            ErrorKind::InvalidArgument);
    }

    void useIsCountedByDays()
    {
        Fixture fixture;
        const auto added = fixture.book.add(named(u"Script"_s));
        AppUse &use = *added->app->use;
        use.add({false, 30, MicroUsd{7}}, fixture.clock.wallNow());
        use.add({true, 0, MicroUsd()}, fixture.clock.wallNow());
        use.add({false, 5, std::nullopt}, fixture.clock.wallNow());
        const DayUse today = use.today(fixture.clock.wallNow());
        QCOMPARE(today, (DayUse{QDate(2026, 11, 24), 3, 1, 35, MicroUsd{7}, 1}));
        QFile::remove(fixture.path());
        QFile file(fixture.path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        file.write(fixture.book.text());
        file.close();
        QCOMPARE(fixture.opened().find(u"Script"_s)->use->today(fixture.clock.wallNow()), today);
        fixture.clock.advance(1s); // one second before midnight
        QCOMPARE(use.today(fixture.clock.wallNow()).requests, 3);
        QCOMPARE(untilMidnight(fixture.clock.wallNow()), 1s);
        fixture.clock.advance(1s); // midnight
        QCOMPARE(use.today(fixture.clock.wallNow()).requests, 0);
        QCOMPARE(use.today(fixture.clock.wallNow()).spent.count, 0);
    }

    void scopesAreWords()
    {
        QCOMPARE(
            toWords(usualScopes),
            (QStringList{u"chat"_s, u"embeddings"_s, u"moderations"_s, u"models"_s}));
        QVERIFY(scopesFromWords({u"run-programs"_s}) == Scopes(Scope::RunPrograms));
        QCOMPARE(scopesFromWords({u"all"_s}).error().kind, ErrorKind::InvalidArgument);
        QCOMPARE(scopesFromWords({}).error().kind, ErrorKind::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestApps)
#include "tst_apps.moc"
