#include "core/dialects/sse_decoder.h"

#include <QTest>

using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

class SseDecoderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEvents_data();
    void readsEvents();
    void readsTheSameHoweverTheBytesAreSplit_data();
    void readsTheSameHoweverTheBytesAreSplit();
    void givesAnEventAsSoonAsItsBlankLineIsThere();
    void givesTheLastEventWithoutBlankLineOnlyWhenClosed();
    void overflowsOneByteBeyondTheLimit();
    void doesNotOverflowOnManySmallEvents();
    void doesNotOverflowOnCommentsWithoutEnd();
    void staysLinear_data();
    void staysLinear();
};

namespace {

void take(SseDecoder &decoder, QByteArrayList &events)
{
    while (const std::optional<SseEvent> event = decoder.next()) {
        events << event->type.toByteArray() + '|' + event->data.toByteArray();
    }
}

QByteArrayList decode(const QByteArray &bytes, qsizetype piece)
{
    SseDecoder decoder;
    QByteArrayList events;
    for (qsizetype at = 0; at < bytes.size(); at += piece) {
        decoder.append(QByteArrayView(bytes).sliced(at, std::min(piece, bytes.size() - at)));
        take(decoder, events);
    }
    decoder.close();
    take(decoder, events);
    return events;
}

void addStreams()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArrayList>("events");
    const auto row = [](const char *name, const QByteArray &bytes, const QByteArrayList &events) {
        QTest::newRow(name) << bytes << events;
    };
    row("nothing", "", {});
    row("LF", "data: a\n\ndata: b\n\n", {"|a", "|b"});
    row("CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", {"|a", "|b"});
    row("CR", "data: a\r\rdata: b\r\r", {"|a", "|b"});
    row("mixed", "data: a\r\ndata: b\n\rdata: c\r\n\n", {"|a\nb", "|c"});
    row("type behind an event without data", "retry: 1\n\nevent: t\ndata: a\n\n", {"t|a"});
    row("no space", "data:a\n\ndata:  b\n\n", {"|a", "| b"});
    row("type", "event: x\ndata: a\n\ndata: b\n\nevent:y\ndata: c\n\n", {"x|a", "|b", "y|c"});
    row("type without data", "event: x\n\ndata: b\n\n", {"|b"});
    row("type behind the data", "data: a\nevent: x\n\n", {"x|a"});
    row("three lines", "data: a\ndata:\ndata: c\n\n", {"|a\n\nc"});
    row("comments", ": PING\n\n:\n\ndata: a\n: inside\ndata: b\n\n", {"|a\nb"});
    row("unknown fields", "id: 4\nretry: 5\nfoo\ndata: a\n\n", {"|a"});
    row("data without colon", "data\n\ndata: a\n\n", {"|a"});
    row("empty data", "data:\n\ndata: \n\ndata: a\n\n", {"|a"});
    row("byte order mark",
        "\xEF\xBB\xBF"
        "data: a\n\n",
        {"|a"});
    row("only a byte order mark", "\xEF\xBB\xBF", {});
    row("half a byte order mark", "\xEF\xBB", {});
    row("no blank line at the end", "data: a\n\ndata: b\n", {"|a", "|b"});
    row("no line end at the end", "data: a\n\ndata: b", {"|a", "|b"});
    row("CR at the end", "data: a\r", {"|a"});
    row("UTF-8", "data: \xe2\x82\xac\xf0\x9f\x98\x80\n\n", {"|\xe2\x82\xac\xf0\x9f\x98\x80"});
    row("many blank lines", "\n\n\r\n\rdata: a\n\n\n\n", {"|a"});
    row("field in the text", "data: data: a\n\n", {"|data: a"});
}

} // namespace

void SseDecoderTest::readsEvents_data()
{
    addStreams();
}

void SseDecoderTest::readsEvents()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArrayList, events);
    QCOMPARE(decode(bytes, std::max<qsizetype>(bytes.size(), 1)), events);
}

void SseDecoderTest::readsTheSameHoweverTheBytesAreSplit_data()
{
    addStreams();
}

