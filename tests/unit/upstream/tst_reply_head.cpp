#include "core/upstream/reply_head.h"

#include <QTest>

using namespace freerelay;
using upstream::ReplyHead;

class TestReplyHead final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void collectsStatusAndLowerCaseFields();
    void forgetsInterimReplies();
    void joinsFoldedLines();
    void takesAReturnWithinALineForASpace();
    void ignoresTrailers();
    void takesTwoHundredFieldsAndNoMore();
    void takesSixtyFourKibibytesAndNoMore();
    void refusesBrokenLines_data();
    void refusesBrokenLines();
};

namespace {

bool feed(ReplyHead &head, const QByteArrayList &lines)
{
    for (const QByteArray &line : lines) {
        if (!head.addLine(line)) {
            return false;
        }
    }
    return true;
}

} // namespace

void TestReplyHead::collectsStatusAndLowerCaseFields()
{
    ReplyHead head;
    QVERIFY(feed(head, {"HTTP/2 429 \r\n", "Retry-After:  7 \r\n", "X-Empty:\r\n"}));
    QVERIFY(!head.isComplete());
    QVERIFY(feed(head, {"\r\n"}));
    QVERIFY(head.isComplete());
    QCOMPARE(head.status(), 429);
    QCOMPARE(head.headers().size(), std::size_t(2));
    QCOMPARE(head.headers().value("retry-after"), QByteArray("7"));
    QVERIFY(!head.headers().value("x-empty").isNull());
}

void TestReplyHead::forgetsInterimReplies()
{
    ReplyHead head;
    QVERIFY(feed(
        head,
        {"HTTP/1.1 103 Early Hints\r\n",
         "link: </x>\r\n",
         "\r\n",
         "HTTP/1.1 200 OK\r\n",
         "a: b\r\n",
         "\r\n"}));
    QCOMPARE(head.status(), 200);
    QVERIFY(!head.headers().contains("link"));
}

void TestReplyHead::joinsFoldedLines()
{
    ReplyHead head;
    QVERIFY(feed(head, {"HTTP/1.1 200 OK\r\n", "a: b\r\n", "\t c\r\n", "\r\n"}));
    QCOMPARE(head.headers().value("a"), QByteArray("b c"));
}

void TestReplyHead::takesAReturnWithinALineForASpace()
{
    ReplyHead head;
    QVERIFY(feed(head, {"HTTP/1.1 200 OK\r\n", "a: b\rset-cookie: c\r\n", "\r\n"}));
    QCOMPARE(head.headers().value("a"), QByteArray("b set-cookie: c"));
}

void TestReplyHead::ignoresTrailers()
{
    ReplyHead head;
    QVERIFY(feed(head, {"HTTP/1.1 200 OK\r\n", "\r\n", "late: x\r\n", "\r\n"}));
    QCOMPARE(head.headers().size(), std::size_t(0));
}

void TestReplyHead::takesTwoHundredFieldsAndNoMore()
{
    ReplyHead head;
    QVERIFY(feed(head, {"HTTP/1.1 200 OK\r\n"}));
    for (std::size_t i = 0; i < ReplyHead::maxFields; ++i) {
        QVERIFY(head.addLine("a: b\r\n"));
    }
    ReplyHead full = head;
    QVERIFY(full.addLine("\r\n"));
    QCOMPARE(full.headers().size(), ReplyHead::maxFields);
    QVERIFY(!head.addLine("a: b\r\n"));
    QCOMPARE(head.failure()->kind, common::ErrorKind::ProtocolError);
}

void TestReplyHead::takesSixtyFourKibibytesAndNoMore()
{
    const QByteArray status = "HTTP/1.1 200 OK\r\n";
    const qsizetype room = ReplyHead::maxBytes - status.size() - 2;
    const auto field = [](qsizetype size) -> QByteArray {
        return "a:" + QByteArray(size - 4, 'x') + "\r\n";
    };

    ReplyHead fits;
    QVERIFY(feed(fits, {status, field(room), "\r\n"}));
    ReplyHead tooLarge;
    QVERIFY(!feed(tooLarge, {status, field(room + 1), "\r\n"}));
    QCOMPARE(tooLarge.failure()->kind, common::ErrorKind::ProtocolError);
}

void TestReplyHead::refusesBrokenLines_data()
{
    QTest::addColumn<QByteArrayList>("lines");
    QTest::newRow("no status") << QByteArrayList{"HTTP/1.1\r\n"};
    QTest::newRow("short status") << QByteArrayList{"HTTP/1.1 20\r\n"};
    QTest::newRow("no digits") << QByteArrayList{"HTTP/1.1 abc\r\n"};
    QTest::newRow("no colon") << QByteArrayList{"HTTP/1.1 200 OK\r\n", "junk\r\n"};
    QTest::newRow("no name") << QByteArrayList{"HTTP/1.1 200 OK\r\n", ": x\r\n"};
}

void TestReplyHead::refusesBrokenLines()
{
    QFETCH(const QByteArrayList, lines);
    ReplyHead head;
    QVERIFY(!feed(head, lines));
    QCOMPARE(head.failure()->kind, common::ErrorKind::ProtocolError);
}

QTEST_APPLESS_MAIN(TestReplyHead)
#include "tst_reply_head.moc"
