#include "core/store/record_check.h"
#include "core/store/record_file.h"
#include "core/store/record_writer.h"
#include "core/store/schema.h"
#include "tests/support/sample_outcome.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::store;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

class TestRecordCheck final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(u"records.db"_s);
    }

    void tellsHowAGoodFileStands()
    {
        {
            auto database = openRecordFile(m_path, 1s);
            QVERIFY(database);
            const auto fresh = checkRecordFile(m_path);
            QVERIFY(fresh && !fresh->newest);
            auto writer = RecordWriter::create(*database, sampleDay);
            QVERIFY(writer);
            const std::vector batch{sharedOutcome(1), sharedOutcome(2)};
            QVERIFY((*writer)->write(batch));
            // While somebody writes as well.
            QVERIFY(checkRecordFile(m_path));
        }
        const auto state = checkRecordFile(m_path);
        QVERIFY(state);
        QCOMPARE(state->version, migrations().back().version);
        QCOMPARE(state->newestVersion, state->version);
        QCOMPARE(state->requests, 2);
        QVERIFY(state->newest == sampleDay + 2s);
        QVERIFY(state->bytes > 4'096);
        QCOMPARE(state->damage, QByteArray());
    }

    void knowsAnOlderVersion()
    {
        QVERIFY(QFile::copy(QStringLiteral(FREERELAY_TEST_DATA "/store/v1.db"), m_path));
        const auto state = checkRecordFile(m_path);
        QVERIFY(state);
        QCOMPARE(state->version, 1);
        QCOMPARE(state->requests, 60);
    }

    void findsDamage()
    {
        {
            auto database = openRecordFile(m_path, 1s);
            QVERIFY(database);
            auto writer = RecordWriter::create(*database, sampleDay);
            QVERIFY(writer);
            std::vector<std::shared_ptr<const relay::Outcome>> batch;
            for (int i = 1; i <= 500; ++i) {
                batch.push_back(sharedOutcome(i));
            }
            QVERIFY((*writer)->write(batch));
        }
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(file.size() / 2));
        QCOMPARE(file.write(QByteArray(8'192, 'x')), 8'192);
        file.close();
        const auto state = checkRecordFile(m_path);
        QVERIFY(state);
        QVERIFY(!state->damage.isEmpty());
    }

    void saysWhatIsNoRecord()
    {
        QVERIFY(checkRecordFile(m_path).error().kind == common::ErrorKind::NotFound);
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(10'000, 'x'));
        file.close();
        QVERIFY(checkRecordFile(m_path).error().kind == common::ErrorKind::ProtocolError);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestRecordCheck)
#include "tst_record_check.moc"
