#include "core/quota/quota_calendar.h"

#include <QDateTime>
#include <QTest>

using namespace freerelay;
using namespace freerelay::quota;
using namespace Qt::Literals::StringLiterals;

namespace {

common::WallTime wallTime(const QString &text)
{
    return common::WallTime(std::chrono::milliseconds(
        QDateTime::fromString(text, Qt::ISODateWithMs).toMSecsSinceEpoch()));
}

} // namespace

class TestQuotaCalendar final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsWhenDailyQuotasComeBack_data()
    {
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<QString>("now");
        QTest::addColumn<QString>("reset");
        const auto row =
            [](const char *name, const QByteArray &zone, const QString &now, const QString &reset) {
                QTest::newRow(name) << zone << now << reset;
            };
        const QByteArray pacific = "America/Los_Angeles"_ba;
        row("UTC", "UTC"_ba, u"2026-11-24T13:00:00Z"_s, u"2026-11-25T00:00:00Z"_s);
        row("UTC, at midnight", "UTC"_ba, u"2026-11-24T00:00:00Z"_s, u"2026-11-25T00:00:00Z"_s);
        row("UTC, before it", "UTC"_ba, u"2026-11-24T23:59:59.999Z"_s, u"2026-11-25T00:00:00Z"_s);
        row("Pacific, winter", pacific, u"2026-01-10T07:59:59Z"_s, u"2026-01-10T08:00:00Z"_s);
        row("Pacific, summer", pacific, u"2026-07-10T07:00:00Z"_s, u"2026-07-11T07:00:00Z"_s);
        // 2026-03-08: clocks go from 2 to 3 in the morning; the day has 23 hours.
        row("Pacific, 23 hours", pacific, u"2026-03-08T08:00:00Z"_s, u"2026-03-09T07:00:00Z"_s);
        // 2026-11-01: the day has 25.
        row("Pacific, 25 hours", pacific, u"2026-11-01T07:00:00Z"_s, u"2026-11-02T08:00:00Z"_s);
        row("an unknown zone",
            "Moon/Base"_ba,
            u"2026-11-24T13:00:00Z"_s,
            u"2026-11-25T00:00:00Z"_s);
    }

    void knowsWhenDailyQuotasComeBack()
    {
        QFETCH(QByteArray, zone);
        QFETCH(QString, now);
        QFETCH(QString, reset);
        catalog::QuotaRules rules;
        rules.zone = zone;
        QCOMPARE(
            untilDailyReset(rules, wallTime(now)),
            common::Duration(wallTime(reset) - wallTime(now)));
    }
};

QTEST_GUILESS_MAIN(TestQuotaCalendar)
#include "tst_quota_calendar.moc"
