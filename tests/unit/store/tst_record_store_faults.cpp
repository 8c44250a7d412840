#include "core/store/record_file.h"
#include "core/store/record_reader.h"
#include "core/store/record_store.h"
#include "core/store/schema.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_outcome.h"
#include "tests/unit/store/broken_disk.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::store;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

/// Whatever is wrong with the file, recording never stops the relay, says why it does not record,
/// and goes on by itself when the cause is gone.
class TestRecordStoreFaults final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_options = {};
        m_options.path = m_folder->filePath(u"data/records.db"_s);
        m_options.gather = 1ms;
        m_options.idle = 1ms;
        m_options.retry = 1ms;
        m_options.lockWait = 1ms;
        m_changes = 0;
        m_options.statusChanged = [this] { ++m_changes; };
    }

    void waitsForADiskThatFails_data()
    {
        QTest::addColumn<int>("fault");
        QTest::addColumn<QString>("problem");
        QTest::newRow("full") << int(BrokenDisk::Fault::Full) << u"The disk is full."_s;
        QTest::newRow("write error") << int(BrokenDisk::Fault::WriteError)
                                     << u"The records file could not be read or written."_s;
    }

    void waitsForADiskThatFails()
    {
        QFETCH(int, fault);
        QFETCH(QString, problem);
        RecordStore records(m_options, m_clock);
        records.record(sharedOutcome(1));
        QTRY_COMPARE(records.status().written, std::uint64_t(1));
        const int changesBefore = m_changes;
        {
            const BrokenDisk broken{BrokenDisk::Fault(fault)};
            for (int i = 2; i <= 100; ++i) {
                records.record(sharedOutcome(i));
            }
            QTRY_VERIFY(!records.status().recording);
            QTRY_COMPARE(records.status().problem, problem);
            QCOMPARE(records.status().queued, std::uint64_t(99));
            QVERIFY(m_changes > changesBefore);
        }
        QTRY_COMPARE(records.status().written, std::uint64_t(100));
        QVERIFY(records.status().recording);
        QCOMPARE(records.status().problem, QString());
        QCOMPARE(records.status().dropped, std::uint64_t(0));
        records.stop(10s);
        QCOMPARE(stored(), 100);
    }

    void dropsAndCountsWhatTheEndOfTheProgramCannotWrite()
    {
        RecordStore records(m_options, m_clock);
        QTRY_VERIFY(records.status().recording);
        const BrokenDisk broken(BrokenDisk::Fault::Full);
        for (int i = 1; i <= 30; ++i) {
            records.record(sharedOutcome(i));
        }
        records.stop(20ms);
        QCOMPARE(records.status().dropped, std::uint64_t(30));
        QCOMPARE(records.status().queued, std::uint64_t(0));
    }

    void saysThatTheFileIsReadOnly()
    {
        openAndClose();
        RecordStore *late = nullptr;
        std::unique_ptr<RecordStore> records;
        {
            const BrokenDisk broken(BrokenDisk::Fault::ReadOnly);
            records = std::make_unique<RecordStore>(m_options, m_clock);
            late = records.get();
            late->record(sharedOutcome(1));
            QTRY_COMPARE(late->status().problem, u"The records file cannot be written."_s);
            QVERIFY(!late->status().recording);
        }
        QTRY_COMPARE(late->status().written, std::uint64_t(1));
    }

    void saysThatTheFolderCannotBeMade()
    {
        QFile file(m_folder->filePath(u"data"_s)); // where the folder should be
        QVERIFY(file.open(QIODevice::WriteOnly));
        RecordStore records(m_options, m_clock);
        records.record(sharedOutcome(1));
        QTRY_COMPARE(records.status().problem, u"The records file cannot be written."_s);
        QVERIFY(file.remove());
        QTRY_COMPARE(records.status().written, std::uint64_t(1));
    }

    void refusesALinkInPlaceOfTheFile()
    {
        QVERIFY(QDir().mkpath(m_folder->filePath(u"data"_s)));
        QFile target(m_folder->filePath(u"elsewhere"_s));
        QVERIFY(target.open(QIODevice::WriteOnly));
        QVERIFY(target.link(m_options.path));
        RecordStore records(m_options, m_clock);
        QTRY_COMPARE(records.status().problem, u"The records file cannot be written."_s);
        QCOMPARE(target.size(), 0);
    }

    void waitsForSomebodyElsesLock()
    {
        RecordStore records(m_options, m_clock);
        QTRY_VERIFY(records.status().recording);
        auto other = Database::open(m_options.path, Database::Access::ReadWrite, 1s);
        QVERIFY(other);
        QVERIFY(other->execute("BEGIN IMMEDIATE"));
        records.record(sharedOutcome(1));
        QTRY_COMPARE(records.status().problem, u"Another program holds the records file."_s);
        QCOMPARE(records.status().written, std::uint64_t(0));
        QVERIFY(other->execute("ROLLBACK"));
        QTRY_COMPARE(records.status().written, std::uint64_t(1));
        QVERIFY(records.status().recording);
    }

    void setsADamagedFileAside_data()
    {
        QTest::addColumn<qint64>("offset");
        QTest::newRow("no database") << qint64(0);
        QTest::newRow("damaged inside") << qint64(4'096);
    }

    void setsADamagedFileAside()
    {
        QFETCH(qint64, offset);
        fill(2'000);
        damage(offset);
        RecordStore records(m_options, m_clock);
        records.record(sharedOutcome(5'000));
        QTRY_COMPARE(records.status().written, std::uint64_t(1));
        QTRY_VERIFY(records.status().notice.contains(u"records.db.corrupt-20261124T010000Z"_s));
        QVERIFY(records.status().recording);
        QVERIFY(!records.status().notice.contains(m_folder->path()));
        records.stop(10s);
        QCOMPARE(stored(), 1);
        QVERIFY(QFileInfo(m_options.path % u".corrupt-20261124T010000Z"_s).size() > 100'000);
    }

    void findsDamageThatWritingDoesNotTouch()
    {
        fill(2'000);
        // The middle of the file: pages of old requests.
        damage(QFileInfo(m_options.path).size() / 8 * 4'096 / 4'096);
        RecordStore records(m_options, m_clock);
        QTRY_VERIFY(records.status().notice.contains(u".corrupt-"_s));
        QTRY_VERIFY(records.status().recording);
    }

    void setsSeveralAsideUnderNamesOfTheirOwn()
    {
        for (int round = 0; round < 3; ++round) {
            fill(200);
            damage(0);
        }
        openAndClose();
        const QFileInfo info(m_options.path);
        QCOMPARE(info.dir().entryList({u"records.db.corrupt-*Z*"_s}).size(), 3);
    }

    void leavesTheFileOfANewerProgramAlone()
    {
        openAndClose();
        {
            auto database = openRecordFile(m_options.path, 1s);
            QVERIFY(database);
            QVERIFY(database->execute("PRAGMA user_version = 99"));
        }
        RecordStore records(m_options, m_clock);
        QTRY_COMPARE(
            records.status().problem,
            u"A newer version of FreeRelay has written the records file."_s);
        QVERIFY(!records.status().recording);
        records.stop(1ms);
        const auto database = Database::open(m_options.path, Database::Access::ReadOnly, 1s);
        QVERIFY(database);
    }

private:
    void openAndClose() { RecordStore(m_options, m_clock).stop(10s); }

    void fill(int count)
    {
        RecordStore records(m_options, m_clock);
        for (int i = 1; i <= count; ++i) {
            records.record(sharedOutcome(i));
        }
        records.stop(10s);
        QCOMPARE(records.status().written, std::uint64_t(count));
    }

    void damage(qint64 offset)
    {
        QFile file(m_options.path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(offset));
        QVERIFY(file.write(QByteArray(16'384, '\x5a')) > 0);
    }

    qint64 stored()
    {
        auto database = openRecordFile(m_options.path, 1s);
        return database ? database->integer("SELECT count(*) FROM requests").value_or(-1) : -1;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    StoreOptions m_options;
    ManualClock m_clock;
    std::atomic<int> m_changes{0};
};

QTEST_GUILESS_MAIN(TestRecordStoreFaults)
#include "tst_record_store_faults.moc"
