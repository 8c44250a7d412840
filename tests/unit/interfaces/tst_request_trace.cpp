#include "core/interfaces/request_json.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::interfaces;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

namespace {

RequestDetails someDetails()
{
    RequestDetails details;
    details.row.requestId = u"req_1"_s;
    details.row.provider = u"groq"_s;
    details.row.model = u"m2"_s;
    details.row.status = 200;
    details.keyFingerprint = u"k2"_s;
    details.parseTime = nanoseconds(2'500);
    details.duration = microseconds(1'000'000);
    details.ttft = microseconds(400'000);
    details.streamTime = microseconds(590'000);
    details.attempts = {
        {u"google"_s,
         u"m1"_s,
         u"k1"_s,
         {},
         429,
         u"rate_limited"_s,
         microseconds(100),
         {},
         microseconds(50'000)},
        {u"groq"_s,
         u"m2"_s,
         u"k2"_s,
         {},
         200,
         {},
         microseconds(50'200),
         microseconds(349'800),
         microseconds(949'000)}};
    DecisionInfo decision;
    decision.duration = nanoseconds(35'000);
    CandidateInfo first{u"google"_s, u"m1"_s, u"k1"_s, {}, false, {}, {}};
    CandidateInfo second{u"groq"_s, u"m2"_s, u"k2"_s, {}, false, {}, {}};
    CandidateInfo spare{u"groq"_s, u"m3"_s, u"k2"_s, {}, false, {}, {}};
    CandidateInfo resting{u"groq"_s, u"m2"_s, u"k3"_s, {}, false, u"cooling_down"_s, {}};
    decision.candidates = {first, second, spare, resting};
    details.decision = decision;
    return details;
}

} // namespace

/// The waterfall of a request, and what became of its candidates.
class TestRequestTrace final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stepsCountFromTheFirstByte()
    {
        const Trace trace = traceOf(someDetails());
        QCOMPARE(trace.duration.count(), qint64(1'000'003));
        QCOMPARE(trace.steps.size(), std::size_t(5));
        QVERIFY(trace.steps[0].kind == TraceStep::Kind::Read);
        QCOMPARE(trace.steps[0].start.count(), qint64(0));
        QVERIFY(trace.steps[1].kind == TraceStep::Kind::Decide);
        QCOMPARE(trace.steps[1].start.count(), qint64(3));
        QVERIFY(trace.steps[2].attempt == std::size_t(0));
        QVERIFY(trace.steps[3].attempt == std::size_t(1));
        QCOMPARE(trace.steps[3].start.count(), qint64(50'203));
        QVERIFY(trace.steps[4].kind == TraceStep::Kind::Stream);
        QCOMPARE(trace.steps[4].start.count(), qint64(400'003));
    }

    void noStepReachesBeyondTheWhole()
    {
        RequestDetails details = someDetails();
        details.attempts[1].duration = microseconds(5'000'000);
        QCOMPARE(traceOf(details).duration.count(), qint64(5'050'203));
    }

    void aRequestThatWasRefusedHasOneStep()
    {
        RequestDetails details;
        QCOMPARE(traceOf(details).steps.size(), std::size_t(1));
    }

    void tellsWhatBecameOfEachCandidate()
    {
        const QJsonArray candidates = toJson(someDetails())
                                          .value("decision"_L1)
                                          .toObject()
                                          .value("candidates"_L1)
                                          .toArray();
        const auto outcome = [&candidates](int i) {
            return candidates[i].toObject().value("outcome"_L1).toString();
        };
        QCOMPARE(outcome(0), u"failed"_s);
        QCOMPARE(candidates[0].toObject().value("reason"_L1).toString(), u"rate_limited"_s);
        QCOMPARE(outcome(1), u"answered"_s);
        QCOMPARE(outcome(2), u"not_needed"_s);
        QCOMPARE(outcome(3), u"disqualified"_s);
        QCOMPARE(candidates[3].toObject().value("reason"_L1).toString(), u"cooling_down"_s);
        QVERIFY(candidates[3].toObject().value("rank"_L1).isNull());
        QCOMPARE(candidates[2].toObject().value("rank"_L1).toInt(), 3);
    }

    void tellsTimesInMilliseconds()
    {
        const QJsonObject trace = traceJson(someDetails());
        QCOMPARE(trace.value("duration_ms"_L1).toDouble(), 1000.003);
        const QJsonObject second = trace.value("steps"_L1).toArray()[3].toObject();
        QCOMPARE(second.value("name"_L1).toString(), u"attempt"_s);
        QCOMPARE(second.value("number"_L1).toInt(), 2);
        QCOMPARE(second.value("start_ms"_L1).toDouble(), 50.203);
        QCOMPARE(second.value("ttft_ms"_L1).toDouble(), 349.8);
    }
};

QTEST_GUILESS_MAIN(TestRequestTrace)
#include "tst_request_trace.moc"
