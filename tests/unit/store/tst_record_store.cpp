#include "core/store/record_file.h"
#include "core/store/record_reader.h"
#include "core/store/record_store.h"
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

namespace {

/// What round trips, in words; times as counts.
QByteArray textOf(const relay::CandidateRecord &candidate)
{
    const auto until = candidate.restsUntil
        ? std::chrono::floor<std::chrono::seconds>(candidate.restsUntil->time_since_epoch()).count()
        : 0;
    return candidate.provider + ' ' + candidate.model + ' ' + candidate.keyFingerprint + ' '
        + candidate.tier + ' ' + (candidate.paid ? "paid" : "free") + ' ' + candidate.disqualified
        + ' ' + QByteArray::number(qlonglong(until));
}

} // namespace

class TestRecordStore final : public QObject
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
    }

    void tellsAllThatItWasTold()
    {
        const relay::Outcome told = anOutcome(7); // a failed one
        record({7, 8});
        RecordReader reader(m_options.path);
        const auto stored = reader.request("req_7");
        QVERIFY(stored);
        const relay::Outcome &got = stored->outcome;
        QCOMPARE(got.requestId, told.requestId);
        QVERIFY(got.time == told.time);
        QCOMPARE(got.app, told.app);
        QCOMPARE(got.appVersion, told.appVersion);
        QCOMPARE(got.askedModel, told.askedModel);
        QCOMPARE(got.provider, told.provider);
        QCOMPARE(got.status, told.status);
        QCOMPARE(got.errorClass, told.errorClass);
        QCOMPARE(got.error, told.error);
        QCOMPARE(got.retryCause, told.retryCause);
        QVERIFY(!got.ttft);
        QVERIFY(!got.promptTokens);
        QVERIFY(got.duration == told.duration);
        QVERIFY(got.parseTime == told.parseTime);
        QCOMPARE(got.attempts.size(), std::size_t(2));
        QCOMPARE(got.attempts[1].failure, "overloaded"_ba);
        QVERIFY(got.attempts[1].startedAfter == told.attempts[1].startedAfter);
        QVERIFY(!got.attempts[1].ttft);
        QCOMPARE(stored->attemptCount, 2);
        QVERIFY(got.decision);
        QCOMPARE(got.decision->target, "auto"_ba);
        QVERIFY(got.decision->mode == told.decision->mode);
        QCOMPARE(got.decision->needsTools, told.decision->needsTools);
        QCOMPARE(got.decision->snapshotVersion, std::uint64_t(3));
        QVERIFY(got.decision->duration == told.decision->duration);
        const auto toldCandidates = told.decision->candidates->spellOut();
        const auto gotCandidates = got.decision->candidates->spellOut();
        QCOMPARE(gotCandidates.size(), toldCandidates.size());
        for (std::size_t i = 0; i < gotCandidates.size(); ++i) {
            QCOMPARE(textOf(gotCandidates[i]), textOf(toldCandidates[i]));
        }
        QCOMPARE(got.decision->candidates->rankedCount(), std::size_t(2));
    }

    void tellsWhatAnAnswerHas()
    {
        record({10});
        const auto stored = RecordReader(m_options.path).request("req_10");
        QVERIFY(stored);
        const relay::Outcome &got = stored->outcome;
        QCOMPARE(got.provider, "openai"_ba);
        QCOMPARE(got.model, "openai/gpt"_ba);
        QCOMPARE(got.keyFingerprint, "k1"_ba);
        QCOMPARE(got.tier, "paid"_ba);
        QVERIFY(got.paid);
        QVERIFY(got.stream);
        QVERIFY(*got.streamTime == 200us);
        QVERIFY(*got.ttft == 740us);
        QCOMPARE(*got.promptTokens, 100);
        QCOMPARE(*got.completionTokens, 20);
        QCOMPARE(*got.cachedTokens, 60);
        QVERIFY(!got.reasoningTokens);
        QCOMPARE(got.finishReason, "stop"_ba);
    }

    void tellsOfAHedgeAndOfTheTrace()
    {
        relay::Outcome told = anOutcome(1);
        told.hedge = relay::Hedge::Second;
        told.trace.traceId = "0af7651916cd43dd8448eb211c80319c";
        told.trace.spanId = "00f067aa0ba902b7";
        relay::Outcome passedOn = anOutcome(2); // no spans of ours are in it
        passedOn.trace.traceId = told.trace.traceId;
        {
            RecordStore records(m_options, m_clock);
            records.record(std::make_shared<const relay::Outcome>(told));
            records.record(std::make_shared<const relay::Outcome>(passedOn));
        }
        RecordReader reader(m_options.path);
        const auto hedged = reader.request("req_1");
        QVERIFY(hedged);
        QCOMPARE(hedged->outcome.hedge, relay::Hedge::Second);
        QCOMPARE(hedged->outcome.trace.traceId, told.trace.traceId);
        const auto plain = reader.request("req_2");
        QVERIFY(plain);
        QCOMPARE(plain->outcome.hedge, relay::Hedge::None);
        QVERIFY(plain->outcome.trace.traceId.isEmpty());
    }

    void tellsWhatEndedBeforeThereWasADecision()
    {
        relay::Outcome refused;
        refused.requestId = "req_refused";
        refused.time = sampleDay;
        refused.status = 400;
        {
            RecordStore records(m_options, m_clock);
            records.record(std::make_shared<const relay::Outcome>(refused));
        }
        const auto stored = RecordReader(m_options.path).request("req_refused");
        QVERIFY(stored);
        QVERIFY(!stored->outcome.decision);
        QVERIFY(stored->outcome.attempts.empty());
    }

    void isForItsOwnerOnly()
    {
        RecordStore records(m_options, m_clock);
        records.record(sharedOutcome(1));
        QTRY_COMPARE(records.status().written, std::uint64_t(1));
        const auto owner = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser
            | QFile::WriteUser;
        for (const auto suffix : {""_L1, "-wal"_L1, "-shm"_L1}) {
            QCOMPARE(QFileInfo(m_options.path % suffix).permissions(), owner);
        }
        QCOMPARE(
            QFileInfo(QFileInfo(m_options.path).path()).permissions(),
            owner | QFile::ExeOwner | QFile::ExeUser);
    }

    void writesWhileItRunsAndTheRestAtItsEnd()
    {
        RecordStore records(m_options, m_clock);
        QTRY_VERIFY(records.status().recording);
        records.record(sharedOutcome(1));
        QTRY_COMPARE(records.status().written, std::uint64_t(1));
        for (int i = 2; i <= 1'000; ++i) {
            records.record(sharedOutcome(i));
        }
        records.stop(10s);
        const StoreStatus status = records.status();
        QCOMPARE(status.written, std::uint64_t(1'000));
        QCOMPARE(status.dropped, std::uint64_t(0));
        QCOMPARE(status.queued, std::uint64_t(0));
        QVERIFY(!status.recording);
        records.record(sharedOutcome(1'001));
        QCOMPARE(records.status().dropped, std::uint64_t(1));
    }

    void keepsEachListOfCandidatesOnce()
    {
        QList<int> all;
        for (int i = 1; i <= 1'300; ++i) {
            all.append(i); // sampleCandidates() changes each 600
        }
        record(all);
        QCOMPARE(integer("SELECT count(*) FROM decision_sets"), 3);
        QCOMPARE(integer("SELECT count(DISTINCT decision_set) FROM requests"), 3);
        // And not again in the next run.
        record({1'301});
        QCOMPARE(integer("SELECT count(*) FROM decision_sets"), 3);
        QCOMPARE(integer("SELECT count(*) FROM runs"), 2);
        QCOMPARE(integer("SELECT run FROM requests WHERE request_id = 'req_1301'"), 2);
    }

    void sumsUpByMinuteHourAndDay()
    {
        QList<int> all;
        for (int i = 1; i <= 4'000; ++i) {
            all.append(i);
        }
        record(all);
        for (const qint64 span : {minuteSpan, hourSpan, daySpan}) {
            const QByteArray where = " FROM totals WHERE span_s = " + QByteArray::number(span);
            QCOMPARE(integer("SELECT sum(requests)" + where), 4'000);
            QCOMPARE(
                integer("SELECT sum(failed)" + where), integer("SELECT sum(failed) FROM requests"));
            QCOMPARE(
                integer("SELECT sum(attempts)" + where), integer("SELECT count(*) FROM attempts"));
            QCOMPARE(
                integer("SELECT sum(prompt_tokens)" + where),
                integer("SELECT sum(prompt_tokens) FROM requests"));
            QCOMPARE(
                integer("SELECT count(DISTINCT bucket_s)" + where),
                integer(
                    "SELECT count(DISTINCT time_us / 1000000 / " + QByteArray::number(span)
                    + ") FROM requests"));
        }
    }

    void sumsUpAppsBeyondABoundAsOne()
    {
        RecordStore records(m_options, m_clock);
        for (int i = 0; i < int(TotalsBatch::maxApps) + 50; ++i) {
            relay::Outcome outcome = anOutcome(1, "r" + QByteArray::number(i) + '_');
            outcome.app = "app" + QByteArray::number(i);
            records.record(std::make_shared<const relay::Outcome>(outcome));
        }
        records.stop(10s);
        QCOMPARE(
            integer("SELECT count(DISTINCT app) FROM totals"), qint64(TotalsBatch::maxApps + 1));
        QCOMPARE(integer("SELECT requests FROM totals WHERE app = '(other)' AND span_s = 60"), 50);
    }

    void dropsAndCountsWhatDoesNotFitWithoutWaiting()
    {
        m_options.queue = {5, 1'000'000, 512};
        m_options.gather = 1h; // nothing is written before the end
        RecordStore records(m_options, m_clock);
        for (int i = 1; i <= 12; ++i) {
            records.record(sharedOutcome(i));
        }
        QCOMPARE(records.status().queued, std::uint64_t(5));
        QCOMPARE(records.status().dropped, std::uint64_t(7));
        records.stop(10s);
        QCOMPARE(records.status().written, std::uint64_t(5));
        QCOMPARE(integer("SELECT count(*) FROM requests"), 5);
    }

    void dropsWhatWouldTakeTooMuchMemory()
    {
        m_options.queue = {1'000'000, 20'000, 512};
        m_options.gather = 1h;
        RecordStore records(m_options, m_clock);
        for (int i = 1; i <= 1'000; ++i) {
            records.record(sharedOutcome(i));
        }
        QVERIFY(records.status().queued < 50);
        QVERIFY(records.status().dropped > 950);
    }

    void goesOnInANewFileWhenSomebodyDeletesIt()
    {
        RecordStore records(m_options, m_clock);
        RecordReader reader(m_options.path);
        records.record(sharedOutcome(1));
        QTRY_COMPARE(records.status().written, std::uint64_t(1));
        QVERIFY(reader.request("req_1"));
        for (const auto suffix : {""_L1, "-wal"_L1, "-shm"_L1}) {
            QVERIFY(QFile::remove(m_options.path % suffix));
        }
        records.record(sharedOutcome(2));
        QTRY_COMPARE(records.status().written, std::uint64_t(2));
        QVERIFY(reader.request("req_2"));
        QVERIFY(reader.request("req_1").error().kind == common::ErrorKind::NotFound);
    }

    void endsAtOnceWhenThereIsNothingToDo()
    {
        m_options.idle = 1h;
        m_options.retry = 1h;
        RecordStore records(m_options, m_clock);
        QTRY_VERIFY(records.status().recording);
    }

private:
    void record(const QList<int> &samples)
    {
        RecordStore records(m_options, m_clock);
        for (const int i : samples) {
            records.record(sharedOutcome(i));
        }
        records.stop(10s);
        QCOMPARE(records.status().written, std::uint64_t(samples.size()));
    }

    qint64 integer(const QByteArray &sql)
    {
        auto database = openRecordFile(m_options.path, 1s);
        return database ? database->integer(sql).value_or(-1) : -1;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    StoreOptions m_options;
    ManualClock m_clock;
};

QTEST_GUILESS_MAIN(TestRecordStore)
#include "tst_record_store.moc"
