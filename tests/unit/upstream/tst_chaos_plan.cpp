#include "core/upstream/chaos/chaos.h"
#include "core/upstream/chaos/chaos_plan.h"

#include <QSet>
#include <QTest>

#include <cmath>
#include <thread>

using namespace freerelay;
using namespace freerelay::upstream;

namespace {

using Plans = std::vector<std::optional<PlannedFault>>;

Plans plansOf(const std::vector<ChaosRule> &rules, QByteArrayView provider, int calls = 1'000)
{
    Plans plans;
    for (int call = 0; call < calls; ++call) {
        plans.push_back(plannedFault(rules, provider, std::uint64_t(call)));
    }
    return plans;
}

int hits(const Plans &plans)
{
    return int(std::count_if(
        plans.begin(), plans.end(), [](const auto &plan) { return plan.has_value(); }));
}

} // namespace

/// Which call meets which fault.
class TestChaosPlan final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSameSeedPlaysTheSameAgain()
    {
        const std::vector<ChaosRule> rules{{{}, std::nullopt, 0.3, 7}};
        QCOMPARE(plansOf(rules, "groq"), plansOf(rules, "groq"));
        std::vector<ChaosRule> other = rules;
        other.front().seed = 8;
        QVERIFY(plansOf(rules, "groq") != plansOf(other, "groq"));
    }

    /// Written down once: an update of the program must not change what a seed means.
    void theNumbersAreFixed()
    {
        const std::vector<ChaosRule> rules{{{}, std::nullopt, 0.25, 7}};
        QStringList told;
        for (std::uint64_t call = 0; call < 24; ++call) {
            const auto plan = plannedFault(rules, "groq", call);
            told << (plan ? QString::fromLatin1(nameOf(plan->fault)) : QStringLiteral("-"));
        }
        QCOMPARE(
            told.join(u' '),
            QStringLiteral("- 429-tokens - - 503 - garble - - - latency - - - latency - - - 504 "
                           "dns refused cut - -"));
    }

    void keepsTheRate_data()
    {
        QTest::addColumn<double>("rate");
        for (const double rate : {0.0, 0.01, 0.1, 0.5, 0.9, 1.0}) {
            QTest::addRow("%g", rate) << rate;
        }
    }

    void keepsTheRate()
    {
        QFETCH(double, rate);
        constexpr int calls = 20'000;
        // Five standard deviations of the binomial distribution: never missed by chance, and the
        // numbers are the same in each run.
        const double room = 5 * std::sqrt(calls * rate * (1 - rate));
        for (const QByteArrayView provider : {"groq", "google", "mistral"}) {
            const int met = hits(plansOf({{{}, Fault::Cut, rate, 1}}, provider, calls));
            QVERIFY2(std::abs(met - calls * rate) <= room, qPrintable(QString::number(met)));
        }
    }

    void providersDoNotDependOnEachOther()
    {
        const std::vector<ChaosRule> rules{{{}, Fault::Cut, 0.5, 1}};
        const Plans groq = plansOf(rules, "groq");
        const Plans google = plansOf(rules, "google");
        int both = 0;
        for (std::size_t i = 0; i < groq.size(); ++i) {
            both += groq[i] && google[i] ? 1 : 0;
        }
        QVERIFY2(both > 180 && both < 320, qPrintable(QString::number(both))); // a quarter
        // A rule for another provider changes nothing.
        QCOMPARE(plansOf({{"google", Fault::Dns, 1, 1}, rules.front()}, "groq"), groq);
    }

    void theFirstRuleThatMeetsACallCounts()
    {
        const std::vector<ChaosRule> rules{{"groq", Fault::Cut, 1, 1}, {{}, Fault::Dns, 1, 1}};
        QCOMPARE(plannedFault(rules, "groq", 0)->fault, Fault::Cut);
        QCOMPARE(plannedFault(rules, "google", 0)->fault, Fault::Dns);
    }

    /// Otherwise the second of two rules with the same rate and seed would never meet a call.
    void rulesOfOneSeedMeetOtherCalls()
    {
        const std::vector<ChaosRule> rules{{{}, Fault::Cut, 0.3, 1}, {{}, Fault::Dns, 0.3, 1}};
        const Plans plans = plansOf(rules, "groq");
        const auto dns = std::count_if(plans.begin(), plans.end(), [](const auto &plan) {
            return plan && plan->fault == Fault::Dns;
        });
        QVERIFY2(dns > 150 && dns < 270, qPrintable(QString::number(dns))); // 0.7 × 0.3
    }

    void theMixtureHasAllThatAreOverSoon()
    {
        QSet<int> seen;
        for (const auto &plan : plansOf({{{}, std::nullopt, 1, 1}}, "groq")) {
            seen.insert(int(plan->fault));
        }
        for (const FaultWords &words : allFaults()) {
            QCOMPARE(seen.contains(int(words.fault)), words.isMixed);
        }
    }

    void numbersCallsForEachProvider()
    {
        Chaos chaos({true, {{{}, Fault::Cut, 1, 1}}});
        QCOMPARE(chaos.nextCall("groq"), 0u);
        QCOMPARE(chaos.nextCall("groq"), 1u);
        QCOMPARE(chaos.nextCall("google"), 0u);
        chaos.setRules({true, {}});
        QCOMPARE(chaos.nextCall("groq"), 0u);
    }

    void countsWhatWasPlayedOnAllThreads()
    {
        Chaos chaos({true, {}});
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&chaos] {
                for (int n = 0; n < 1'000; ++n) {
                    chaos.count("groq", chaos.nextCall("groq") % 2 == 0 ? Fault::Cut : Fault::Dns);
                }
            });
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
        QCOMPARE(chaos.nextCall("groq"), 4'000u);
        QCOMPARE(chaos.playedInAll(), 4'000u);
        QCOMPARE(chaos.played().size(), std::size_t(2));
        QCOMPARE(chaos.played().front().fault, Fault::Dns);
        QCOMPARE(chaos.played().front().count, 2'000u);
    }
};

QTEST_GUILESS_MAIN(TestChaosPlan)
#include "tst_chaos_plan.moc"
