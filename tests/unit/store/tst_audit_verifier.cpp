#include "core/common/signing.h"
#include "core/store/audit/audit_checkpoint.h"
#include "tests/unit/store/audit_samples.h"

#include <QDir>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::store;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;

using Kind = AuditFinding::Kind;

Q_DECLARE_METATYPE(Kind)

namespace {

/// A trail of several segments in a folder of its own, with all its lines in memory.
class Trail
{
public:
    Trail(
        const AuditTerms &terms,
        int requests,
        qint64 segmentBytes,
        int headEvery = 10,
        int batch = 7)
    {
        AuditPlace place;
        place.folder = path();
        place.maxSegmentBytes = segmentBytes;
        place.headEvery = headEvery;
        place.run = "run1";
        if (!writeTrail(place, terms, requests, batch)) {
            qFatal("no trail");
        }
        for (const int number : segmentNumbers(path())) {
            QByteArrayList content = fileContent(file(number)).split('\n');
            content.removeLast();
            m_counts.push_back(content.size());
            lines += content;
        }
    }

    [[nodiscard]] QString path() const { return m_folder.filePath(u"audit"_s); }
    [[nodiscard]] QString file(int number) const { return path() % u'/' % segmentName(number); }
    [[nodiscard]] int segments() const { return int(m_counts.size()); }
    [[nodiscard]] qsizetype firstOf(int segment) const
    {
        qsizetype first = 1;
        for (int i = 1; i < segment; ++i) {
            first += m_counts[std::size_t(i - 1)];
        }
        return first;
    }

    /// Writes `lines` back; what is more or less than before falls to the last segment.
    void save()
    {
        qsizetype at = 0;
        for (int number = 1; number <= segments(); ++number) {
            const bool last = number == segments();
            const qsizetype count = last ? lines.size() - at : m_counts[std::size_t(number - 1)];
            const QByteArrayList part = lines.mid(at, count);
            at += part.size();
            const QByteArray content = part.isEmpty() ? QByteArray() : part.join('\n') + '\n';
            QVERIFY(setFileContent(file(number), content));
        }
    }

    [[nodiscard]] AuditReport verify(VerifyOptions options = {}) const
    {
        options.folder = path();
        const auto report = verifyAudit(options);
        if (!report) {
            qFatal("%s", qPrintable(report.error().message));
        }
        return *report;
    }

    QByteArrayList lines; ///< record n is lines[n - 1]

private:
    QTemporaryDir m_folder;
    std::vector<qsizetype> m_counts;
};

/// Changes the chain from record `from` on so that it is consistent again.
void rewriteFrom(QByteArrayList &lines, qsizetype from)
{
    QByteArray previous = ForgedLine::from(lines[from - 2]).hash;
    for (qsizetype n = from; n <= lines.size(); ++n) {
        ForgedLine line = ForgedLine::from(lines[n - 1]);
        line.setPrevious(previous);
        line.rehash();
        previous = line.hash;
        lines[n - 1] = line.toLine();
    }
}

void changeRecord(QByteArray &line)
{
    line.replace("\"kind\":", "\"kind\" :");
}

} // namespace

