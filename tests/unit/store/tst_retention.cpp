#include "core/store/record_file.h"
#include "core/store/record_store.h"
#include "core/store/retention.h"
#include "core/store/totals.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_outcome.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::store;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

class TestRetention final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(u"records.db"_s);
        fill(4'000);
        auto database = openRecordFile(m_path, 1s);
        QVERIFY(database);
        m_database = std::make_unique<Database>(std::move(*database));
    }
    void cleanup() { m_database.reset(); }

    void deletesRequestsThatAreTooOldWithAllThatIsTheirs()
    {
        RetentionRules rules;
        rules.requests = 1h;
        // The first 1,399 of the 4,000 are older than an hour then.
        const auto now = sampleDay + 5'000s;
        const int steps = runAll(rules, now);
        QVERIFY(steps > 3); // in steps
        QCOMPARE(integer("SELECT count(*) FROM requests"), 4'000 - 1'399);
        QCOMPARE(integer("SELECT min(time_us) FROM requests"), (sampleTime() + 1'400) * 1'000'000);
        QCOMPARE(
            integer("SELECT count(*) FROM attempts WHERE request NOT IN (SELECT id FROM requests)"),
            0);
        QCOMPARE(
            integer("SELECT sum(attempts) FROM requests"),
            integer("SELECT count(*) FROM attempts"));
        // Each tenth had repeated the one before.
        QCOMPARE(
            integer("SELECT count(*) FROM amendments WHERE request IN (SELECT id FROM requests)"),
            260);
        QCOMPARE(integer("SELECT count(*) FROM amendments"), 260);
        // Sets change each 600 requests: the first two belong to nobody now.
        QCOMPARE(integer("SELECT count(*) FROM decision_sets"), 5);
        QCOMPARE(
            integer("SELECT count(*) FROM requests WHERE decision_set NOT IN"
                    " (SELECT decision_set FROM decision_candidates)"),
            0);
        QCOMPARE(integer("SELECT count(DISTINCT decision_set) FROM decision_candidates"), 5);
        // Totals stay, they have an age of their own.
        QCOMPARE(integer("SELECT sum(requests) FROM totals WHERE span_s = 86400"), 4'000);
    }

    void keepsOneThatIsJustYoungEnough()
    {
        RetentionRules rules;
        rules.requests = 1h;
        runAll(rules, sampleDay + 1s + 1h);
        QCOMPARE(integer("SELECT count(*) FROM requests"), 4'000);
        runAll(rules, sampleDay + 1s + 1h + 1us);
        QCOMPARE(integer("SELECT count(*) FROM requests"), 3'999);
    }

    void deletesTheOldestWhenTheFileIsTooLarge()
    {
        const qint64 before = usedBytes();
        RetentionRules rules;
        rules.maxBytes = before / 2;
        runAll(rules, sampleDay + 1h);
        QVERIFY(usedBytes() <= rules.maxBytes * 9 / 10);
        const qint64 left = integer("SELECT count(*) FROM requests");
        QVERIFY(left > 500);
        QCOMPARE(integer("SELECT max(time_us) FROM requests"), (sampleTime() + 4'000) * 1'000'000);
        QCOMPARE(
            integer("SELECT min(time_us) FROM requests"),
            (sampleTime() + 4'001 - left) * 1'000'000);
        QVERIFY(m_database->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
        QVERIFY(QFileInfo(m_path).size() < before * 2 / 3); // and the disk has it back
    }

    void endsWhenNothingIsLeftToDelete()
    {
        RetentionRules rules;
        rules.maxBytes = 1;
        runAll(rules, sampleDay + 1h);
        QCOMPARE(integer("SELECT count(*) FROM requests"), 0);
        QCOMPARE(integer("SELECT count(*) FROM decision_sets"), 0);
    }

    void keepsEachKindOfTotalsForItsOwnTime()
    {
        RetentionRules rules;
        rules.minutes = 1h;
        rules.hours = 24h * 2;
        runAll(rules, sampleDay + 24h);
        QCOMPARE(integer("SELECT count(*) FROM totals WHERE span_s = 60"), 0);
        QVERIFY(integer("SELECT count(*) FROM totals WHERE span_s = 3600") > 0);
        runAll(rules, sampleDay + 24h * 5);
        QCOMPARE(integer("SELECT count(*) FROM totals WHERE span_s = 3600"), 0);
        QVERIFY(integer("SELECT count(*) FROM totals WHERE span_s = 86400") > 0);
    }

    void isRunByTheStoreWhenItsTimeHasCome()
    {
        m_database.reset();
        ManualClock clock; // stands an hour after sampleDay
        StoreOptions options;
        options.path = m_path;
        options.gather = 1ms;
        options.idle = 1ms;
        options.retention.requests = 24h;
        RecordStore records(options, clock);
        QTRY_VERIFY(records.status().recording);
        clock.advance(24h * 2);
        // A record of the same decision comes while the sets are deleted.
        records.record(sharedOutcome(1, "late_"));
        QTRY_COMPARE(records.status().written, std::uint64_t(1));
        auto reader = Database::open(m_path, Database::Access::ReadOnly, 1s);
        QVERIFY(reader);
        m_database = std::make_unique<Database>(std::move(*reader));
        QTRY_COMPARE(integer("SELECT count(*) FROM requests WHERE request_id LIKE 'req_%'"), 0);
        relay::Outcome young = anOutcome(1, "young_");
        young.time = clock.wallNow();
        records.record(std::make_shared<const relay::Outcome>(young));
        QTRY_COMPARE(integer("SELECT count(*) FROM requests WHERE request_id LIKE 'young_%'"), 1);
        QCOMPARE(
            integer("SELECT count(*) FROM requests WHERE decision_set NOT IN"
                    " (SELECT decision_set FROM decision_candidates)"),
            0);
    }

    void isRunByTheStoreWhenTheRulesChange()
    {
        m_database.reset();
        const ManualClock clock; // stands an hour after sampleDay
        StoreOptions options;
        options.path = m_path;
        options.idle = 1ms;
        RecordStore records(options, clock);
        QTRY_VERIFY(records.status().recording);
        auto reader = Database::open(m_path, Database::Access::ReadOnly, 1s);
        QVERIFY(reader);
        m_database = std::make_unique<Database>(std::move(*reader));
        QCOMPARE(integer("SELECT count(*) FROM requests"), 4'000);
        RetentionRules rules;
        rules.requests = 0h;
        records.setRetention(rules);
        QTRY_COMPARE(
            integer("SELECT count(*) FROM requests"), 4'000 - 3'599); // up to the clock's time
    }

private:
    void fill(int count)
    {
        const ManualClock clock;
        StoreOptions options;
        options.path = m_path;
        options.gather = 1ms;
        RecordStore records(options, clock);
        for (int i = 1; i <= count; ++i) {
            records.record(sharedOutcome(i));
        }
        records.stop(10s);
        QCOMPARE(records.status().written, std::uint64_t(count));
    }

    int runAll(RetentionRules rules, common::WallTime now)
    {
        Retention retention(rules);
        retention.begin();
        int steps = 0;
        for (;;) {
            const auto progress = retention.step(*m_database, now);
            if (!progress) {
                QTest::qFail(qPrintable(progress.error().detail), __FILE__, __LINE__);
                return steps;
            }
            ++steps;
            if (*progress == Retention::Progress::Done) {
                return steps;
            }
        }
    }

    qint64 integer(const QByteArray &sql) { return m_database->integer(sql).value_or(-1); }
    qint64 usedBytes()
    {
        return (integer("PRAGMA page_count") - integer("PRAGMA freelist_count"))
            * integer("PRAGMA page_size");
    }
    static qint64 sampleTime()
    {
        return std::chrono::floor<std::chrono::seconds>(sampleDay.time_since_epoch()).count();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
    std::unique_ptr<Database> m_database;
};

QTEST_GUILESS_MAIN(TestRetention)
#include "tst_retention.moc"
