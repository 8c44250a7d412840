#include "core/services/control_thread.h"
#include "core/services/quota/quota_keeper.h"
#include "tests/support/sample_catalog.h"
#include "tests/support/split_clock.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSemaphore>
#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::quota;
using namespace freerelay::services;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

using catalog::QuotaPeriod;
using catalog::QuotaUnit;
using std::chrono::sys_days;

namespace {

constexpr WindowId rpd{QuotaUnit::Requests, QuotaPeriod::Day};

/// A folder, a clock and a provider; keepers come and go.
struct Home
{
    std::unique_ptr<QuotaKeeper> keeper()
    {
        return std::make_unique<QuotaKeeper>(path, background, clock);
    }

    /// One request that was answered, with `limit` a day in the reply's headers.
    void ask(QuotaKeeper &keeper, std::int64_t limit = 50)
    {
        auto taken = keeper.ledger().take({provider, model, "k1"}, {100, 50});
        auto &lease = std::get<QuotaLease>(taken);
        lease.observe({{QuotaUnit::Requests, QuotaPeriod::Day, limit, {}, {}, {}}});
        lease.settle({100, 50, 0});
    }

    [[nodiscard]] static QuotaWindowView day(const QuotaKeeper &keeper)
    {
        for (const QuotaWindowView &view : keeper.ledger().view()) {
            if (view.window == rpd) {
                return view;
            }
        }
        return {};
    }

    [[nodiscard]] QByteArray content() const
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    void write(const QByteArray &bytes, QFile::Permissions permissions) const
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.setPermissions(permissions));
        file.write(bytes);
    }

    /// Waits until what was queued to the background has run.
    void settle() const
    {
        bool done = false;
        QObject here;
        QMetaObject::invokeMethod(&background, [&done, &here] {
            QMetaObject::invokeMethod(&here, [&done] { done = true; });
        });
        QTRY_VERIFY(done);
    }

    QTemporaryDir folder;
    QString path = folder.filePath(u"data/quota.json"_s);
    tests::SplitClock clock{sys_days(std::chrono::year(2026) / 11 / 24) + 10h};
    ControlThread thread;
    QObject &background = thread.context();
    catalog::Provider provider = tests::aProvider("p");
    catalog::Model model = tests::aModel("p/a");
};

constexpr QFile::Permissions ownerOnly = QFile::ReadOwner | QFile::WriteOwner;

} // namespace

