#include "core/store/record_file.h"

#include <QFileInfo>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::store;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

/// FREERELAY_KILL_ROUNDS asks for more.
constexpr int usualRounds = 50;
/// Batches that are told before it is killed, at most; 0 = while it starts.
constexpr int mostBatches = 6;
/// And then at most so long again: several times what a batch takes, so that no part of it is
/// spared.
constexpr int mostMicroseconds = 20'000;

/// One short integer test in the file.
struct Invariant
{
    const char *name;
    QByteArray sql;
};

QByteArray sameSum(const QByteArray &column, const QByteArray &truth)
{
    return "SELECT count(*) FROM (SELECT span_s, sum(" + column
        + ") AS total FROM totals GROUP BY span_s) WHERE total <> (" + truth + ')';
}

} // namespace

/// The program may end at any moment, by the hand of anybody.
class TestRecordStoreKill final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void losesNothingThatWasWritten()
    {
        const QTemporaryDir folder;
        m_path = folder.filePath(u"data/records.db"_s);
        const int asked = qEnvironmentVariableIntValue("FREERELAY_KILL_ROUNDS");
        const int rounds = std::max(asked, usualRounds);
        QRandomGenerator random(20'261'124);
        for (int round = 1; round <= rounds; ++round) {
            const QByteArray prefix = 'k' + QByteArray::number(round) + '_';
            const qint64 told = killOne(prefix, random);
            if (QTest::currentTestFailed()) {
                return;
            }
            checkRound(prefix, told);
            if (QTest::currentTestFailed()) {
                qWarning("round %d", round);
                return;
            }
        }
        QVERIFY(integer("SELECT count(*) FROM requests") > rounds); // it was killed at work
    }

private:
    /// @return how many requests it told to have written
    qint64 killOne(const QByteArray &prefix, QRandomGenerator &random)
    {
        QProcess victim;
        victim.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        victim.start(QStringLiteral(STORE_VICTIM), {m_path, QString::fromLatin1(prefix)});
        if (!victim.waitForStarted()) {
            QTest::qFail("the victim does not start", __FILE__, __LINE__);
            return 0;
        }
        const int batches = random.bounded(mostBatches + 1);
        for (int seen = 0; seen < batches;) {
            if (!victim.canReadLine() && !victim.waitForReadyRead()) {
                QTest::qFail("the victim ended by itself", __FILE__, __LINE__);
                return 0;
            }
            while (victim.canReadLine()) {
                m_line = victim.readLine();
                ++seen;
            }
        }
        const auto end = std::chrono::steady_clock::now()
            + std::chrono::microseconds(random.bounded(mostMicroseconds));
        while (std::chrono::steady_clock::now() < end) { }
        victim.kill();
        victim.waitForFinished();
        QByteArray last = batches > 0 ? std::exchange(m_line, {}) : QByteArray();
        while (victim.canReadLine()) {
            last = victim.readLine();
        }
        return last.trimmed().toLongLong();
    }

    void checkRound(const QByteArray &prefix, qint64 told)
    {
        if (!QFileInfo::exists(m_path)) {
            QCOMPARE(told, 0); // killed before it made the file
            return;
        }
        auto database = openRecordFile(m_path, 5s);
        QVERIFY2(database, qPrintable(database ? QString() : database.error().detail));
        auto check = database->prepare("PRAGMA integrity_check");
        QVERIFY(check && check->step().value_or(false));
        QCOMPARE(check->text(0), "ok"_ba);
        check = Statement();

        const QByteArray ours = " FROM requests WHERE request_id LIKE '" + prefix + "%'";
        const qint64 count = integerOf(*database, "SELECT count(*)" + ours);
        // What it told is there, and it is the beginning of what it recorded: only the end is lost.
        QVERIFY2(count >= told, qPrintable(u"%1 of %2"_s.arg(count).arg(told)));
        const QByteArray number = "CAST(substr(request_id, " + QByteArray::number(prefix.size() + 1)
            + ") AS INTEGER)";
        QCOMPARE(integerOf(*database, "SELECT coalesce(max(" + number + "), 0)" + ours), count);
        QCOMPARE(integerOf(*database, "SELECT count(DISTINCT " + number + ")" + ours), count);
        for (const Invariant &invariant : invariants()) {
            QVERIFY2(database->integer(invariant.sql).value_or(-1) == 0, invariant.name);
        }
    }

    static QList<Invariant> invariants()
    {
        return {
            {"requests", sameSum("requests", "SELECT count(*) FROM requests")},
            {"failed", sameSum("failed", "SELECT sum(failed) FROM requests")},
            {"tokens", sameSum("prompt_tokens", "SELECT sum(prompt_tokens) FROM requests")},
            {"attempts", sameSum("attempts", "SELECT count(*) FROM attempts")},
            {"durations", sameSum("duration_us", "SELECT sum(duration_us) FROM requests")},
            {"attempts of nobody",
             "SELECT count(*) FROM attempts WHERE request NOT IN (SELECT id FROM requests)"},
            {"attempt counts",
             "SELECT (SELECT sum(attempts) FROM requests) <> (SELECT count(*) FROM attempts)"},
            {"amendments of nobody",
             "SELECT count(*) FROM amendments WHERE request NOT IN (SELECT id FROM requests)"
             " OR other NOT IN (SELECT id FROM requests)"},
            {"amendment marks",
             "SELECT (SELECT coalesce(sum(client_retried), 0) FROM requests)"
             " <> (SELECT count(*) FROM amendments)"},
            {"histograms", "SELECT count(*) FROM totals WHERE ttft_b0 <> ttft_count"},
            {"decisions of nobody",
             "SELECT count(*) FROM requests WHERE decision_set NOT IN"
             " (SELECT decision_set FROM decision_candidates)"}};
    }

    static qint64 integerOf(Database &database, const QByteArray &sql)
    {
        return database.integer(sql).value_or(-1);
    }

    qint64 integer(const QByteArray &sql)
    {
        auto database = openRecordFile(m_path, 5s);
        return database ? database->integer(sql).value_or(-1) : -1;
    }

    QString m_path;
    QByteArray m_line;
};

QTEST_GUILESS_MAIN(TestRecordStoreKill)
#include "tst_record_store_kill.moc"
