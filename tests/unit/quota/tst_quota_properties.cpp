#include "core/quota/quota_ledger.h"
#include "tests/support/sample_catalog.h"
#include "tests/support/split_clock.h"

#include <QTest>

#include <deque>
#include <random>
#include <thread>

using namespace freerelay;
using namespace freerelay::quota;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

using catalog::QuotaFact;
using catalog::QuotaPeriod;
using catalog::QuotaUnit;

namespace {

/// A provider that counts by itself: requests of the last minute, or of minutes of its own.
class StrictProvider
{
public:
    StrictProvider(std::int64_t limit, bool slides)
        : m_limit(limit)
        , m_slides(slides)
    { }

    /// @return what is left; negative: refused
    std::int64_t admit(common::SteadyTime now)
    {
        forget(now);
        if (std::int64_t(m_taken.size()) >= m_limit) {
            return -1;
        }
        m_taken.push_back(now);
        return m_limit - std::int64_t(m_taken.size());
    }

    [[nodiscard]] std::chrono::milliseconds reset(common::SteadyTime now) const
    {
        const common::SteadyTime end = m_slides ? m_taken.back() + 1min : m_windowEnd;
        return std::chrono::ceil<std::chrono::milliseconds>(end - now);
    }

private:
    void forget(common::SteadyTime now)
    {
        if (!m_slides && now >= m_windowEnd) {
            m_taken.clear();
            m_windowEnd = now + 1min;
        }
        while (m_slides && !m_taken.empty() && m_taken.front() + 1min <= now) {
            m_taken.pop_front();
        }
    }

    std::int64_t m_limit;
    bool m_slides;
    std::deque<common::SteadyTime> m_taken;
    common::SteadyTime m_windowEnd;
};

bool isBalanced(const LeaseCounts &counts)
{
    return counts.taken == counts.settled + counts.released + counts.open;
}

} // namespace