void SseDecoderTest::readsTheSameHoweverTheBytesAreSplit()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArrayList, events);
    for (qsizetype piece = 1; piece < bytes.size(); ++piece) {
        QCOMPARE(decode(bytes, piece), events);
    }
    for (qsizetype cut = 0; cut <= bytes.size(); ++cut) {
        SseDecoder decoder;
        QByteArrayList seen;
        decoder.append(QByteArrayView(bytes).first(cut));
        take(decoder, seen);
        decoder.append(QByteArrayView(bytes).sliced(cut));
        take(decoder, seen);
        decoder.close();
        take(decoder, seen);
        QCOMPARE(seen, events);
    }
}

void SseDecoderTest::givesAnEventAsSoonAsItsBlankLineIsThere()
{
    for (const QByteArray &end : {"\n\n"_ba, "\r\n\r"_ba, "\r\r"_ba}) {
        SseDecoder decoder;
        decoder.append(QByteArray("data: a" + end.chopped(1)));
        QVERIFY(!decoder.next());
        decoder.append(QByteArrayView(end).last(1));
        QVERIFY(decoder.next());
    }
}

void SseDecoderTest::givesTheLastEventWithoutBlankLineOnlyWhenClosed()
{
    SseDecoder decoder;
    decoder.append("data: a\n");
    QVERIFY(!decoder.next());
    decoder.close();
    QVERIFY(decoder.next());
    QVERIFY(!decoder.next());
}

void SseDecoderTest::overflowsOneByteBeyondTheLimit()
{
    SseDecoder fits(10);
    fits.append("data: ab\n\n");
    QVERIFY(fits.next());
    QVERIFY(!fits.hasOverflowed());
    SseDecoder decoder(10);
    decoder.append("data: abcdefg");
    QVERIFY(!decoder.next());
    QVERIFY(decoder.hasOverflowed());
    decoder.append("\n\n");
    QVERIFY(!decoder.next());
    SseDecoder lines(20);
    lines.append("data: a\ndata: b\ndata: c\n\n");
    QVERIFY(!lines.next());
    QVERIFY(lines.hasOverflowed());
}

void SseDecoderTest::doesNotOverflowOnManySmallEvents()
{
    SseDecoder decoder(16);
    QByteArrayList events;
    decoder.append(QByteArray("data: a\n\n").repeated(1'000));
    take(decoder, events);
    QCOMPARE(events.size(), 1'000);
    QVERIFY(!decoder.hasOverflowed());
}

void SseDecoderTest::doesNotOverflowOnCommentsWithoutEnd()
{
    SseDecoder decoder(16);
    for (int i = 0; i < 1'000; ++i) {
        decoder.append(": PROCESSING\n");
        QVERIFY(!decoder.next());
    }
    QVERIFY(!decoder.hasOverflowed());
    decoder.append("\ndata: a\n\n");
    QVERIFY(decoder.next());
}

void SseDecoderTest::staysLinear_data()
{
    QTest::addColumn<QByteArray>("piece");
    QTest::newRow("one line in small pieces") << QByteArray(64, 'x');
    QTest::newRow("lines that end in CR") << "data: x\r\r"_ba;
    QTest::newRow("comments") << ": x\n"_ba;
}

/// Four megabytes: anything quadratic would run into the time limit of the test.
void SseDecoderTest::staysLinear()
{
    QFETCH(QByteArray, piece);
    SseDecoder decoder;
    decoder.append("data: ");
    const QByteArray all = piece.repeated(4 * 1024 * 1024 / piece.size());
    for (qsizetype at = 0; at < all.size(); at += 64) {
        decoder.append(QByteArrayView(all).sliced(at, std::min<qsizetype>(64, all.size() - at)));
        while (decoder.next()) { }
    }
    SseDecoder atOnce;
    atOnce.append(all);
    while (atOnce.next()) { }
    QVERIFY(!decoder.hasOverflowed());
}

QTEST_APPLESS_MAIN(SseDecoderTest)
#include "tst_sse_decoder.moc"