class TestQuotaKeeper final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsUsedOutlivesTheProgram()
    {
        Home home;
        {
            const auto keeper = home.keeper();
            home.ask(*keeper);
            home.ask(*keeper);
            keeper->stop();
        }
        const QFile::Permissions others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther
            | QFile::WriteOther;
        QCOMPARE(QFile::permissions(home.path) & others, QFile::Permissions());
        home.clock.advance(1h);
        const auto keeper = home.keeper();
        const QuotaWindowView day = Home::day(*keeper);
        QCOMPARE(day.used, 2);
        QCOMPARE(day.limit, 50);
        QCOMPARE(day.source, QuotaSource::Header);
        QCOMPARE(day.age, common::Duration(1h));
    }

    void theNextDayIsNew()
    {
        Home home;
        {
            const auto keeper = home.keeper();
            home.ask(*keeper);
            keeper->stop();
        }
        home.clock.advance(24h);
        const auto keeper = home.keeper();
        QCOMPARE(Home::day(*keeper).used, 0);
        QCOMPARE(Home::day(*keeper).limit, 50);
    }

    void theWholeBookGoesThroughTheFile()
    {
        Home home;
        QuotaBook book;
        book.takenAt = home.clock.wallNow();
        QuotaWindowRecord window;
        window.provider = "p";
        window.key = "k1";
        window.subject = "pool – ü";
        window.shared = true;
        window.unit = "tokens";
        window.period = "month";
        window.zone = "America/Los_Angeles";
        window.limit = 1'000'000'000;
        window.source = "learned_from_error";
        window.statedAt = book.takenAt - 1h;
        window.charges = {{7, book.takenAt + 1h}, {0, book.takenAt + 2h}};
        window.endsAt = book.takenAt + 24h;
        window.blockedUntil = book.takenAt + 90min;
        window.perMinute = {1.5, 0.25, 1e-9};
        window.variance = 2.75;
        QuotaWindowRecord plain;
        plain.provider = "p";
        plain.unit = "requests";
        plain.period = "minute";
        book.windows = {window, plain};
        book.ratios = {{"p", "k1", "p/a", 1.1, 0.5, 0.25}};
        QuotaFile file(home.path);
        QVERIFY(file.save(book));
        const auto loaded = file.load();
        QVERIFY(loaded);
        QCOMPARE(loaded->takenAt, book.takenAt);
        QCOMPARE(loaded->windows.size(), book.windows.size());
        QVERIFY(*loaded == book);
    }

    void aMissingFileIsAnEmptyBook()
    {
        Home home;
        const auto loaded = QuotaFile(home.path).load();
        QVERIFY(loaded);
        QVERIFY(*loaded == QuotaBook());
        QVERIFY(home.keeper()->ledger().view().empty());
    }

    void aDamagedFileIsSetAside_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray window
            = R"({"provider":"p","key":"","subject":"p/a","shared":false,"unit":"requests",)"
              R"("period":"day","zone":"","charges":[%1],"ends_at_ms":%2,"per_minute":[0,0,0],)"
              R"("variance":0})";
        const auto file = [&](const QByteArray &charge, const QByteArray &end) {
            QByteArray inner = window;
            inner.replace("%1", charge).replace("%2", end);
            return QByteArray(
                R"({"version":1,"taken_at_ms":1,"ratios":[],"windows":[)" + inner + "]}");
        };
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("half") << file("", "0").left(100);
        QTest::newRow("another version")
            << QByteArray(R"({"version":2,"taken_at_ms":1,"windows":[],"ratios":[]})");
        QTest::newRow("a negative amount") << file("[-1,5]", "0");
        QTest::newRow("an amount that is none") << file(R"(["1",5])", "0");
        QTest::newRow("a time beyond all times") << file("", "9223372036855");
        QTest::newRow("a window that is none")
            << QByteArray(R"({"version":1,"taken_at_ms":1,"windows":[3],"ratios":[]})");
    }
    void aDamagedFileIsSetAside()
    {
        QFETCH(QByteArray, bytes);
        Home home;
        QVERIFY(QDir().mkpath(home.folder.filePath(u"data"_s)));
        home.write(bytes, ownerOnly);
        QTest::ignoreMessage(
            QtWarningMsg, QRegularExpression(u"counted anew.*quota.json.corrupt-20261124T1"_s));
        const auto keeper = home.keeper();
        QVERIFY(keeper->ledger().view().empty());
        QFile aside(home.path % ".corrupt-20261124T100000Z"_L1);
        QVERIFY(aside.open(QIODevice::ReadOnly));
        QCOMPARE(aside.readAll(), bytes);
        home.ask(*keeper);
        keeper->stop();
        QCOMPARE(Home::day(*home.keeper()).used, 1);
    }

    void aFileThatOthersMayReadIsNotBelieved()
    {
        Home home;
        {
            const auto keeper = home.keeper();
            home.ask(*keeper);
            keeper->stop();
        }
        QVERIFY(QFile::setPermissions(home.path, ownerOnly | QFile::ReadOther));
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"counted anew"_s));
        QVERIFY(home.keeper()->ledger().view().empty());
        QVERIFY(!QFile::exists(home.path));
    }

    void onlyChangesAreSaved()
    {
        Home home;
        const auto keeper = home.keeper();
        keeper->tick();
        home.settle();
        QVERIFY(!QFile::exists(home.path));
        home.ask(*keeper);
        keeper->tick();
        home.settle();
        QVERIFY(QFile::remove(home.path));
        home.clock.advance(5s); // rates fade
        home.clock.moveWall(3ms); // and clocks drift apart
        keeper->tick();
        home.settle();
        QVERIFY(!QFile::exists(home.path));
        home.ask(*keeper);
        keeper->tick();
        home.settle();
        QVERIFY(QFile::exists(home.path));
    }

    void aSaveThatFailsIsToldOnceAndTriedAgain()
    {
        Home home;
        const QString inTheWay = home.folder.filePath(u"data"_s);
        const auto keeper = home.keeper();
        {
            QFile file(inTheWay); // a file where the folder should be
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        home.ask(*keeper);
        static std::atomic<int> told;
        told = 0;
        const QtMessageHandler before = qInstallMessageHandler(
            [](QtMsgType, const QMessageLogContext &, const QString &message) {
                told += message.contains("is not saved"_L1) ? 1 : 0;
            });
        keeper->tick();
        home.settle();
        keeper->tick();
        home.settle();
        qInstallMessageHandler(before);
        QCOMPARE(told, 1);
        QVERIFY(QFile::remove(inTheWay));
        keeper->tick();
        home.settle();
        QVERIFY(!home.content().isEmpty());
    }

    void anOlderSaveNeverReplacesANewerOne()
    {
        Home home;
        const auto keeper = home.keeper();
        QSemaphore hold;
        QMetaObject::invokeMethod(&home.background, [&hold] { hold.acquire(); });
        home.ask(*keeper);
        keeper->tick(); // waits behind the hold
        home.ask(*keeper);
        keeper->stop();
        const QByteArray last = home.content();
        hold.release();
        home.settle();
        QCOMPARE(home.content(), last);
        QCOMPARE(Home::day(*home.keeper()).used, 2);
    }

    void aClockThatRanAheadBlocksNobodyForYears()
    {
        Home home;
        home.clock.moveWall(24h * 3650);
        {
            const auto keeper = home.keeper();
            auto taken = keeper->ledger().take({home.provider, home.model, "k1"}, {100, 50});
            std::get<QuotaLease>(taken).refuse({{}, 90s, false});
            keeper->stop();
        }
        home.clock.moveWall(-24h * 3650);
        const auto keeper = home.keeper();
        const auto isRefused = [&] {
            return std::holds_alternative<LeaseRefusal>(
                keeper->ledger().take({home.provider, home.model, "k1"}, {100, 50}));
        };
        QVERIFY(isRefused());
        home.clock.advance(2min);
        QVERIFY(!isRefused());
    }
};

QTEST_GUILESS_MAIN(TestQuotaKeeper)
#include "tst_quota_keeper.moc"
