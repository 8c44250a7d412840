#include "core/store/record_file.h"
#include "core/store/record_reader.h"
#include "core/store/schema.h"
#include "tests/support/sample_outcome.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::store;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

class TestRecordSchema final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(u"records.db"_s);
    }

    void isWhatItsNewestFileSays()
    {
        // A released step must not change any more: the file of each version has its tables.
        const QString newest
            = QStringLiteral(FREERELAY_TEST_DATA "/store/v%1.db").arg(migrations().back().version);
        QVERIFY2(QFileInfo::exists(newest), "a new version needs its file in tests/data/store");
        QVERIFY(QFile::copy(newest, m_path));
        const QByteArray old = tablesOf(m_path);
        const QString fresh = m_folder->filePath(u"fresh.db"_s);
        QVERIFY(openRecordFile(fresh, 1s));
        QVERIFY(!old.isEmpty());
        QCOMPARE(tablesOf(fresh), old);
    }

    void bringsEveryReleasedVersionToTheNewest_data()
    {
        QTest::addColumn<QString>("file");
        const QDir folder(QStringLiteral(FREERELAY_TEST_DATA "/store"));
        for (const QFileInfo &info : folder.entryInfoList({u"v*.db"_s}, QDir::Files)) {
            QTest::newRow(qPrintable(info.fileName())) << info.filePath();
        }
    }

    void bringsEveryReleasedVersionToTheNewest()
    {
        QFETCH(QString, file);
        QVERIFY(QFile::copy(file, m_path));
        {
            auto database = openRecordFile(m_path, 1s);
            QVERIFY2(database, qPrintable(database ? QString() : database.error().detail));
            QCOMPARE(
                database->integer("PRAGMA user_version").value_or(-1),
                qint64(migrations().back().version));
            auto check = database->prepare("PRAGMA integrity_check");
            QVERIFY(check && check->step().value_or(false));
            QCOMPARE(check->text(0), "ok"_ba);
        }
        QCOMPARE(
            QFileInfo(m_path).permissions() & ~(QFile::ReadUser | QFile::WriteUser),
            QFile::ReadOwner | QFile::WriteOwner);
        // The samples that store_victim wrote are there, with everything.
        RecordReader reader(m_path);
        const auto page = reader.requests({}, 1'000);
        QVERIFY(page);
        QCOMPARE(page->requests.size(), std::size_t(60));
        const auto one = reader.request("fixture_7");
        QVERIFY(one);
        QCOMPARE(one->outcome.error, anOutcome(7).error);
        QCOMPARE(one->outcome.attempts.size(), std::size_t(2));
        QCOMPARE(one->outcome.decision->candidates->size(), std::size_t(4));
        // Of what an older version did not record nothing is known, and nothing invented.
        const bool knowsPrograms = QFileInfo(file).baseName() >= "v4"_L1;
        QCOMPARE(one->outcome.process, knowsPrograms ? "curl"_ba : ""_ba);
        const auto paid = reader.request("fixture_1");
        QVERIFY(paid);
        QCOMPARE(
            paid->outcome.cost,
            knowsPrograms ? std::optional(common::MicroUsd{1'500}) : std::nullopt);
        const auto totals = reader.totals({sampleDay, sampleDay + 24h, TotalsBy::Nothing, daySpan});
        QVERIFY(totals);
        QCOMPARE(totals->front().totals.requests, 60);
        // What an older version did not count is unknown, not invented.
        const auto latencies = reader.totals(
            {sampleDay, sampleDay + 24h, TotalsBy::Nothing, daySpan, true});
        QVERIFY(latencies);
        const std::int64_t counted = file.endsWith("v1.db"_L1) ? 0
                                                               : totals->front().totals.ttftCount;
        QCOMPARE(latencies->front().totals.ttfts.count(), counted);
        const bool countsRepeats = !file.endsWith("v1.db"_L1) && !file.endsWith("v2.db"_L1);
        QCOMPARE(latencies->front().totals.retried, countsRepeats ? 6 : 0);
    }

    void copiesTheFileBeforeItChangesIt()
    {
        fill();
        const std::vector<Migration> steps = withStep("ALTER TABLE runs ADD COLUMN note TEXT");
        {
            auto database = Database::open(m_path, Database::Access::ReadWrite, 1s);
            QVERIFY(database);
            const auto from = migrate(*database, m_path, steps);
            QVERIFY(from);
            QCOMPARE(*from, migrations().back().version);
            QVERIFY(database->integer("SELECT count(note) FROM runs"));
        }
        const QString copy = m_path % u".before-v%1"_s.arg(steps.back().version);
        QCOMPARE(
            QFileInfo(copy).permissions() & ~(QFile::ReadUser | QFile::WriteUser),
            QFile::ReadOwner | QFile::WriteOwner);
        auto old = Database::open(copy, Database::Access::ReadOnly, 1s);
        QVERIFY(old);
        QCOMPARE(
            old->integer("PRAGMA user_version").value_or(-1), qint64(migrations().back().version));
        QCOMPARE(old->integer("SELECT count(*) FROM requests").value_or(-1), 1);
    }

    void changesNothingWhenAStepFails()
    {
        fill();
        std::vector<Migration> steps = withStep("ALTER TABLE runs ADD COLUMN note TEXT");
        steps.push_back({steps.back().version + 1, "ALTER TABLE nowhere ADD COLUMN note TEXT"});
        auto database = Database::open(m_path, Database::Access::ReadWrite, 1s);
        QVERIFY(database);
        QVERIFY(!migrate(*database, m_path, steps));
        QCOMPARE(
            database->integer("PRAGMA user_version").value_or(-1),
            qint64(migrations().back().version));
        QVERIFY(!database->integer("SELECT count(note) FROM runs"));
    }

    void keepsTheTwoNewestCopies()
    {
        fill();
        std::vector<Migration> steps = withStep("SELECT 1");
        auto database = Database::open(m_path, Database::Access::ReadWrite, 1s);
        QVERIFY(database);
        for (int i = 0; i < 4; ++i) {
            QVERIFY(migrate(*database, m_path, steps));
            steps.push_back({steps.back().version + 1, "SELECT 1"});
        }
        QCOMPARE(QDir(m_folder->path()).entryList({u"*.before-v*"_s}).size(), 2);
    }

    void copiesNothingOfAFreshFile()
    {
        QVERIFY(openRecordFile(m_path, 1s));
        QVERIFY(QDir(m_folder->path()).entryList({u"*.before-v*"_s}).isEmpty());
    }

private:
    void fill()
    {
        auto database = openRecordFile(m_path, 1s);
        QVERIFY(database);
        QVERIFY(database->execute("INSERT INTO runs(started_us, version) VALUES(1, 'x')"));
        QVERIFY(database->execute(
            "INSERT INTO requests(request_id, run, time_us, app, app_version, asked_model,"
            " provider, model, key_fingerprint, tier, paid, status, stream, broken_stream, failed,"
            " error_class, error, finish_reason, retry_cause, attempts, duration_us, parse_ns)"
            " VALUES('r', 1, 1, '', '', '', '', '', '', '', 0, 200, 0, 0, 0, '', '', '', '', 0,"
            " 1, 1)"));
    }

    static std::vector<Migration> withStep(const char *sql)
    {
        std::vector<Migration> steps(migrations().begin(), migrations().end());
        steps.push_back({steps.back().version + 1, sql});
        return steps;
    }

    /// The schema as text.
    static QByteArray tablesOf(const QString &path)
    {
        auto database = Database::open(path, Database::Access::ReadOnly, 1s);
        if (!database) {
            return {};
        }
        auto statement = database->prepare(
            "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)");
        return statement && statement->step().value_or(false) ? statement->text(0) : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestRecordSchema)
#include "tst_record_schema.moc"
