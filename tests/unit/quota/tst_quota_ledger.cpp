#include "core/catalog/catalog.h"
#include "core/quota/quota_ledger.h"
#include "core/quota/rate_headers.h"
#include "tests/support/sample_catalog.h"
#include "tests/support/split_clock.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::quota;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

using catalog::QuotaFact;
using catalog::QuotaPeriod;
using catalog::QuotaUnit;
using std::chrono::sys_days;

namespace {

constexpr WindowId rpm{QuotaUnit::Requests, QuotaPeriod::Minute};
constexpr WindowId rpd{QuotaUnit::Requests, QuotaPeriod::Day};
constexpr WindowId tpm{QuotaUnit::Tokens, QuotaPeriod::Minute};

QuotaFact told(WindowId id, std::int64_t limit, std::int64_t remaining)
{
    return {id.unit, id.period, limit, {}, remaining, {}};
}

/// One provider with models "p/a" and "p/b".
struct House
{
    House()
    {
        provider = tests::aProvider("p");
        a = tests::aModel("p/a");
        b = tests::aModel("p/b");
    }

    std::optional<QuotaLease>
    take(const catalog::Model &model, Reach reach = Reach::Within, TokenAsk ask = {100, 50})
    {
        auto taken = ledger.take({provider, model, key}, ask, reach);
        if (auto *lease = std::get_if<QuotaLease>(&taken)) {
            return std::move(*lease);
        }
        refusal = std::get<LeaseRefusal>(taken);
        return std::nullopt;
    }

    /// Takes and settles one, which tells `facts`.
    bool ask(const catalog::Model &model, const std::vector<QuotaFact> &facts = {})
    {
        auto lease = take(model);
        if (!lease) {
            return false;
        }
        lease->observe(facts);
        lease->settle({100, 50, 0});
        return true;
    }

    /// Both models use up the same pool.
    void shareAPool()
    {
        a.freeLimits.requestsPerDay = 50;
        a.freeLimits.sharedPool = "pool";
        b.freeLimits = a.freeLimits;
    }

    /// The page about the key says so of that pool's day.
    void readAccount(std::int64_t limit, std::int64_t used)
    {
        ledger.observeAccount(
            provider, key, {{"pool", {rpd.unit, rpd.period, limit, used, limit - used, {}}}});
    }

    QuotaWindowView window(const QByteArray &subject, WindowId id)
    {
        for (const QuotaWindowView &view : ledger.view()) {
            if (view.pool.subject == subject && view.window == id) {
                return view;
            }
        }
        return {};
    }

    tests::SplitClock clock{sys_days(std::chrono::year(2026) / 11 / 24) + 10h};
    QuotaLedger ledger{clock};
    catalog::Provider provider;
    catalog::Model a;
    catalog::Model b;
    QByteArray key = "k1";
    LeaseRefusal refusal;
};

} // namespace

