#include "core/common/published.h"

#include <QTest>

#include <thread>

using freerelay::common::Published;

class TestPublished final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readerSeesTheNewestSnapshot()
    {
        Published<int> published(std::make_shared<const int>(1));
        Published<int>::Reader reader(published);
        QCOMPARE(*reader.current(), 1);
        published.publish(std::make_shared<const int>(2));
        QCOMPARE(*reader.current(), 2);
    }

    void readersNeverSeeAnOlderSnapshotThanBefore()
    {
        constexpr int last = 10'000;
        Published<int> published(std::make_shared<const int>(0));
        std::thread writer([&published] {
            for (int i = 1; i <= last; ++i) {
                published.publish(std::make_shared<const int>(i));
            }
        });
        Published<int>::Reader reader(published);
        int seen = 0;
        bool ordered = true;
        while (seen < last) {
            const int now = *reader.current();
            ordered = ordered && now >= seen;
            seen = now;
        }
        writer.join();
        QVERIFY(ordered);
    }
};

QTEST_GUILESS_MAIN(TestPublished)
#include "tst_published.moc"
