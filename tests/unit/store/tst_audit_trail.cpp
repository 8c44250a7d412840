#include "core/store/audit/audit_checkpoint.h"
#include "core/store/audit/audit_trail.h"
#include "tests/unit/store/audit_samples.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>

using namespace freerelay;
using namespace freerelay::store;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// No file may grow beyond so many bytes, as on a full disk, for as long as this lives.
class FullDisk
{
public:
    explicit FullDisk(rlim_t bytes)
    {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit now = m_before;
        now.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    FullDisk(const FullDisk &) = delete;
    FullDisk &operator=(const FullDisk &) = delete;

private:
    rlimit m_before{};
};

} // namespace

/// The trail as its thread keeps it, through good and bad times.
class TestAuditTrail final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(common::initialiseCrypto());
        std::signal(SIGXFSZ, SIG_IGN);
    }

    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void touchesNothingBeforeItIsTurnedOn()
    {
        AuditTrail trail(options(), m_clock);
        trail.stop(5s);
        QVERIFY(!QFileInfo::exists(folder()));
        QVERIFY(!trail.status().recording);
        QCOMPARE(trail.status().problem, QString());
    }

    void writesWhatItIsGivenForItsOwnerAlone()
    {
        AuditTrail trail(options(), m_clock);
        trail.setTerms(signedTerms());
        for (int i = 0; i < 30; ++i) {
            trail.audit(auditEntry(i, m_rules), {});
        }
        QTRY_COMPARE(trail.status().written, std::uint64_t(30));
        QVERIFY(trail.status().recording);
        trail.stop(5s);
        const AuditReport report = verified();
        QCOMPARE(report.requests, std::uint64_t(30));
        QCOMPARE(report.signedUpTo, report.head.n - 1);
        QCOMPARE(kinds().first(), "segment"_ba);
        QCOMPARE(kinds().last(), "head"_ba);
        QCOMPARE(kinds()[kinds().size() - 2], "stop"_ba);
        constexpr auto all = QFile::ReadUser | QFile::WriteUser | QFile::ExeUser;
        const auto file = QFileInfo(folder() + u"/audit-000001.jsonl"_s).permissions();
        QCOMPARE(file & ~all, QFile::ReadOwner | QFile::WriteOwner);
        QCOMPARE(
            QFileInfo(folder()).permissions() & ~all,
            QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    void recordsWhatARequestWas()
    {
        run(standardTerms(), {14, 15});
        const QJsonObject failed = record("request"_ba, 0);
        QCOMPARE(failed["request_id"_L1].toString(), u"req_14"_s);
        QCOMPARE(failed["status"_L1].toInt(), 503);
        QCOMPARE(failed["attempts"_L1].toArray().size(), 2);
        QCOMPARE(failed["attempts"_L1][0]["failure"_L1].toString(), u"overloaded"_s);
        QCOMPARE(failed["attempts"_L1][0]["key"_L1].toString(), u"k1"_s);
        QVERIFY(!failed.contains("provider"_L1));
        QVERIFY(!failed.contains("error"_L1)); // a provider's sentence may quote a prompt

        const QJsonObject answered = record("request"_ba, 1);
        QCOMPARE(answered["provider"_L1].toString(), u"groq"_s);
        QCOMPARE(answered["app"_L1].toString(), u"curl"_s);
        QCOMPARE(answered["asked_model"_L1].toString(), u"freerelay-auto"_s);
        QCOMPARE(answered["time"_L1].toString(), u"2026-11-24T00:00:15.000000Z"_s);
        const relay::AuditEntry entry = auditEntry(15, m_rules);
        QCOMPARE(answered["prompt"_L1].toString().toLatin1(), entry.promptHash.toHex());
        QCOMPARE(answered["response"_L1].toString().toLatin1(), entry.responseHash.toHex());
        QCOMPARE(
            answered["decision"_L1].toString().toLatin1(),
            common::Sha256::of(canonicalDecision(*entry.outcome->decision)).toHex());
    }

    void hidesAKeyInThePlaceOfAModel()
    {
        relay::Outcome outcome = anOutcome(1);
        outcome.askedModel = "my/sk-abcdefghijklmnop";
        DecisionHasher hasher;
        relay::AuditEntry entry = auditEntry(1, m_rules);
        entry.outcome = std::make_shared<const relay::Outcome>(outcome);
        const QByteArray json = requestRecord(entry, hasher).toJson();
        QVERIFY(!json.contains("abcdefgh"));
        QVERIFY(json.contains("my/[redacted]"));
    }

    void theChainGoesOnOverRunsAndSegments()
    {
        AuditOptions small = options();
        small.place.maxSegmentBytes = 6'000;
        for (int number = 0; number < 3; ++number) {
            AuditTrail trail(small, m_clock);
            trail.setTerms(signedTerms());
            for (int i = 0; i < 20; ++i) {
                trail.audit(auditEntry(i, m_rules), {});
                QTRY_COMPARE(trail.status().written, std::uint64_t(i + 1));
            }
            trail.stop(5s);
        }
        const AuditReport report = verified();
        QCOMPARE(report.requests, std::uint64_t(60));
        QVERIFY(segmentNumbers(folder()).size() > 3);
        QCOMPARE(kinds().count("stop"_ba), 3);
        QCOMPARE(report.publicKeys.size(), 1);
    }

    void aHeadComesAfterAWhileToo()
    {
        AuditOptions often = options();
        often.idle = 1ms;
        AuditTrail trail(often, m_clock);
        trail.setTerms(signedTerms());
        trail.audit(auditEntry(1, m_rules), {});
        QTRY_COMPARE(trail.status().written, std::uint64_t(1));
        QCOMPARE(kinds().count("head"_ba), 1);
        m_clock.advance(often.headInterval);
        QTRY_COMPARE(kinds().count("head"_ba), 2);
        trail.stop(5s);
    }

    void saysThatItWasTurnedOffAndOnAgain()
    {
        AuditOptions quick = options();
        quick.idle = 1ms;
        AuditTrail trail(quick, m_clock);
        trail.setTerms(signedTerms());
        trail.audit(auditEntry(1, m_rules), {});
        QTRY_COMPARE(trail.status().written, std::uint64_t(1));
        trail.setTerms({});
        QTRY_VERIFY(!trail.status().recording);
        QCOMPARE(record("stop"_ba, 0)["why"_L1].toString(), u"off"_s);
        QCOMPARE(verified().signedUpTo, verified().head.n - 1);
        trail.setTerms(standardTerms());
        trail.audit(auditEntry(2, m_rules), {});
        QTRY_COMPARE(trail.status().written, std::uint64_t(2));
        trail.stop(5s);
        QCOMPARE(verified().requests, std::uint64_t(2));
        QCOMPARE(record("settings"_ba, 0)["mode"_L1].toString(), u"standard"_s);
    }

    void tellsWhoWaitsOnlyWhenItIsOnTheDisk()
    {
        AuditTrail trail(options(), m_clock);
        AuditTerms terms = standardTerms();
        terms.strict = true;
        trail.setTerms(terms);
        std::atomic<int> answer{-1};
        trail.audit(auditEntry(1, m_rules), [&](bool isWritten) {
            answer = isWritten && fileContent(segment(1)).contains("\"req_1\"") ? 1 : 0;
        });
        QTRY_COMPARE(answer.load(), 1);
    }

    void saysOfAFullDiskThatNothingIsAuditedAndGoesOnLater()
    {
        AuditOptions quick = options();
        quick.retry = 20ms;
        AuditTrail trail(quick, m_clock);
        trail.setTerms(standardTerms());
        trail.audit(auditEntry(1, m_rules), {});
        QTRY_COMPARE(trail.status().written, std::uint64_t(1));
        std::atomic<int> answer{-1};
        {
            // Room for a part of the next record: it is torn, and taken back.
            const FullDisk full(rlim_t(QFileInfo(segment(1)).size() + 100));
            trail.audit(auditEntry(2, m_rules), [&](bool isWritten) { answer = isWritten; });
            QTRY_COMPARE(answer.load(), 0);
            QTRY_VERIFY(trail.status().problem.contains(u"disk is full"));
            QVERIFY(!trail.status().recording);
            QVERIFY(fileContent(segment(1)).endsWith('\n'));
        }
        QTRY_COMPARE(trail.status().written, std::uint64_t(2));
        QTRY_VERIFY(trail.status().recording);
        trail.stop(5s);
        QCOMPARE(verified().requests, std::uint64_t(2));
        QVERIFY(record("request"_ba, 1)["withheld"_L1].toBool());
        QVERIFY(!record("request"_ba, 0).contains("withheld"_L1));
    }

    void countsWhatItCouldNotKeepAndTheTrailTellsIt()
    {
        AuditOptions tiny = options();
        tiny.queue.items = 4;
        tiny.retry = 20ms;
        QVERIFY(setFileContent(folder(), "in its place"));
        AuditTrail trail(tiny, m_clock);
        trail.setTerms(standardTerms());
        QTRY_VERIFY(!trail.status().problem.isEmpty());
        for (int i = 0; i < 40; ++i) {
            trail.audit(auditEntry(i, m_rules), {});
            QTRY_VERIFY(trail.status().queued <= 8);
        }
        QTRY_VERIFY(trail.status().dropped >= 30);
        QVERIFY(QFile::remove(folder()));
        QTRY_VERIFY(trail.status().recording);
        QTRY_COMPARE(trail.status().queued, std::uint64_t(0));
        const StoreStatus status = trail.status();
        trail.stop(5s);
        QCOMPARE(status.written + status.dropped, std::uint64_t(40));
        const AuditReport report = verified();
        QCOMPARE(report.dropped, status.dropped);
        QCOMPARE(report.requests, status.written);
        QCOMPARE(report.notes.size(), 1);
    }

    void setsATornLineAsideAndSaysSo()
    {
        run(standardTerms(), {1, 2, 3});
        const QByteArray content = fileContent(segment(1));
        const qsizetype cut = content.lastIndexOf("{\"hash\"") + 40;
        QVERIFY(setFileContent(segment(1), content.first(cut)));
        run(standardTerms(), {4});
        const AuditReport report = verified();
        QCOMPARE(report.requests, std::uint64_t(4));
        QCOMPARE(report.notes.size(), 1);
        const QJsonObject recovered = record("recovered"_ba, 0);
        QCOMPARE(recovered["torn_bytes"_L1].toInt(), 40);
        QCOMPARE(recovered["torn_lines"_L1].toInt(), 0);
        const QString aside = folder() + u'/' + recovered["file"_L1].toString();
        QCOMPARE(fileContent(aside), content.mid(cut - 40, 40));
        QCOMPARE(
            recovered["torn_sha256"_L1].toString().toLatin1(),
            common::Sha256::of(fileContent(aside)).toHex());
    }

    void aSegmentWithNothingButATornLineIsSetAside()
    {
        run(standardTerms(), {1, 2});
        QVERIFY(setFileContent(segment(2), "{\"hash\":\"12"));
        run(standardTerms(), {3});
        QCOMPARE(verified().requests, std::uint64_t(3));
        QCOMPARE(segmentNumbers(folder()), std::vector<int>{1});
        QVERIFY(QFileInfo::exists(folder() + u"/audit-000001.jsonl.torn-7"_s));
    }

    /// A crash leaves a part of a line; whole lines that do not fit are another matter.
    void doesNotHealATamperedEnd()
    {
        run(standardTerms(), {1, 2, 3});
        QByteArray content = fileContent(segment(1));
        const qsizetype at = content.lastIndexOf("\"kind\"");
        content.replace(at, 6, "\"Kind\"");
        QVERIFY(setFileContent(segment(1), content));
        run(standardTerms(), {4});
        const auto report = verifyAudit({folder(), {}, {}, false, {}});
        QVERIFY(report && report->finding);
        QCOMPARE(report->finding->kind, AuditFinding::Kind::Changed);
        QCOMPARE(kinds().count("recovered"_ba), 1);
    }

    /// What stands before whole lines is no unclean end.
    void aTornLineInTheMiddleIsNotHealed()
    {
        run(standardTerms(), {1, 2, 3});
        QByteArray content = fileContent(segment(1));
        const qsizetype at = content.indexOf("\"req_2\"");
        const qsizetype torn = content.lastIndexOf('\n', at) + 1;
        const qsizetype number = content.first(torn).count('\n') + 1;
        content.remove(at, content.indexOf('\n', at) - at);
        QVERIFY(setFileContent(segment(1), content));
        run(standardTerms(), {4});
        QVERIFY(fileContent(segment(1)).startsWith(content));
        QCOMPARE(kinds().count("recovered"_ba), 0);
        const auto report = verifyAudit({folder(), {}, {}, false, {}});
        QVERIFY(report && report->finding);
        QCOMPARE(report->finding->kind, AuditFinding::Kind::Changed);
        QCOMPARE(report->finding->record, std::uint64_t(number));
    }

    void allThatIsTornIsSetAside()
    {
        run(standardTerms(), {1, 2});
        const QByteArray torn = "{\"hash\":\"12\nrubbish\n{\"ha"_ba;
        const QByteArray whole = fileContent(segment(1));
        QVERIFY(setFileContent(segment(1), whole + torn));
        run(standardTerms(), {3});
        QVERIFY(fileContent(segment(1)).startsWith(QByteArray(whole + "{\"hash\":\"")));
        const QJsonObject recovered = record("recovered"_ba, 0);
        QCOMPARE(recovered["torn_lines"_L1].toInt(), 2);
        QCOMPARE(recovered["torn_bytes"_L1].toInt(), int(torn.size()));
        QCOMPARE(fileContent(folder() + u'/' + recovered["file"_L1].toString()), torn);
        const auto report = verifyAudit({folder(), {}, {}, false, {}});
        QVERIFY(report && report->finding); // whole lines: somebody else wrote them
    }

    void aFileThatOthersCouldReadIsClosedToThem()
    {
        run(standardTerms(), {1});
        const auto owner = QFile::ReadOwner | QFile::WriteOwner;
        QVERIFY(QFile::setPermissions(segment(1), owner | QFile::ReadGroup | QFile::ReadOther));
        run(standardTerms(), {2});
        constexpr auto all = QFile::ReadUser | QFile::WriteUser | QFile::ExeUser;
        QCOMPARE(QFileInfo(segment(1)).permissions() & ~all, owner);
    }

    void followsNoLink()
    {
        run(standardTerms(), {1});
        const QString elsewhere = m_folder->filePath(u"elsewhere"_s);
        QVERIFY(QFile::rename(segment(1), elsewhere));
        QVERIFY(QFile::link(elsewhere, segment(1)));
        const QByteArray content = fileContent(elsewhere);
        AuditTrail trail(options(), m_clock);
        trail.setTerms(standardTerms());
        std::atomic<int> answer{-1};
        trail.audit(auditEntry(2, m_rules), [&](bool isWritten) { answer = isWritten; });
        QTRY_COMPARE(answer.load(), 0);
        QVERIFY(!trail.status().recording);
        QVERIFY(!trail.status().problem.isEmpty());
        trail.stop(1ms);
        QCOMPARE(fileContent(elsewhere), content);
        QCOMPARE(trail.status().dropped, std::uint64_t(1));
    }

    void forWhomSomebodyWaitsItTriesAgainAtOnce()
    {
        AuditOptions patient = options();
        patient.retry = 1h;
        AuditTrail trail(patient, m_clock);
        AuditTerms terms = standardTerms();
        terms.strict = true;
        trail.setTerms(terms);
        trail.audit(auditEntry(1, m_rules), {});
        QTRY_COMPARE(trail.status().written, std::uint64_t(1));
        std::atomic<int> answer{-1};
        const auto told = [&](bool isWritten) { answer = isWritten; };
        {
            const FullDisk full(rlim_t(QFileInfo(segment(1)).size() + 100));
            trail.audit(auditEntry(2, m_rules), told);
            QTRY_COMPARE(answer.load(), 0);
        }
        answer = -1;
        trail.audit(auditEntry(3, m_rules), told);
        QTRY_COMPARE(answer.load(), 1); // long before the hour is over
        trail.stop(5s);
        QCOMPARE(verified().requests, std::uint64_t(3));
        QVERIFY(record("request"_ba, 1)["withheld"_L1].toBool());
        QVERIFY(!record("request"_ba, 2).contains("withheld"_L1));
    }

    void nobodyWaitsForWhatFindsNoRoom()
    {
        AuditOptions small = options();
        small.retry = 1h;
        small.queue.items = 2;
        AuditTrail trail(small, m_clock);
        AuditTerms terms = standardTerms();
        terms.strict = true;
        trail.setTerms(terms);
        trail.audit(auditEntry(1, m_rules), {});
        QTRY_COMPARE(trail.status().written, std::uint64_t(1));
        const FullDisk full(rlim_t(QFileInfo(segment(1)).size() + 100));
        for (int i = 2; i <= 5; ++i) {
            std::atomic<int> answer{-1};
            trail.audit(auditEntry(i, m_rules), [&](bool isWritten) { answer = isWritten; });
            QTRY_COMPARE(answer.load(), 0);
        }
        trail.stop(1ms);
    }

    void leavesAFileThatStandsInForItsOwnAlone()
    {
        AuditTrail trail(options(), m_clock);
        trail.setTerms(standardTerms());
        trail.audit(auditEntry(1, m_rules), {});
        QTRY_COMPARE(trail.status().written, std::uint64_t(1));
        const QString elsewhere = m_folder->filePath(u"elsewhere"_s);
        QVERIFY(QFile::rename(segment(1), elsewhere));
        QVERIFY(QFile::copy(elsewhere, segment(1))); // of the same size
        const QByteArray content = fileContent(segment(1));
        trail.audit(auditEntry(2, m_rules), {});
        QTRY_COMPARE(trail.status().written, std::uint64_t(2));
        trail.stop(5s);
        QCOMPARE(fileContent(elsewhere), content);
        QCOMPARE(fileContent(segment(1)), content);
        QVERIFY(QFileInfo::exists(segment(2)));
    }

    void onlyOneProgramWritesIt()
    {
        AuditTrail first(options(), m_clock);
        first.setTerms(standardTerms());
        first.audit(auditEntry(1, m_rules), {});
        QTRY_COMPARE(first.status().written, std::uint64_t(1));
        const auto second = AuditWriter::open(options().place, m_clock);
        QVERIFY(!second);
        QCOMPARE(second.error().kind, common::ErrorKind::Unavailable);
        first.stop(5s);
        QVERIFY(AuditWriter::open(options().place, m_clock));
    }

    void goesOnInANewSegmentWhenSomebodyRemovesItAndTheTrailShowsIt()
    {
        AuditOptions quick = options();
        AuditTrail trail(quick, m_clock);
        trail.setTerms(standardTerms());
        trail.audit(auditEntry(1, m_rules), {});
        QTRY_COMPARE(trail.status().written, std::uint64_t(1));
        QVERIFY(QDir(folder()).removeRecursively());
        trail.audit(auditEntry(2, m_rules), {});
        QTRY_COMPARE(trail.status().written, std::uint64_t(2));
        trail.stop(5s);
        const auto report = verifyAudit({folder(), {}, {}, false, {}});
        QVERIFY(report && report->finding);
        QCOMPARE(report->finding->kind, AuditFinding::Kind::Removed);
        QCOMPARE(report->finding->record, std::uint64_t(1));
    }

    void hashesTheSameDecisionTheSameWithAndWithoutMemory()
    {
        DecisionHasher hasher;
        for (int i = 0; i < 3; ++i) {
            const relay::RoutingDecision decision = *anOutcome(i).decision;
            const QByteArray wanted = common::Sha256::of(canonicalDecision(decision));
            QCOMPARE(hasher.hash(decision), wanted);
            QCOMPARE(hasher.hash(decision), wanted);
        }
        QVERIFY(QJsonDocument::fromJson(canonicalDecision(*anOutcome(1).decision)).isObject());
    }

private:
    [[nodiscard]] QString folder() const { return m_folder->filePath(u"data/audit"_s); }
    [[nodiscard]] QString segment(int number) const
    {
        return folder() + u'/' + segmentName(number);
    }
    [[nodiscard]] AuditOptions options() const
    {
        if (!QDir().mkpath(m_folder->filePath(u"data"_s))) {
            qFatal("no folder");
        }
        AuditOptions options;
        options.place.folder = folder();
        options.place.run = "run1";
        options.gather = 1ms;
        options.idle = 10ms;
        return options;
    }

    void run(const AuditTerms &terms, const QList<int> &entries)
    {
        AuditTrail trail(options(), m_clock);
        trail.setTerms(terms);
        for (const int i : entries) {
            trail.audit(auditEntry(i, m_rules), {});
        }
        trail.stop(5s);
        QCOMPARE(trail.status().written, std::uint64_t(entries.size()));
    }

    [[nodiscard]] AuditReport verified() const
    {
        const auto report = verifyAudit({folder(), {}, {}, false, {}});
        if (!report || report->finding) {
            QTest::qFail(
                qPrintable(report ? report->finding->sentence : report.error().message),
                __FILE__,
                __LINE__);
            return {};
        }
        return *report;
    }

    [[nodiscard]] QList<QJsonObject> records() const
    {
        QList<QJsonObject> all;
        for (const int number : segmentNumbers(folder())) {
            for (const QByteArray &line : fileContent(segment(number)).split('\n')) {
                if (const auto parts = auditLineFrom(line)) {
                    all.append(QJsonDocument::fromJson(parts->record).object());
                }
            }
        }
        return all;
    }
    [[nodiscard]] QByteArrayList kinds() const
    {
        QByteArrayList kinds;
        for (const QJsonObject &record : records()) {
            kinds.append(record["kind"_L1].toString().toLatin1());
        }
        return kinds;
    }
    [[nodiscard]] QJsonObject record(const QByteArray &kind, int number) const
    {
        for (const QJsonObject &record : records()) {
            if (record["kind"_L1].toString().toLatin1() == kind && number-- == 0) {
                return record;
            }
        }
        return {};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    ManualClock m_clock;
    std::shared_ptr<const relay::AuditRules> m_rules = auditRules();
};

QTEST_GUILESS_MAIN(TestAuditTrail)
#include "tst_audit_trail.moc"
