#include "core/quota/quota_limit.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::quota;
using namespace std::chrono_literals;

using catalog::QuotaPeriod;

class TestQuotaLimit final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theStrongerSourceWins_data()
    {
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("second");
        QTest::addColumn<bool>("replaces");
        for (int first = 0; first < 5; ++first) {
            for (int second = 0; second < 5; ++second) {
                QTest::addRow(
                    "%s then %s", toString(QuotaSource(first)), toString(QuotaSource(second)))
                    << first << second << (second >= first);
            }
        }
    }

    void theStrongerSourceWins()
    {
        QFETCH(int, first);
        QFETCH(int, second);
        QFETCH(bool, replaces);
        QuotaLimit limit(QuotaPeriod::Minute);
        QVERIFY(limit.state(10, QuotaSource(first), m_start));
        QCOMPARE(limit.state(20, QuotaSource(second), m_start), replaces);
        QCOMPARE(limit.value(), std::optional<std::int64_t>(replaces ? 20 : 10));
    }

    void whatIsOldGivesWay()
    {
        QuotaLimit limit(QuotaPeriod::Minute);
        limit.state(10, QuotaSource::Header, m_start);
        QVERIFY(!limit.state(20, QuotaSource::LearnedFromError, after(1h)));
        QVERIFY(limit.state(20, QuotaSource::LearnedFromError, after(2h))); // 0.98 · 2^(-2/6) < 0.8
        QCOMPARE(limit.source(), QuotaSource::LearnedFromError);
    }

    void onlyWhatIsBetterKnownThanPublishedIsHard()
    {
        QuotaLimit limit(QuotaPeriod::Minute);
        QVERIFY(!limit.isHard(m_start.steady));
        limit.state(10, QuotaSource::Catalogue, m_start);
        QVERIFY(!limit.isHard(m_start.steady));
        limit.state(8, QuotaSource::LearnedFromError, m_start);
        QVERIFY(limit.isHard(after(4h).steady));
        QVERIFY(!limit.isHard(after(5h).steady)); // 0.8 · 2^(-5/6) < 0.5
        limit.state(9, QuotaSource::Header, after(5h));
        QVERIFY(limit.isHard(after(5h).steady));
    }

    void successRaisesSoftLimitsOnly()
    {
        QuotaLimit limit(QuotaPeriod::Day);
        limit.state(10, QuotaSource::Catalogue, m_start);
        limit.raiseTo(9, m_start);
        QCOMPARE(limit.value(), std::optional<std::int64_t>(10));
        limit.raiseTo(12, m_start);
        QCOMPARE(limit.value(), std::optional<std::int64_t>(12));
        QCOMPARE(limit.source(), QuotaSource::Guess);
        limit.state(11, QuotaSource::LearnedFromError, m_start);
        limit.raiseTo(15, m_start);
        QCOMPARE(limit.value(), std::optional<std::int64_t>(11));
    }

    void refusalsWithoutAReasonAreBelievedWhenTheyRepeat()
    {
        QuotaLimit limit(QuotaPeriod::Minute);
        limit.suspect(100, m_start);
        QCOMPARE(limit.source(), QuotaSource::Suspected);
        limit.answered(95);
        limit.suspect(95, after(1min));
        QVERIFY(!limit.isHard(after(1min).steady));
        limit.answered(101);
        limit.suspect(101, after(2min));
        QCOMPARE(limit.source(), QuotaSource::LearnedFromError);
        QCOMPARE(limit.value(), std::optional<std::int64_t>(101));
        QVERIFY(limit.isHard(after(2min).steady));
        limit.suspect(3, after(3min)); // what is known is not doubted
        QCOMPARE(limit.value(), std::optional<std::int64_t>(101));
    }

    void refusalsAtRandomTeachNoHardLimit()
    {
        QuotaLimit limit(QuotaPeriod::Minute);
        for (const int used : {40, 41, 12, 13, 60, 30}) {
            limit.suspect(used, m_start);
            limit.answered(used);
            QVERIFY(!limit.isHard(m_start.steady));
        }
        for (int i = 0; i < 5; ++i) { // at about the same use, but soon after one another
            limit.suspect(300, m_start);
            limit.answered(20);
            QVERIFY(!limit.isHard(m_start.steady));
        }
        for (int i = 0; i < 5; ++i) { // a success beyond it takes the suspicion away
            limit.suspect(30, m_start);
            limit.answered(32);
            limit.raiseTo(32, m_start);
            QVERIFY(!limit.isHard(m_start.steady));
        }
    }

    void wordsOfSourcesAreReadBack()
    {
        for (int i = 0; i < 6; ++i) {
            QCOMPARE(quotaSourceOf(toString(QuotaSource(i))), std::optional(QuotaSource(i)));
        }
        QVERIFY(!quotaSourceOf("hearsay"));
    }

private:
    [[nodiscard]] Moment after(common::Duration step) const
    {
        return {m_start.steady + step, m_start.wall + step};
    }

    Moment m_start{common::SteadyTime(1h), common::WallTime(1h)};
};

QTEST_GUILESS_MAIN(TestQuotaLimit)
#include "tst_quota_limit.moc"
