#include "core/store/record_file.h"
#include "core/store/record_reader.h"
#include "core/store/record_writer.h"
#include "core/store/salvage.h"
#include "tests/support/sample_outcome.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::store;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int sampleCount = 5'000;

} // namespace

class TestSalvage final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_present = m_folder->filePath(u"records.db"_s);
        m_damaged = m_folder->filePath(u"records.db.corrupt-20261124T000000Z"_s);
    }

    void bringsEverythingOfAFileThatIsWhole()
    {
        write(m_damaged, 1, sampleCount);
        write(m_present, sampleCount + 1, 100);
        QCOMPARE(filesSetAside(m_present), QStringList{m_damaged});
        const auto report = salvage(m_damaged, m_present);
        QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
        QCOMPARE(report->requests, sampleCount);
        QCOMPARE(report->known, 0);
        QCOMPARE(report->lost, 0);
        QVERIFY(!report->gaps);
        checkPresent(sampleCount + 100);
        QCOMPARE(integer("SELECT sum(requests) FROM totals WHERE span_s = 86400"), 5'100);
        QCOMPARE(integer("SELECT count(*) FROM runs"), 2);
        QCOMPARE(integer("SELECT count(*) FROM amendments"), 510);
        RecordReader reader(m_present);
        const auto old = reader.request("req_4200");
        QVERIFY(old);
        QCOMPARE(old->outcome.error, anOutcome(4'200).error);
        QCOMPARE(old->outcome.attempts.size(), std::size_t(2));
        QCOMPARE(old->outcome.decision->candidates->size(), std::size_t(4));
        const auto said = reader.request("req_9");
        QVERIFY(said);
        QCOMPARE(said->amendments.front().otherRequestId, "req_10"_ba);
    }

    void countsNothingTwice()
    {
        write(m_damaged, 1, 100);
        write(m_present, 51, 100);
        const auto report = salvage(m_damaged, m_present);
        QVERIFY(report);
        QCOMPARE(report->requests, 50);
        QCOMPARE(report->known, 50);
        checkPresent(150);
        // It is done with, and its log as well.
        QVERIFY(filesSetAside(m_present).isEmpty());
        QVERIFY(!QFile::exists(m_damaged));
        QVERIFY(QFile::exists(m_damaged % u".recovered"_s));
    }

    void readsAroundDamagedPages_data()
    {
        QTest::addColumn<int>("holes");
        QTest::newRow("one") << 1;
        QTest::newRow("three") << 3;
        QTest::newRow("twelve") << 12;
    }

    void readsAroundDamagedPages()
    {
        QFETCH(int, holes);
        write(m_damaged, 1, sampleCount);
        constexpr qint64 page = 4'096;
        QFile file(m_damaged);
        QVERIFY(file.open(QIODevice::ReadWrite));
        const qint64 pages = file.size() / page;
        for (int hole = 1; hole <= holes; ++hole) {
            QVERIFY(file.seek(pages * hole / (holes + 1) * page));
            QCOMPARE(file.write(QByteArray(page, '\xff')), page);
        }
        file.close();
        const auto report = salvage(m_damaged, m_present);
        QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
        // A page holds some ten requests.
        QVERIFY2(
            report->requests >= sampleCount - holes * 60,
            qPrintable(QString::number(report->requests)));
        checkPresent(report->requests);
    }

    void readsUpToWhereAFileWasCut()
    {
        write(m_damaged, 1, sampleCount);
        QFile file(m_damaged);
        QVERIFY(file.resize(file.size() / 2));
        const auto report = salvage(m_damaged, m_present);
        QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
        QVERIFY(report->requests > 0);
        QVERIFY(report->gaps);
        checkPresent(report->requests);
    }

    void takesAFileOfAnOlderVersion()
    {
        QVERIFY(QFile::copy(QStringLiteral(FREERELAY_TEST_DATA "/store/v1.db"), m_damaged));
        const auto report = salvage(m_damaged, m_present);
        QVERIFY(report);
        QCOMPARE(report->requests, 60);
        QVERIFY(!report->gaps);
        checkPresent(60);
    }

    void saysWhenNothingCanBeRead()
    {
        QFile file(m_damaged);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(20'000, 'x'));
        file.close();
        const auto report = salvage(m_damaged, m_present);
        QVERIFY(!report);
        QVERIFY(report.error().kind == common::ErrorKind::ProtocolError);
        QVERIFY(QFile::exists(m_damaged));
    }

    void leavesLogsAndWhatIsDoneWithAlone()
    {
        for (const auto &name :
             {u".corrupt-1-wal"_s,
              u".corrupt-1-shm"_s,
              u".corrupt-0.recovered"_s,
              u".corrupt-1"_s}) {
            QFile file(m_present % name);
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        QCOMPARE(filesSetAside(m_present), QStringList{m_present % u".corrupt-1"_s});
    }

private:
    static void write(const QString &path, int first, int count)
    {
        auto database = openRecordFile(path, 1s);
        QVERIFY(database);
        auto writer = RecordWriter::create(*database, sampleDay);
        QVERIFY(writer);
        std::vector<std::shared_ptr<const relay::Outcome>> batch;
        for (int i = first; i < first + count; ++i) {
            batch.push_back(sharedOutcome(i));
        }
        QVERIFY((*writer)->write(batch));
    }

    void checkPresent(qint64 requests)
    {
        QCOMPARE(integer("SELECT count(*) FROM requests"), requests);
        QCOMPARE(integer("SELECT count(DISTINCT request_id) FROM requests"), requests);
        QCOMPARE(
            integer("SELECT count(*) FROM attempts WHERE request NOT IN (SELECT id FROM requests)"),
            0);
        QCOMPARE(
            integer("SELECT count(*) FROM requests WHERE run NOT IN (SELECT id FROM runs)"), 0);
        QCOMPARE(
            integer("SELECT count(*) FROM requests WHERE decision_set NOT IN"
                    " (SELECT decision_set FROM decision_candidates)"),
            0);
        QCOMPARE(
            integer("SELECT count(*) FROM amendments WHERE request NOT IN"
                    " (SELECT id FROM requests)"),
            0);
    }

    qint64 integer(const QByteArray &sql)
    {
        auto database = Database::open(m_present, Database::Access::ReadOnly, 1s);
        return database ? database->integer(sql).value_or(-1) : -1;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_present;
    QString m_damaged;
};

QTEST_GUILESS_MAIN(TestSalvage)
#include "tst_salvage.moc"
