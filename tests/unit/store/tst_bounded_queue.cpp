#include "core/store/bounded_queue.h"

#include <QTest>

#include <thread>

using namespace freerelay::store;
using namespace std::chrono_literals;

class TestBoundedQueue final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesWhatItGotInOrder()
    {
        BoundedQueue<int> queue({10, 100, 3});
        for (int i = 0; i < 5; ++i) {
            QVERIFY(queue.push(i, 1));
        }
        QCOMPARE(queue.depth(), std::size_t(5));
        QCOMPARE(queue.take(0ms, 0ms), (std::vector<int>{0, 1, 2, 3, 4}));
        QCOMPARE(queue.depth(), std::size_t(0));
        QVERIFY(queue.take(0ms, 0ms).empty());
    }

    void dropsAndCountsWhatDoesNotFit()
    {
        BoundedQueue<int> byCount({2, 100, 10});
        QVERIFY(byCount.push(1, 1));
        QVERIFY(byCount.push(2, 1));
        QVERIFY(!byCount.push(3, 1));
        QCOMPARE(byCount.dropped(), std::uint64_t(1));

        BoundedQueue<int> byBytes({100, 10, 10});
        QVERIFY(byBytes.push(1, 10));
        QVERIFY(!byBytes.push(2, 1));
        QCOMPARE(byBytes.take(0ms, 0ms).size(), std::size_t(1));
        QVERIFY(byBytes.push(3, 10)); // there is room again
    }

    void acceptsNothingWhenClosedAndGivesTheRest()
    {
        BoundedQueue<int> queue({10, 100, 10});
        QVERIFY(queue.push(1, 1));
        queue.close();
        QVERIFY(!queue.push(2, 1));
        QCOMPARE(queue.dropped(), std::uint64_t(1));
        QCOMPARE(queue.take(1h, 1h), std::vector<int>{1}); // without waiting
        QVERIFY(queue.take(1h, 1h).empty());
    }

    void wakesTheTakerForAFullBatch()
    {
        BoundedQueue<int> queue({10, 100, 2});
        std::thread pusher([&queue] {
            queue.push(1, 1);
            queue.push(2, 1);
        });
        // Gathers for an hour unless a batch is complete.
        QCOMPARE(queue.take(1h, 1h).size(), std::size_t(2));
        pusher.join();
    }

    void wakesTheTakerForNothing()
    {
        BoundedQueue<int> queue({10, 100, 2});
        queue.wake(); // before it waits
        QVERIFY(queue.take(1h, 1h).empty());
        std::thread waker([&queue] { queue.wake(); });
        QVERIFY(queue.take(1h, 1h).empty());
        waker.join();
        QVERIFY(queue.take(0ms, 0ms).empty());
    }

    void losesNothingBetweenManyThreads()
    {
        constexpr int threads = 4;
        constexpr int each = 20'000;
        BoundedQueue<int> queue({1'000, 1'000'000, 64});
        std::atomic<int> accepted{0};
        std::vector<std::thread> pushers;
        for (int t = 0; t < threads; ++t) {
            pushers.emplace_back([&queue, &accepted] {
                for (int i = 0; i < each; ++i) {
                    accepted += queue.push(i, 1) ? 1 : 0;
                }
            });
        }
        std::thread closer([&queue, &pushers] {
            for (std::thread &pusher : pushers) {
                pusher.join();
            }
            queue.close();
        });
        int taken = 0;
        for (;;) {
            const bool closed = queue.isClosed();
            const auto batch = queue.take(1h, 1ms);
            taken += int(batch.size());
            if (closed && batch.empty()) {
                break;
            }
        }
        closer.join();
        QCOMPARE(taken, accepted.load());
        QCOMPARE(std::uint64_t(taken) + queue.dropped(), std::uint64_t(threads) * each);
    }
};

QTEST_APPLESS_MAIN(TestBoundedQueue)
#include "tst_bounded_queue.moc"
