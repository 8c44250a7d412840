#include "tests/unit/store/audit_samples.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::store;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;

namespace {

/// FREERELAY_KILL_ROUNDS asks for more.
constexpr int usualRounds = 30;
/// Answers that are read before it is killed, at most.
constexpr int mostAnswers = 40;
/// And then at most so long again.
constexpr int mostMicroseconds = 20'000;

} // namespace

/// The program may end at any moment, while it writes, begins a segment or recovers.
class TestAuditKill final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void losesNothingThatWasConfirmedAndStaysIntact()
    {
        const QTemporaryDir home;
        const QString folder = home.filePath(u"audit"_s);
        QRandomGenerator random(20'261'124);
        const int rounds = std::max(
            qEnvironmentVariableIntValue("FREERELAY_KILL_ROUNDS"), usualRounds);
        qint64 confirmed = 0;
        for (int round = 0; round < rounds; ++round) {
            confirmed += killOne(folder, random);
            if (segmentNumbers(folder).empty()) {
                QCOMPARE(confirmed, 0); // killed before it made the first one
                continue;
            }
            const auto report = verifyAudit({folder, {}, {}, false, {}});
            QVERIFY(report);
            QVERIFY2(
                !report->finding,
                qPrintable(
                    report->finding ? u"round %1: %2"_s.arg(round).arg(report->finding->sentence)
                                    : QString()));
            QVERIFY(report->requests >= std::uint64_t(confirmed));
            confirmed = qint64(report->requests);
        }
        QVERIFY(confirmed > rounds);
        QVERIFY(segmentNumbers(folder).size() > 1);
        qInfo("%lld records in %zu segments", confirmed, segmentNumbers(folder).size());
    }

private:
    /// @return how many it told to be on the disk
    static qint64 killOne(const QString &folder, QRandomGenerator &random)
    {
        QProcess victim;
        victim.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        victim.start(QStringLiteral(AUDIT_VICTIM), {folder});
        if (!victim.waitForStarted()) {
            QTest::qFail("the victim does not start", __FILE__, __LINE__);
            return 0;
        }
        const int answers = random.bounded(mostAnswers + 1);
        QByteArray told;
        while (told.count('\n') < answers) {
            if (!victim.waitForReadyRead()) {
                QTest::qFail("the victim ended by itself", __FILE__, __LINE__);
                return 0;
            }
            told += victim.readAllStandardOutput();
        }
        const auto end = std::chrono::steady_clock::now()
            + std::chrono::microseconds(random.bounded(mostMicroseconds));
        while (std::chrono::steady_clock::now() < end) { }
        victim.kill();
        victim.waitForFinished();
        told += victim.readAllStandardOutput();
        return told.count('\n');
    }
};

QTEST_GUILESS_MAIN(TestAuditKill)
#include "tst_audit_kill.moc"
