#include "core/dialects/sse_decoder.h"
#include "core/dialects/sse_encoder.h"

#include <QTest>

using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

class SseEncoderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesDataAndABlankLine();
    void writesTheTypeFirst();
    void splitsLines();
    void isReadBackByTheDecoder();
};

void SseEncoderTest::writesDataAndABlankLine()
{
    QByteArray out = "x";
    appendSseEvent(out, "{}");
    QCOMPARE(out, "xdata: {}\n\n"_ba);
    out.clear();
    appendSseComment(out, "keep-alive");
    QCOMPARE(out, ": keep-alive\n\n"_ba);
}

void SseEncoderTest::writesTheTypeFirst()
{
    QByteArray out;
    appendSseEvent(out, "ping", "{}");
    QCOMPARE(out, "event: ping\ndata: {}\n\n"_ba);
}

void SseEncoderTest::splitsLines()
{
    QByteArray out;
    appendSseEvent(out, "a\nb\r\nc\r\rd\n");
    QCOMPARE(out, "data: a\ndata: b\ndata: c\ndata: \ndata: d\ndata: \n\n"_ba);
}

void SseEncoderTest::isReadBackByTheDecoder()
{
    QByteArray out;
    appendSseEvent(out, "kind", "first\nsecond");
    SseDecoder decoder;
    decoder.append(out);
    const std::optional<SseEvent> event = decoder.next();
    QVERIFY(event);
    QCOMPARE(event->type.toByteArray(), "kind"_ba);
    QCOMPARE(event->data.toByteArray(), "first\nsecond"_ba);
}

QTEST_APPLESS_MAIN(SseEncoderTest)
#include "tst_sse_encoder.moc"
