#include "core/telemetry/trace_queue.h"
#include "tests/unit/telemetry/sample_outcomes.h"

#include <QTest>

#include <thread>

using namespace freerelay;
using namespace freerelay::tests;
using telemetry::TraceQueue;

class TestTraceQueue final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsOnlyWhatIsTraced()
    {
        TraceQueue queue;
        relay::Outcome outcome = sampleOutcome();
        queue.record(shared(outcome));
        outcome.trace.spanId.clear(); // only passed on
        queue.record(shared(outcome));
        outcome.trace = {};
        queue.record(shared(outcome));
        QCOMPARE(queue.waiting(), std::size_t(1));
    }

    void givesTheOldestFirst()
    {
        TraceQueue queue;
        for (const char *id : {"a", "b", "c"}) {
            relay::Outcome outcome = sampleOutcome();
            outcome.requestId = id;
            queue.record(shared(outcome));
        }
        const auto two = queue.take(2);
        QCOMPARE(two.size(), std::size_t(2));
        QCOMPARE(two[0]->requestId, QByteArray("a"));
        QCOMPARE(two[1]->requestId, QByteArray("b"));
        QCOMPARE(queue.take(10).size(), std::size_t(1));
        QVERIFY(queue.take(10).empty());
    }

    void dropsAndCountsWhenItIsFull()
    {
        TraceQueue queue;
        const auto outcome = shared(sampleOutcome());
        for (std::size_t i = 0; i < TraceQueue::maxWaiting + 3; ++i) {
            queue.record(outcome);
        }
        QCOMPARE(queue.waiting(), TraceQueue::maxWaiting);
        QCOMPARE(queue.dropped(), std::uint64_t(3));
        queue.clear();
        QCOMPARE(queue.waiting(), std::size_t(0));
        QCOMPARE(queue.dropped(), std::uint64_t(3));
    }

    void losesNothingBetweenThreads()
    {
        constexpr int each = 500;
        TraceQueue queue;
        const auto outcome = shared(sampleOutcome());
        std::vector<std::thread> writers;
        for (int i = 0; i < 3; ++i) {
            writers.emplace_back([&] {
                for (int n = 0; n < each; ++n) {
                    queue.record(outcome);
                }
            });
        }
        std::size_t taken = 0;
        while (taken + queue.dropped() < 3 * each) {
            taken += queue.take(64).size();
        }
        for (std::thread &writer : writers) {
            writer.join();
        }
        QCOMPARE(taken, std::size_t(3 * each));
    }
};

QTEST_GUILESS_MAIN(TestTraceQueue)
#include "tst_trace_queue.moc"
