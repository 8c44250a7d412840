#include "core/common/trace_context.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::common;

namespace {

const QByteArray traceId = "0af7651916cd43dd8448eb211c80319c";
const QByteArray spanId = "b7ad6b7169203331";

QByteArray header(const QByteArray &flags)
{
    return "00-" + traceId + '-' + spanId + '-' + flags;
}

} // namespace

class TestTraceContext final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatIsValid_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("flags");
        QTest::newRow("sampled") << header("01") << 1;
        QTest::newRow("not sampled") << header("00") << 0;
        QTest::newRow("random trace id") << header("03") << 3;
        QTest::newRow("unknown flags are not kept") << header("ff") << 3;
        QTest::newRow("later version") << QByteArray("cc-" + traceId + '-' + spanId + "-01") << 1;
        QTest::newRow("later version that goes on")
            << QByteArray("cc-" + traceId + '-' + spanId + "-01-what-comes") << 1;
    }

    void readsWhatIsValid()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, flags);
        const auto context = parseTraceparent(text);
        QVERIFY(context.has_value());
        QCOMPARE(context->traceId, traceId);
        QCOMPARE(context->parentSpanId, spanId);
        QCOMPARE(int(context->flags), flags);
        QVERIFY(!context->isRecorded());
    }

    void takesNothingElse_data()
    {
        QTest::addColumn<QByteArray>("text");
        const QByteArray zeros(32, '0');
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("short") << header("0");
        QTest::newRow("version 00 that goes on") << QByteArray(header("01") + "-x");
        QTest::newRow("later version without a dash")
            << QByteArray("cc-" + traceId + '-' + spanId + "-01x");
        QTest::newRow("version ff") << QByteArray("ff-" + traceId + '-' + spanId + "-01");
        QTest::newRow("upper case") << header("01").toUpper();
        QTest::newRow("no hex") << header("0g");
        QTest::newRow("zero trace") << QByteArray("00-" + zeros + '-' + spanId + "-01");
        QTest::newRow("zero span") << QByteArray("00-" + traceId + '-' + zeros.left(16) + "-01");
        QTest::newRow("other separators") << header("01").replace('-', '_');
    }

    void takesNothingElse()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!parseTraceparent(text).has_value());
    }

    void writesWhatItReads()
    {
        const auto context = parseTraceparent(header("03"));
        QCOMPARE(toTraceparent(*context, context->parentSpanId), header("03"));
        QCOMPARE(
            toTraceparent(*context, "00000000000000ab"_ba),
            QByteArray("00-" + traceId + "-00000000000000ab-03"));
    }

    void takesPartOnlyAsFarAsItIsAsked_data()
    {
        QTest::addColumn<QByteArray>("received");
        QTest::addColumn<bool>("record");
        QTest::addColumn<bool>("hasTrace");
        QTest::addColumn<bool>("isRecorded");
        QTest::newRow("nothing") << QByteArray() << false << false << false;
        QTest::newRow("passed on") << header("01") << false << true << false;
        QTest::newRow("a new one") << QByteArray() << true << true << true;
        QTest::newRow("invalid: a new one") << header("0g") << true << true << true;
        QTest::newRow("sampled") << header("01") << true << true << true;
        QTest::newRow("not sampled") << header("00") << true << true << false;
    }

    void takesPartOnlyAsFarAsItIsAsked()
    {
        QFETCH(QByteArray, received);
        QFETCH(bool, record);
        QFETCH(bool, hasTrace);
        QFETCH(bool, isRecorded);
        QVERIFY(initialiseCrypto());
        HeaderList headers{{"tracestate"_ba, "a=1"_ba}};
        if (!received.isNull()) {
            headers.add("traceparent"_ba, received);
        }
        RandomIds ids;
        const TraceContext context = traceOf(headers, record, ids);
        QCOMPARE(!context.traceId.isEmpty(), hasTrace);
        QCOMPARE(context.isRecorded(), isRecorded);
        const bool isCallers = parseTraceparent(received).has_value();
        QCOMPARE(context.traceId == traceId, isCallers);
        QCOMPARE(context.state, isCallers ? "a=1"_ba : QByteArray());

        HeaderList told;
        addTraceHeaders(told, context, 1);
        QCOMPARE(told.contains("traceparent"), hasTrace);
        if (isRecorded) {
            QCOMPARE(told.value("traceparent"), toTraceparent(context, attemptSpanId(context, 1)));
        } else if (hasTrace) {
            QCOMPARE(told.value("traceparent"), received);
        }
    }

    void leavesOutAStateThatIsTooLong()
    {
        RandomIds ids;
        const HeaderList headers{
            {"traceparent"_ba, header("01")},
            {"tracestate"_ba, QByteArray(TraceContext::maxState + 1, 'x')}};
        QVERIFY(traceOf(headers, false, ids).state.isEmpty());
    }

    void derivesIdsThatAreNeverZeroNorTheSame()
    {
        QCOMPARE(derivedSpanId("00000000000000ff"_ba, 1), "0000000000000100"_ba);
        QCOMPARE(derivedSpanId("ffffffffffffffff"_ba, 1), "0000000000000001"_ba);
        QCOMPARE(derivedSpanId("fffffffffffffffe"_ba, 1), "ffffffffffffffff"_ba);
        QCOMPARE(derivedSpanId("fffffffffffffffe"_ba, 2), "0000000000000001"_ba);
    }
};

QTEST_GUILESS_MAIN(TestTraceContext)
#include "tst_trace_context.moc"
