#include "core/health/degradation.h"

#include <QTest>

#include <optional>

using namespace freerelay;
using namespace freerelay::health;
using namespace std::chrono_literals;

namespace {

constexpr common::SteadyTime now{1h};
constexpr CallShape plain{};
constexpr CallShape streamed{true, false, false, 100};
constexpr CallShape streamedTools{true, true, false, 100};

struct Calls
{
    SlidingWindow window{20, 10min};

    Calls &add(int count, const CallShape &shape, bool failed)
    {
        for (int i = 0; i < count; ++i) {
            window.add({now, failed, false, 0, shape});
        }
        return *this;
    }
    [[nodiscard]] std::optional<Feature> broken() const
    {
        const auto degradation = explainFailures(window, now);
        return degradation ? std::optional(degradation->feature) : std::nullopt;
    }
};

CallShape jsonOf(std::int64_t tokens)
{
    return {false, false, true, tokens};
}

} // namespace

class TestDegradation final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void streamsAreBrokenWhenAllOfThemFailAndNothingElse()
    {
        QVERIFY(Calls().add(3, streamed, true).add(2, plain, false).broken() == Feature::Stream);
    }

    void tooFewCallsProveNothing()
    {
        QVERIFY(!Calls().add(2, streamed, true).add(5, plain, false).broken());
        QVERIFY(!Calls().add(5, streamed, true).add(1, plain, false).broken());
    }

    void oneExceptionIsEnoughToDoubtIt()
    {
        QVERIFY(
            !Calls().add(3, streamed, true).add(1, streamed, false).add(4, plain, false).broken());
        QVERIFY(!Calls().add(3, streamed, true).add(1, plain, true).add(4, plain, false).broken());
    }

    void theNarrowestFeatureIsBlamed()
    {
        QVERIFY(
            Calls().add(3, streamedTools, true).add(2, plain, false).broken() == Feature::Tools);
        QVERIFY(
            Calls().add(3, streamedTools, true).add(2, streamed, false).broken() == Feature::Tools);
    }

    void jsonMayFailAboveASize()
    {
        Calls calls;
        calls.add(2, jsonOf(1'000), false).add(1, jsonOf(9'000), true).add(2, jsonOf(8'000), true);
        const auto degradation = explainFailures(calls.window, now);
        QVERIFY(degradation && degradation->feature == Feature::Json);
        QVERIFY(concerns(*degradation, jsonOf(8'000)));
        QVERIFY(!concerns(*degradation, jsonOf(7'999)));
        QVERIFY(!concerns(*degradation, plain));
        QCOMPARE(degradation->until, now + 10min);
    }

    void jsonMayFailAltogether()
    {
        Calls calls;
        calls.add(3, jsonOf(0), true).add(2, plain, false);
        const auto degradation = explainFailures(calls.window, now);
        QVERIFY(degradation && degradation->feature == Feature::Json);
        QVERIFY(concerns(*degradation, jsonOf(0)));
    }
};

QTEST_GUILESS_MAIN(TestDegradation)
#include "tst_degradation.moc"