class TestQuotaLedger final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aKnownLimitIsNeverExceededInParallel()
    {
        House house;
        QVERIFY(house.ask(house.a, {told(rpm, 5, 4)}));
        std::vector<QuotaLease> open;
        for (int i = 0; i < 4; ++i) {
            auto lease = house.take(house.a);
            QVERIFY(lease);
            open.push_back(std::move(*lease));
        }
        QVERIFY(!house.take(house.a));
        QVERIFY(!house.take(house.a, Reach::Probe));
        QCOMPARE(house.refusal.fit, Fit::Exhausted);
        QCOMPARE(house.refusal.window, rpm);
        QVERIFY(house.take(house.b));
        open.clear(); // not answered: nothing counts
        QVERIFY(house.take(house.a));
    }

    void aMissingHeaderIsNotZero()
    {
        House house;
        for (int i = 0; i < 100; ++i) {
            QVERIFY(house.ask(house.a));
        }
        QCOMPARE(house.window("p/a", rpm).used, 100);
        QVERIFY(!house.window("p/a", rpm).limit);
    }

    void whatMaxTokensReservedIsGivenBack_data()
    {
        QTest::addColumn<bool>("reservedCounts");
        QTest::addColumn<qint64>("used");
        QTest::newRow("usual") << false << qint64(150);
        QTest::newRow("the provider counts it") << true << qint64(100 + 4'000);
    }

    void whatMaxTokensReservedIsGivenBack()
    {
        QFETCH(bool, reservedCounts);
        QFETCH(qint64, used);
        House house;
        house.provider.quota.reservedOutputCounts = reservedCounts;
        auto lease = house.take(house.a, Reach::Within, {100, 4'000});
        QVERIFY(house.window("p/a", tpm).used > 150);
        lease->settle({100, 50, 0});
        QCOMPARE(house.window("p/a", tpm).used, used);
    }

    void cachedTokensCountAsTheProviderCountsThem_data()
    {
        QTest::addColumn<bool>("count");
        QTest::addColumn<qint64>("used");
        QTest::newRow("they count") << true << qint64(150);
        QTest::newRow("they are free") << false << qint64(70);
    }

    void cachedTokensCountAsTheProviderCountsThem()
    {
        QFETCH(bool, count);
        QFETCH(qint64, used);
        House house;
        house.provider.quota.cachedTokensCount = count;
        house.take(house.a)->settle({100, 50, 80});
        QCOMPARE(house.window("p/a", tpm).used, used);
    }

    void failedRequestsCountAsTheProviderCountsThem()
    {
        House house;
        house.take(house.a)->release(LeaseEnd::Failed);
        QCOMPARE(house.window("p/a", rpm).used, 0);
        house.provider.quota.failedRequestsCount = true;
        house.take(house.a)->release(LeaseEnd::Failed);
        QCOMPARE(house.window("p/a", rpm).used, 1);
        QCOMPARE(house.window("p/a", tpm).used, 0);
        house.take(house.a)->release(LeaseEnd::NotSent);
        QCOMPARE(house.window("p/a", rpm).used, 1);
        house.take(house.a)->release(LeaseEnd::Aborted);
        QCOMPARE(house.window("p/a", rpm).used, 2);
        QVERIFY(house.window("p/a", tpm).used > 0);
    }

    void estimatesAreCorrectedByWhatAModelCounts()
    {
        House house;
        for (int i = 0; i < 40; ++i) {
            house.take(house.a)->settle({200, 10, 0});
        }
        const auto lease = house.take(house.a);
        QVERIFY(qAbs(lease->estimate().tokens.input - 200) < 5);
        QVERIFY(lease->estimate().tokens.output < 60);
        QCOMPARE(house.take(house.b)->estimate().tokens.input, 100);
    }

    void modelsOfOneAccountShare()
    {
        House house;
        house.provider.quota.perModel = false;
        house.provider.freeLimits.requestsPerMinute = 40;
        QVERIFY(house.ask(house.a, {told(rpm, 2, 1)}));
        QVERIFY(house.ask(house.b, {told(rpm, 2, 0)}));
        QVERIFY(!house.take(house.a));
        house.key = "k2"; // another account
        QVERIFY(house.take(house.a));
    }

    void aNamedPoolIsSharedByItsModelsOnly()
    {
        House house;
        catalog::Model other = tests::aModel("p/c");
        house.a.freeLimits.sharedPool = house.b.freeLimits.sharedPool = "p:free"_ba;
        house.a.freeLimits.requestsPerDay = house.b.freeLimits.requestsPerDay = 50;
        auto lease = house.take(house.a);
        const auto rest = lease->refuse({{told(rpd, 50, 0)}, {}, true});
        QCOMPARE(rest->pool.subject, "p:free"_ba);
        QVERIFY(!house.take(house.b, Reach::Probe));
        QVERIFY(house.take(other));
    }

    void beyondAPublishedLimitOneAtATimeFindsOut()
    {
        House house;
        house.a.freeLimits.requestsPerMinute = 3;
        for (int i = 0; i < 3; ++i) {
            QVERIFY(house.ask(house.a));
        }
        QVERIFY(!house.take(house.a));
        QCOMPARE(house.refusal.fit, Fit::Beyond);
        auto probe = house.take(house.a, Reach::Probe);
        QVERIFY(probe);
        QVERIFY(!house.take(house.a, Reach::Probe)); // one is under way
        probe->settle({100, 50, 0});
        QCOMPARE(house.window("p/a", rpm).limit, std::optional<std::int64_t>(5));
        QCOMPARE(house.window("p/a", rpm).source, QuotaSource::Guess);
        QVERIFY(house.ask(house.a));
    }

    void beyondAPublishedLimitAnywayWhenNothingElseIsLeft()
    {
        House house;
        house.a.freeLimits.requestsPerMinute = 1;
        QVERIFY(house.ask(house.a));
        auto first = house.take(house.a, Reach::Anyway);
        auto second = house.take(house.a, Reach::Anyway);
        QVERIFY(first && second);
        QVERIFY(!house.take(house.a, Reach::Probe));
    }

    void aRefusalBelowAPublishedLimitLowersIt()
    {
        House house;
        house.a.freeLimits.requestsPerMinute = 20;
        for (int round = 0; round < QuotaLimit::confirmations; ++round) {
            for (int i = 0; i < 8; ++i) {
                QVERIFY(house.ask(house.a));
            }
            const auto rest = house.take(house.a, Reach::Probe)->refuse({{}, 20s, false});
            QCOMPARE(rest->until - house.clock.now(), common::Duration(20s));
            const QuotaWindowView view = house.window("p/a", rpm);
            QCOMPARE(view.limit, std::optional<std::int64_t>(8));
            QCOMPARE(view.soft, round + 1 < QuotaLimit::confirmations);
            house.clock.advance(2min);
        }
        QCOMPARE(house.window("p/a", rpm).source, QuotaSource::LearnedFromError);
        for (int i = 0; i < 8; ++i) {
            QVERIFY(house.ask(house.a));
        }
        QVERIFY(!house.take(house.a, Reach::Probe)); // foreseen
        QCOMPARE(house.refusal.fit, Fit::Exhausted);
    }

    void refusalsTogetherTeachOnce()
    {
        House house;
        for (int i = 0; i < 8; ++i) {
            QVERIFY(house.ask(house.a));
        }
        std::vector<QuotaLease> open;
        for (int i = 0; i < 4; ++i) {
            open.push_back(std::move(*house.take(house.a)));
        }
        for (QuotaLease &lease : open) {
            QVERIFY(lease.refuse({{}, 20s, false}));
        }
        QCOMPARE(house.window("p/a", rpm).limit, std::optional<std::int64_t>(11));
        QVERIFY(house.window("p/a", rpm).soft);
    }

    void aRefusalOutOfTheBlueTeachesNoLimit()
    {
        House house;
        house.a.freeLimits.requestsPerMinute = 20;
        QVERIFY(house.take(house.a)->refuse({{}, 5s, false}));
        QCOMPARE(house.window("p/a", rpm).limit, std::optional<std::int64_t>(20));
        QVERIFY(!house.take(house.a, Reach::Probe));
        house.clock.advance(5s);
        QVERIFY(house.take(house.a));
    }

    void groqsWordsRestOneModelForTheirSeconds()
    {
        House house;
        QuotaFact fact{QuotaUnit::Tokens, QuotaPeriod::Minute, 15'000, 11'972, {}, {}};
        const auto rest = house.take(house.a)->refuse({{fact}, 5'289ms, false});
        QCOMPARE(rest->window, tpm);
        QCOMPARE(rest->until - house.clock.now(), common::Duration(5'289ms));
        QCOMPARE(house.window("p/a", tpm).limit, std::optional<std::int64_t>(15'000));
        QCOMPARE(house.window("p/a", tpm).used, 11'972);
        QVERIFY(house.take(house.b));
        house.clock.advance(5'288ms);
        QVERIFY(!house.take(house.a));
        house.clock.advance(1ms);
        QVERIFY(house.take(house.a));
    }

    void geminisDayRestsUntilMidnightPacificWhateverTheDelay_data()
    {
        QTest::addColumn<qint64>("delay");
        QTest::newRow("short") << qint64(25);
        QTest::newRow("long") << qint64(65'205);
    }

    void geminisDayRestsUntilMidnightPacificWhateverTheDelay()
    {
        QFETCH(qint64, delay);
        House house;
        house.provider.quota.zone = "America/Los_Angeles"_ba;
        const auto rest = house.take(house.a)->refuse(
            {{told(rpd, 20, 0)}, std::chrono::seconds(delay), true});
        QCOMPARE(rest->until - house.clock.now(), common::Duration(22h)); // 8:00 UTC
        house.clock.advance(22h - 1ms);
        QVERIFY(!house.take(house.a));
        house.clock.advance(1ms);
        QVERIFY(house.take(house.a));
    }

    void aShortWaitIsNoWordAboutADayWhoseLimitMayBeWrong()
    {
        House house;
        house.a.freeLimits.requestsPerDay = 3;
        for (int i = 0; i < 3; ++i) {
            QVERIFY(house.ask(house.a));
        }
        const auto rest = house.take(house.a, Reach::Anyway)->refuse({{}, 20s, false});
        QVERIFY(rest->window == rpm);
        QCOMPARE(rest->until - house.clock.now(), common::Duration(20s));
        house.clock.advance(20s);
        QVERIFY(house.take(house.a, Reach::Probe));
    }

    void aSleepingMachineFindsItsDayFull()
    {
        House house;
        QVERIFY(house.take(house.a)->refuse({{told(rpd, 20, 0)}, {}, true}));
        house.clock.moveWall(14h);
        QVERIFY(house.take(house.a));
    }

    void anAccountPageIsBelieved()
    {
        House house;
        house.shareAPool();
        house.readAccount(1'000, 1'000);
        QVERIFY(!house.take(house.a, Reach::Probe));
        QVERIFY(!house.take(house.b, Reach::Probe));
        QCOMPARE(house.window("pool", rpd).source, QuotaSource::AccountApi);
        QCOMPARE(house.window("pool", rpd).limit, 1'000);
    }

    void anAccountPageTellsOnlyOfItsKey()
    {
        House house;
        house.shareAPool();
        house.readAccount(50, 50);
        house.key = "k2";
        QVERIFY(house.take(house.a));
    }

    void anAccountPageTellsWhatOthersUsed()
    {
        House house;
        house.shareAPool();
        QVERIFY(house.ask(house.a));
        house.readAccount(50, 30);
        QCOMPARE(house.window("pool", rpd).used, 30);
        auto open = house.take(house.a);
        QVERIFY(open);
        house.clock.advance(5min);
        house.readAccount(50, 40);
        QCOMPARE(house.window("pool", rpd).used, 41); // the open one is not in the page's figure
    }

    void whatAnOldAccountPageDoesNotHaveYetStaysCounted()
    {
        House house;
        house.shareAPool();
        house.readAccount(50, 10);
        for (int i = 0; i < 5; ++i) {
            QVERIFY(house.ask(house.a));
        }
        house.clock.advance(5min);
        house.readAccount(50, 12); // it is a minute old
        QCOMPARE(house.window("pool", rpd).used, 15);
        house.readAccount(50, 9); // and this one has counted some of them not at all
        QCOMPARE(house.window("pool", rpd).used, 9);
    }

    void anAccountPageCorrectsWhatWasCountedTooMuch()
    {
        House house;
        house.shareAPool();
        for (int i = 0; i < 5; ++i) {
            QVERIFY(house.ask(house.a));
        }
        house.readAccount(50, 2);
        QCOMPARE(house.window("pool", rpd).used, 5); // they may be newer than the page
        house.clock.advance(5min);
        house.readAccount(50, 2);
        QCOMPARE(house.window("pool", rpd).used, 2);
    }

    void anOldAccountPageDoesNotSpendTheNewDay()
    {
        House house;
        house.shareAPool();
        QVERIFY(house.ask(house.a));
        house.clock.advance(14h + 1min + 59s); // 0:01:59 UTC
        house.readAccount(50, 50);
        QCOMPARE(house.window("pool", rpd).used, 0);
        QCOMPARE(house.window("pool", rpd).limit, 50);
        house.clock.advance(1s);
        house.readAccount(50, 50);
        QCOMPARE(house.window("pool", rpd).used, 50);
    }

    void creditThatNeverComesBackIsShownAndLimitsNothing()
    {
        House house;
        const WindowId total{QuotaUnit::Credits, QuotaPeriod::Total};
        house.ledger.observeAccount(house.provider, house.key, {{"", told(total, 5, 0)}});
        QCOMPARE(house.window("", total).remaining, 0);
        QVERIFY(house.take(house.a));
        house.clock.advance(365 * 24h);
        QCOMPARE(house.window("", total).remaining, 0);
    }

    void aLateHeaderGivesNothingBack()
    {
        House house;
        auto first = house.take(house.a);
        auto second = house.take(house.a);
        second->observe({told(rpm, 10, 8)});
        first->observe({told(rpm, 10, 9)}); // was written before, came after
        QCOMPARE(house.window("p/a", rpm).used, 2);
        QCOMPARE(house.window("p/a", rpm).source, QuotaSource::Header);
    }

    void longStreamsAreNotCountedWithEachHeaderAgain()
    {
        House house;
        std::vector<QuotaLease> streams;
        for (int i = 0; i < 5; ++i) {
            auto stream = house.take(house.a);
            QVERIFY(stream);
            stream->observe({told(rpm, 10, 9 - i)});
            streams.push_back(std::move(*stream));
        }
        house.clock.advance(90s); // the minute is over, the streams are not
        auto next = house.take(house.a);
        next->observe({told(rpm, 10, 9)});
        QCOMPARE(house.window("p/a", rpm).used, 1);
    }

    void whatRunsLowIsTold()
    {
        House house;
        QVERIFY(!house.ledger.isAnyTight());
        QVERIFY(house.ask(house.a, {told(rpm, 10, 5)}));
        QVERIFY(house.ledger.constraints({}).empty());
        QVERIFY(house.ask(house.a, {told(rpm, 10, 2)}));
        auto constraints = house.ledger.constraints({});
        QCOMPARE(constraints.size(), std::size_t(1));
        QCOMPARE(constraints.front().fit, Fit::Room);
        QCOMPARE(constraints.front().pool.subject, "p/a"_ba);
        QCOMPARE(constraints.front().room, 0.2);
        QVERIFY(house.ask(house.a, {told(rpm, 10, 0)}));
        QCOMPARE(house.ledger.constraints({}).front().fit, Fit::Exhausted);
        house.clock.advance(2min);
        QVERIFY(house.ledger.constraints({}).empty());
        QVERIFY(!house.ledger.isAnyTight());
    }

    void aTightWindowThatLastsUntilItsResetDoesNotRunLow()
    {
        House house;
        QVERIFY(house.ask(house.a, {told(rpd, 100, 20)}));
        QVERIFY(!house.ledger.constraints({}).front().runsLow);
        for (int i = 0; i < 9; ++i) { // one a minute, and 14 hours to go
            house.clock.advance(1min);
            QVERIFY(house.ask(house.a));
        }
        house.clock.advance(1min);
        QVERIFY(house.ledger.constraints({}).front().room > QuotaWindow::lowRoom);
        QVERIFY(house.ledger.constraints({}).front().runsLow);
    }

    void whatIsNearlyEmptyRunsLowHoweverSlowly()
    {
        House house;
        QVERIFY(house.ask(house.a, {told(rpd, 100, 10)}));
        QVERIFY(!house.ledger.constraints({}).front().runsLow);
        QVERIFY(house.ask(house.a, {told(rpd, 100, 9)}));
        QVERIFY(house.ledger.constraints({}).front().runsLow);
        QVERIFY(house.take(house.a)); // what is left is left
    }

    void localProvidersHaveNoQuota()
    {
        House house;
        house.provider.tier = house.a.tier = catalog::Tier::Local;
        const auto lease = house.take(house.a);
        QVERIFY(lease && !lease->isOpen());
        QVERIFY(house.ledger.view().empty());
    }

    void aRestartChangesNothing()
    {
        House house;
        house.a.freeLimits.requestsPerMinute = 30;
        for (int i = 0; i < 7; ++i) {
            QVERIFY(house.ask(house.a, {told(rpd, 20, 19 - i)}));
            house.clock.advance(7s);
        }
        QVERIFY(house.take(house.b)->refuse({{told(rpd, 20, 0)}, {}, true}));
        const QuotaBook book = house.ledger.snapshot();

        QuotaLedger again(house.clock);
        again.restore(book);
        QCOMPARE(again.snapshot().windows.size(), book.windows.size());
        const auto before = house.ledger.view();
        const auto after = again.view();
        QCOMPARE(after.size(), before.size());
        for (std::size_t i = 0; i < before.size(); ++i) {
            QCOMPARE(after[i].pool, before[i].pool);
            QCOMPARE(after[i].window, before[i].window);
            QCOMPARE(after[i].limit, before[i].limit);
            QCOMPARE(after[i].used, before[i].used);
            QCOMPARE(after[i].source, before[i].source);
            QCOMPARE(after[i].blocked, before[i].blocked);
            QCOMPARE(after[i].untilReset, before[i].untilReset);
        }
        auto refused = again.take({house.provider, house.b, house.key}, {}, Reach::Probe);
        QVERIFY(std::holds_alternative<LeaseRefusal>(refused));
    }

    void whatIsOverIsNotRestored()
    {
        House house;
        QVERIFY(house.ask(house.a, {told(rpm, 5, 0)}));
        const QuotaBook book = house.ledger.snapshot();
        house.clock.advance(24h);
        QuotaLedger again(house.clock);
        again.restore(book);
        QVERIFY(std::holds_alternative<QuotaLease>(
            again.take({house.provider, house.a, house.key}, {})));
        QCOMPARE(again.view().front().used > 1, false);
    }

    void saysInASentenceWhenItEnds()
    {
        QuotaWindowView view;
        const auto now = common::WallTime(sys_days(std::chrono::year(2026) / 11 / 24) + 15h);
        QCOMPARE(forecastSentence(view, now, QTimeZone::utc()), QString());
        view.forecast.empty = common::Duration(40min);
        view.untilReset = 18h;
        QCOMPARE(forecastSentence(view, now, QTimeZone::utc()), u"empty at 15:40, back at 09:00"_s);
        view.forecast.empty = common::Duration(0);
        QCOMPARE(forecastSentence(view, now, QTimeZone::utc()), u"empty, back at 09:00"_s);
    }
};

QTEST_GUILESS_MAIN(TestQuotaLedger)
#include "tst_quota_ledger.moc"
