#include "core/services/quota/quota_watch.h"

#include <QTest>

#include <thread>

using namespace freerelay;
using namespace freerelay::services;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using interfaces::QuotaOutlook;

namespace {

QDateTime in(std::chrono::seconds time)
{
    return QDateTime::currentDateTimeUtc().addSecs(time.count());
}

/// A watch over an outlook that the test writes.
struct Fixture
{
    std::atomic<bool> tight{false};
    QuotaOutlook outlook{{}, {{"groq", u"Groq"_s, u"groq/a"_s}}};
    int looks = 0;
    int changes = 0;
    QuotaWatch watch{
        {[this] { return tight.load(); },
         [this] {
             ++looks;
             return outlook;
         },
         [this] { ++changes; }},
        0ms};

    void useUp(std::chrono::seconds time)
    {
        tight = true;
        outlook.usedUp = {{"groq", u"Groq"_s, in(time)}};
        outlook.next = {{"acme", u"Acme"_s, u"acme/a"_s}};
    }
};

} // namespace

class TestQuotaWatch final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void requestsCostNothingWhileNothingIsTight()
    {
        Fixture fixture;
        fixture.watch.record({});
        for (int i = 0; i < 3; ++i) { // a queued call, a timer, and what they would start
            QCoreApplication::processEvents();
        }
        QCOMPARE(fixture.looks, 0);
    }

    void aProviderThatIsUsedUpIsTold()
    {
        Fixture fixture;
        fixture.watch.check();
        QCOMPARE(fixture.changes, 1); // who answers was not known before
        fixture.useUp(600s);
        std::thread([&] { fixture.watch.record({}); }).join(); // as a worker does
        QTRY_COMPARE(fixture.changes, 2);
        QCOMPARE(fixture.watch.outlook().usedUp.front().id, "groq"_ba);
        QCOMPARE(fixture.watch.outlook().next.front().id, "acme"_ba);
    }

    void theSameIsToldOnce()
    {
        Fixture fixture;
        fixture.useUp(600s);
        fixture.watch.check();
        auto &until = fixture.outlook.usedUp.front().until;
        until = until.addMSecs(300); // as another look computes it
        fixture.watch.check();
        QCOMPARE(fixture.changes, 1);
        until = until.addSecs(60);
        fixture.watch.check();
        QCOMPARE(fixture.changes, 2);
    }

    void manyRequestsAreOneLook()
    {
        Fixture fixture;
        fixture.tight = true;
        for (int i = 0; i < 1'000; ++i) {
            fixture.watch.record({});
        }
        QTRY_COMPARE(fixture.looks, 1);
        fixture.watch.record({});
        QTRY_COMPARE(fixture.looks, 2);
    }

    void itLooksAgainWhenTheQuotaIsBack()
    {
        Fixture fixture;
        fixture.useUp(0s);
        fixture.watch.check();
        fixture.outlook = {{}, {{"groq", u"Groq"_s, u"groq/a"_s}}};
        QTRY_COMPARE(fixture.changes, 2);
        QVERIFY(fixture.watch.outlook().usedUp.empty());
    }

    void aRequestThatEndsItIsSeenAlthoughNothingIsTightNow()
    {
        Fixture fixture;
        fixture.useUp(600s);
        fixture.watch.check();
        fixture.tight = false;
        fixture.outlook.usedUp.clear();
        fixture.watch.record({});
        QTRY_COMPARE(fixture.changes, 2);
    }
};

QTEST_GUILESS_MAIN(TestQuotaWatch)
#include "tst_quota_watch.moc"