/// What the verifier finds, and where.
class TestAuditVerifier final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void findsNothingInWhatTheWriterWrote_data()
    {
        QTest::addColumn<bool>("isSigned");
        QTest::addColumn<int>("requests");
        for (const int requests : {0, 1, 9, 250}) {
            QTest::addRow("standard, %d", requests) << false << requests;
            QTest::addRow("signed, %d", requests) << true << requests;
        }
    }

    void findsNothingInWhatTheWriterWrote()
    {
        QFETCH(bool, isSigned);
        QFETCH(int, requests);
        if (requests == 0) {
            QTemporaryDir folder;
            AuditPlace place;
            place.folder = folder.filePath(u"audit"_s);
            QVERIFY(writeTrail(place, standardTerms(), 0));
            const auto report = verifyAudit({place.folder, {}, {}, false, {}});
            QVERIFY(!report);
            QCOMPARE(report.error().kind, common::ErrorKind::NotFound);
            return;
        }
        const Trail trail(isSigned ? signedTerms() : standardTerms(), requests, 20'000);
        const AuditReport report = trail.verify();
        QVERIFY2(!report.finding, qPrintable(report.finding ? report.finding->sentence : u""_s));
        QCOMPARE(report.requests, std::uint64_t(requests));
        QCOMPARE(report.first, std::uint64_t(1));
        QCOMPARE(report.head.n, std::uint64_t(trail.lines.size()));
        QVERIFY(report.notes.isEmpty());
        QCOMPARE(report.publicKeys.size(), isSigned ? 1 : 0);
        // The last record is a head, and covers all before it.
        QCOMPARE(report.signedUpTo, isSigned ? report.head.n - 1 : 0);
        QVERIFY(requests < 250 || trail.segments() > 3);
    }

    void namesTheFirstRecordThatWasTamperedWith_data()
    {
        QTest::addColumn<int>("how");
        QTest::addColumn<Kind>("kind");
        QTest::newRow("changed") << 0 << Kind::Changed;
        QTest::newRow("changed with its hash") << 1 << Kind::Changed;
        QTest::newRow("removed") << 2 << Kind::Removed;
        QTest::newRow("five removed") << 3 << Kind::Removed;
        QTest::newRow("garbage inserted") << 4 << Kind::Inserted;
        QTest::newRow("copy of an earlier one inserted") << 5 << Kind::Inserted;
        QTest::newRow("copy of a later one inserted") << 6 << Kind::Inserted;
        QTest::newRow("forged one inserted") << 7 << Kind::Inserted;
        QTest::newRow("neighbours swapped") << 8 << Kind::Reordered;
        QTest::newRow("moved far") << 9 << Kind::Reordered;
        QTest::newRow("doubled") << 10 << Kind::Inserted;
        QTest::newRow("one letter of the hash changed") << 11 << Kind::Changed;
    }

    void namesTheFirstRecordThatWasTamperedWith()
    {
        QFETCH(int, how);
        QFETCH(Kind, kind);
        for (const qsizetype at : {2, 31, 77}) {
            Trail trail(standardTerms(), 100, 20'000);
            const qsizetype expected = tamper(trail.lines, how, at);
            trail.save();
            const AuditReport report = trail.verify();
            QVERIFY(report.finding);
            QCOMPARE(report.finding->record, std::uint64_t(expected));
            QCOMPARE(report.finding->kind, kind);
            QVERIFY(!report.finding->sentence.isEmpty());
            QVERIFY(report.finding->file.startsWith(u"audit-"));
            QVERIFY(report.finding->line > 0);
        }
    }

    /// Random tampering of random trails, always found, and at the first record it touches.
    void findsWhateverIsDoneAtRandom()
    {
        QRandomGenerator random(20'261'124);
        for (int round = 0; round < 150; ++round) {
            const int requests = random.bounded(20, 90);
            Trail trail(
                random.bounded(2) == 0 ? standardTerms() : signedTerms(),
                requests,
                random.bounded(4'000, 40'000),
                random.bounded(3, 30),
                random.bounded(15, 40));
            const int how = random.bounded(12);
            const qsizetype at = random.bounded(2, int(trail.lines.size()) - 12);
            const qsizetype expected = tamper(trail.lines, how, at);
            trail.save();
            const AuditReport report = trail.verify();
            const QByteArray told = QByteArray::number(round) + ": way " + QByteArray::number(how)
                + " at " + QByteArray::number(at);
            QVERIFY2(report.finding, told);
            QVERIFY2(report.finding->record == std::uint64_t(expected), told);
        }
    }

    void findsAnySingleByteThatIsChanged()
    {
        QRandomGenerator random(4'711);
        Trail trail(standardTerms(), 12, 8'000);
        const QByteArrayList original = trail.lines;
        for (int round = 0; round < 400; ++round) {
            trail.lines = original;
            const qsizetype n = random.bounded(1, int(original.size()) + 1);
            QByteArray &line = trail.lines[n - 1];
            const qsizetype at = random.bounded(int(line.size()));
            line[at] = char(line[at] ^ (1 << random.bounded(7)));
            if (line.contains('\n')) {
                continue; // two lines now: both are found, the count is another matter
            }
            trail.save();
            const AuditReport report = trail.verify();
            QVERIFY(report.finding);
            QCOMPARE(report.finding->record, std::uint64_t(n));
            QCOMPARE(report.finding->kind, Kind::Changed);
        }
    }

    void namesWhatASegmentHeldThatIsGone()
    {
        Trail trail(standardTerms(), 100, 10'000);
        QVERIFY(trail.segments() > 4);
        QVERIFY(QFile::remove(trail.file(3)));
        AuditReport report = trail.verify();
        QVERIFY(report.finding);
        QCOMPARE(report.finding->kind, Kind::Removed);
        QCOMPARE(report.finding->record, std::uint64_t(trail.firstOf(3)));

        QVERIFY(QFile::remove(trail.file(1)));
        report = trail.verify();
        QCOMPARE(report.finding->record, std::uint64_t(1));
        QVERIFY(QFile::remove(trail.file(2)));
        VerifyOptions partial;
        partial.mayBeginLater = true;
        report = trail.verify(partial);
        QVERIFY(!report.finding);
        QCOMPARE(report.first, std::uint64_t(trail.firstOf(4)));
    }

    void findsSegmentsThatChangedPlaces()
    {
        Trail trail(standardTerms(), 100, 10'000);
        const QByteArray second = fileContent(trail.file(2));
        QVERIFY(setFileContent(trail.file(2), fileContent(trail.file(3))));
        QVERIFY(setFileContent(trail.file(3), second));
        const AuditReport report = trail.verify();
        QVERIFY(report.finding);
        QCOMPARE(report.finding->kind, Kind::Reordered);
        QCOMPARE(report.finding->record, std::uint64_t(trail.firstOf(2)));
    }

    void aCheckpointShowsThatTheEndIsMissing()
    {
        Trail trail(standardTerms(), 50, 20'000);
        const auto checkpoint = auditCheckpoint(trail.path());
        QVERIFY(checkpoint);
        const auto heads = checkpointsFrom(*checkpoint + "\n");
        QVERIFY(heads);
        VerifyOptions options;
        options.checkpoints = *heads;
        QVERIFY(!trail.verify(options).finding);

        trail.lines.resize(40);
        trail.save();
        QVERIFY(!trail.verify().finding); // nothing in the files tells
        const AuditReport report = trail.verify(options);
        QVERIFY(report.finding);
        QCOMPARE(report.finding->kind, Kind::Truncated);
        QCOMPARE(report.finding->record, std::uint64_t(41));
    }

    void aCheckpointShowsThatAllWasRewritten()
    {
        Trail trail(standardTerms(), 50, 20'000);
        VerifyOptions options;
        options.checkpoints = {{30, ForgedLine::from(trail.lines[29]).hash}};
        changeRecord(trail.lines[19]);
        rewriteFrom(trail.lines, 20);
        trail.save();
        QVERIFY(!trail.verify().finding); // a consistent chain, without a signature
        const AuditReport report = trail.verify(options);
        QVERIFY(report.finding);
        QCOMPARE(report.finding->kind, Kind::Changed);
        QCOMPARE(report.finding->record, std::uint64_t(30));
    }

    void aSignatureShowsThatAllWasRewritten()
    {
        Trail trail(signedTerms(), 100, 20'000, 10);
        const AuditReport before = trail.verify();
        QVERIFY(!before.finding);
        changeRecord(trail.lines[49]);
        rewriteFrom(trail.lines, 50);
        trail.save();
        const AuditReport report = trail.verify();
        QVERIFY(report.finding);
        QCOMPARE(report.finding->kind, Kind::WrongSignature);
        // The first record that no good signature covers: heads stand every ten.
        QVERIFY(report.finding->record <= 50);
        QVERIFY(report.finding->record > 38);
        QCOMPARE(report.finding->record, report.signedUpTo + 1);
    }

    void findsHeadsThatAreLeftOut()
    {
        Trail trail(signedTerms(), 200, 1'000'000, 10);
        QByteArrayList kept = trail.lines.first(40);
        for (const QByteArray &line : trail.lines.sliced(40)) {
            if (!line.contains("\"kind\":\"head\"")) {
                kept.append(line);
            }
        }
        qsizetype n = 0;
        for (QByteArray &line : kept) {
            ForgedLine forged = ForgedLine::from(line);
            const qsizetype at = forged.record.indexOf("\"n\":") + 4;
            const qsizetype end = forged.record.indexOf(',', at);
            forged.record.replace(at, end - at, QByteArray::number(++n));
            line = forged.toLine();
        }
        rewriteFrom(kept, 41);
        trail.lines = kept;
        trail.save();
        const AuditReport report = trail.verify();
        QVERIFY(report.finding);
        QCOMPARE(report.finding->kind, Kind::Unsigned);
        QVERIFY(report.finding->record <= 41);
    }

    void trustsOnlyTheKeyItWasGiven()
    {
        const Trail trail(signedTerms(), 20, 100'000);
        VerifyOptions options;
        options.publicKeys = {common::signing::publicKeyOf(signingSeed())};
        QVERIFY(!trail.verify(options).finding);
        options.publicKeys = {common::signing::publicKeyOf(common::Secret(QByteArray(32, 'x')))};
        const AuditReport report = trail.verify(options);
        QVERIFY(report.finding);
        QCOMPARE(report.finding->kind, Kind::WrongSignature);
        QCOMPARE(report.finding->record, std::uint64_t(1));

        const Trail plain(standardTerms(), 20, 100'000);
        QCOMPARE(plain.verify(options).finding->kind, Kind::Unsigned);
    }

    void takesATornEndForWhatItIs()
    {
        Trail trail(standardTerms(), 20, 100'000);
        const QByteArray content = fileContent(trail.file(1));
        QVERIFY(setFileContent(trail.file(1), content.chopped(50)));
        const AuditReport report = trail.verify();
        QVERIFY(!report.finding);
        QCOMPARE(report.notes.size(), 1);
        QCOMPARE(report.head.n, std::uint64_t(trail.lines.size() - 1));
    }

    void tellsHowFarItIs()
    {
        const Trail trail(standardTerms(), 3'000, 1'500'000);
        VerifyOptions options;
        qint64 last = 0;
        int calls = 0;
        options.progress = [&](qint64 done, qint64 total) {
            QVERIFY(done > last && done <= total);
            last = done;
            ++calls;
        };
        QVERIFY(!trail.verify(options).finding);
        QVERIFY(calls >= 1);
    }

    void refusesWhatIsNoCheckpoint()
    {
        for (const char *text : {"", "{}", "x", R"({"n":3,"hash":"12"})"}) {
            const auto heads = checkpointsFrom(text);
            QVERIFY(!heads);
            QCOMPARE(heads.error().kind, common::ErrorKind::InvalidArgument);
        }
    }

private:
    /// @return the first record that this touches
    static qsizetype tamper(QByteArrayList &lines, int how, qsizetype at)
    {
        QByteArray &line = lines[at - 1];
        switch (how) {
        case 0:
            changeRecord(line);
            return at;
        case 1: {
            ForgedLine forged = ForgedLine::from(line);
            changeRecord(forged.record);
            forged.rehash();
            line = forged.toLine();
            return at;
        }
        case 2:
            lines.removeAt(at - 1);
            return at;
        case 3:
            lines.remove(at - 1, 5);
            return at;
        case 4:
            lines.insert(at - 1, R"({"hash":"00","record":{}})"_ba);
            return at;
        case 5:
            lines.insert(at - 1, QByteArray(lines[std::max<qsizetype>(at - 4, 0)]));
            return at;
        case 6:
            lines.insert(at - 1, QByteArray(lines[at + 5]));
            return at;
        case 7: {
            ForgedLine forged = ForgedLine::from(line);
            changeRecord(forged.record);
            forged.rehash();
            lines.insert(at - 1, forged.toLine());
            return at;
        }
        case 8:
            lines.swapItemsAt(at - 1, at);
            return at;
        case 9:
            lines.move(at - 1, at + 7);
            return at;
        case 10:
            lines.insert(at, QByteArray(line));
            return at + 1;
        default:
            line[12] = line[12] == 'a' ? 'b' : 'a';
            return at;
        }
    }
};

QTEST_GUILESS_MAIN(TestAuditVerifier)
#include "tst_audit_verifier.moc"