class TestQuotaProperties final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLimitThatIsKnownIsNeverExceeded_data()
    {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 60; ++seed) {
            QTest::addRow("seed %u", seed) << seed;
        }
    }

    /// Random schedules of requests, replies in any order, aborts, sleep, and a calendar that is
    /// set: what the provider admits is never refused by it, and the books balance.
    void aLimitThatIsKnownIsNeverExceeded()
    {
        QFETCH(uint, seed);
        std::mt19937 random(seed);
        const auto upTo = [&](int most) { return int(random() % uint(most + 1)); };
        const std::int64_t limit = 1 + upTo(40);
        tests::SplitClock clock{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + 10h};
        QuotaLedger ledger(clock);
        const catalog::Provider provider = tests::aProvider("p");
        const catalog::Model model = tests::aModel("p/a");
        const QByteArray key = "k";
        StrictProvider upstream(limit, seed % 2 == 0);
        std::vector<QuotaLease> open;
        int admitted = 0;
        const auto end = [&](std::size_t index) {
            const int how = upTo(9);
            if (how < 7) {
                open[index].settle({upTo(500), upTo(900), upTo(100)});
            } else {
                open[index].release(LeaseEnd::Aborted);
            }
            std::swap(open[index], open.back());
            open.pop_back();
        };
        for (int step = 0; step < 3'000; ++step) {
            clock.advance(common::Duration(std::chrono::milliseconds(upTo(2'000))));
            if (upTo(200) == 0) {
                clock.moveWall(std::chrono::hours(upTo(100) - 50));
            }
            if (!open.empty() && upTo(2) == 0) {
                end(std::size_t(upTo(int(open.size()) - 1)));
                continue;
            }
            auto taken = ledger.take(
                {provider, model, key}, {upTo(900), upTo(2'000)}, Reach::Probe);
            if (auto *lease = std::get_if<QuotaLease>(&taken)) {
                const std::int64_t left = upstream.admit(clock.now());
                QVERIFY2(left >= 0 || admitted == 0, "sent although it was known to be refused");
                QuotaFact fact{QuotaUnit::Requests, QuotaPeriod::Minute, limit, {}, left, {}};
                fact.reset = upstream.reset(clock.now());
                lease->observe({fact});
                open.push_back(std::move(*lease));
                ++admitted;
            }
            QVERIFY(isBalanced(ledger.counts()));
            QCOMPARE(ledger.counts().open, std::uint64_t(open.size()));
        }
        QVERIFY(admitted > 20);
        open.clear();
        QCOMPARE(ledger.counts().open, std::uint64_t(0));
        QVERIFY(isBalanced(ledger.counts()));
    }

    void aRestartAtAnyMomentForgetsNothing_data() { aLimitThatIsKnownIsNeverExceeded_data(); }

    void aRestartAtAnyMomentForgetsNothing()
    {
        QFETCH(uint, seed);
        std::mt19937 random(seed);
        tests::SplitClock clock{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + 10h};
        auto ledger = std::make_unique<QuotaLedger>(clock);
        const catalog::Provider provider = tests::aProvider("p");
        const catalog::Model model = tests::aModel("p/a");
        const QByteArray key = "k";
        const std::int64_t limit = 5 + std::int64_t(random() % 20);
        StrictProvider upstream(limit, true);
        int admitted = 0;
        for (int step = 0; step < 1'000; ++step) {
            clock.advance(common::Duration(std::chrono::milliseconds(random() % 3'000)));
            if (random() % 20 == 0) {
                const QuotaBook book = ledger->snapshot();
                ledger = std::make_unique<QuotaLedger>(clock);
                ledger->restore(book);
            }
            auto taken = ledger->take({provider, model, key}, {}, Reach::Probe);
            if (auto *lease = std::get_if<QuotaLease>(&taken)) {
                const std::int64_t left = upstream.admit(clock.now());
                QVERIFY(left >= 0);
                QuotaFact fact{QuotaUnit::Requests, QuotaPeriod::Minute, limit, {}, left, {}};
                fact.reset = upstream.reset(clock.now());
                lease->observe({fact});
                lease->settle({10, 10, 0});
                ++admitted;
            }
        }
        QVERIFY(admitted > 20);
    }

    void manyThreadsShareALimitWithoutExceedingIt()
    {
        constexpr int threads = 24;
        constexpr int tries = 400;
        constexpr std::int64_t limit = 1'000;
        tests::SplitClock clock{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + 10h};
        QuotaLedger ledger(clock);
        catalog::Provider provider = tests::aProvider("p");
        provider.quota.perModel = false;
        const std::vector<catalog::Model> models{
            tests::aModel("p/a"), tests::aModel("p/b"), tests::aModel("p/c")};
        const QByteArray key = "k";
        {
            auto first = ledger.take({provider, models[0], key}, {});
            std::get<QuotaLease>(first).observe(
                {{QuotaUnit::Requests, QuotaPeriod::Day, limit, {}, limit - 1, {}}});
            std::get<QuotaLease>(first).settle({1, 1, 0});
        }
        std::atomic<int> sent{0};
        std::atomic<int> given{0};
        std::vector<std::thread> callers;
        for (int caller = 0; caller < threads; ++caller) {
            callers.emplace_back([&, caller] {
                for (int i = 0; i < tries; ++i) {
                    const catalog::Model &model = models[std::size_t(i) % models.size()];
                    auto taken = ledger.take({provider, model, key}, {10, 10}, Reach::Probe);
                    if (auto *lease = std::get_if<QuotaLease>(&taken)) {
                        ++given;
                        if ((i + caller) % 4 == 0) {
                            lease->release(LeaseEnd::NotSent);
                        } else {
                            ++sent;
                            lease->observe({});
                            lease->settle({10, 5, 0});
                        }
                    }
                    if (i % 50 == 0) {
                        (void)ledger.constraints({10, 10});
                        (void)ledger.snapshot();
                        (void)ledger.view();
                    }
                }
            });
        }
        for (std::thread &caller : callers) {
            caller.join();
        }
        QCOMPARE(sent.load(), int(limit - 1));
        QVERIFY(isBalanced(ledger.counts()));
        QCOMPARE(ledger.counts().open, std::uint64_t(0));
        QCOMPARE(ledger.counts().taken, std::uint64_t(2 * (given.load() + 1)));
    }
};

QTEST_GUILESS_MAIN(TestQuotaProperties)
#include "tst_quota_properties.moc"
