#include "core/store/repeat_finder.h"
#include "tests/support/sample_outcome.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::store;
using namespace freerelay::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::microseconds length = 2s;

/// A request that begins so long after sampleDay and takes two seconds.
relay::Outcome
requestAt(std::chrono::microseconds start, std::uint64_t body = 1, std::uint64_t prompt = 1)
{
    relay::Outcome outcome;
    outcome.time = sampleDay + start;
    outcome.duration = length;
    outcome.digests = {body, prompt};
    return outcome;
}

} // namespace

class TestRepeatFinder final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsARetryUpToThirtySecondsAfterTheEnd()
    {
        RepeatFinder finder;
        QVERIFY(!finder.add(requestAt(0s), 1));
        const auto just = finder.add(requestAt(length + 30s), 2);
        QVERIFY(just);
        QVERIFY(just->kind == Repeat::Kind::Retried);
        QCOMPARE(just->earlier, 1);
        // The same text, but too late for a retry: regenerated.
        const auto later = finder.add(requestAt(2 * length + 60s + 1us), 3);
        QVERIFY(later);
        QVERIFY(later->kind == Repeat::Kind::Regenerated);
        QCOMPARE(later->earlier, 2);
    }

    void tellsTheSamePromptUpToTwoMinutesAfterTheEnd()
    {
        RepeatFinder finder;
        QVERIFY(!finder.add(requestAt(0s, 1, 5), 1));
        const auto other = finder.add(requestAt(length + 120s, 2, 5), 2);
        QVERIFY(other);
        QVERIFY(other->kind == Repeat::Kind::Regenerated);
        QCOMPARE(other->earlier, 1);
        QVERIFY(!finder.add(requestAt(2 * length + 240s + 1us, 3, 5), 3));
    }

    void takesTwoAtTheSameTimeForNoRepeat()
    {
        RepeatFinder finder;
        QVERIFY(!finder.add(requestAt(0s), 1));
        QVERIFY(!finder.add(requestAt(length - 1us), 2));
        QVERIFY(finder.add(requestAt(length * 2), 3));
    }

    void knowsNothingWithoutDigests()
    {
        RepeatFinder finder;
        QVERIFY(!finder.add(requestAt(0s, 0, 0), 1));
        QVERIFY(!finder.add(requestAt(5s, 0, 0), 2));
    }

    void endsWithAClientThatGoesOnAndOn()
    {
        RepeatFinder finder;
        QVERIFY(!finder.add(requestAt(0s), 1));
        int told = 0;
        for (int i = 1; i <= 50; ++i) {
            told += finder.add(requestAt(i * 3s), i + 1) ? 1 : 0;
        }
        QCOMPARE(told, RepeatFinder::maxInARow);
        // After a pause it may be a person again.
        QVERIFY(!finder.add(requestAt(150s + 200s), 100));
        QVERIFY(finder.add(requestAt(150s + 210s), 101));
    }

    void forgetsTheOldest()
    {
        RepeatFinder finder;
        const auto limit = RepeatFinder::maxRemembered;
        for (std::uint64_t i = 1; i <= limit + 1; ++i) {
            QVERIFY(!finder.add(requestAt(0s, i, i), std::int64_t(i)));
        }
        QVERIFY(!finder.add(requestAt(10s, 1, 1), 10'000)); // forgotten
        QVERIFY(finder.add(requestAt(10s, limit, limit), 10'001));
    }

    void keepsOneThatCameAgain()
    {
        RepeatFinder finder;
        QVERIFY(!finder.add(requestAt(0s, 1, 1), 1));
        QVERIFY(finder.add(requestAt(3s, 1, 1), 2));
        for (std::uint64_t i = 2; i <= RepeatFinder::maxRemembered; ++i) {
            QVERIFY(!finder.add(requestAt(0s, i, i), std::int64_t(i + 1)));
        }
        const auto again = finder.add(requestAt(6s, 1, 1), 9'999);
        QVERIFY(again);
        QCOMPARE(again->earlier, 2);
    }

    void forgetsAll()
    {
        RepeatFinder finder;
        QVERIFY(!finder.add(requestAt(0s), 1));
        finder.clear();
        QVERIFY(!finder.add(requestAt(5s), 2));
    }
};

QTEST_GUILESS_MAIN(TestRepeatFinder)
#include "tst_repeat_finder.moc"
