#include "core/upstream/header_block.h"

#include <QTest>

using namespace freerelay;
using upstream::HeaderBlock;
using upstream::HttpCall;

class TestHeaderBlock final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsFieldsAndCredential();
    void leavesFramingToTheClient();
    void refusesWhatBreaksOutOfItsLine_data();
    void refusesWhatBreaksOutOfItsLine();
    void wipesItsText();
};

namespace {

QByteArrayList linesOf(HeaderBlock &block)
{
    QByteArrayList lines;
    for (const curl_slist *node = block.list(); node != nullptr; node = node->next) {
        lines.append(node->data);
    }
    return lines;
}

} // namespace

void TestHeaderBlock::listsFieldsAndCredential()
{
    HttpCall call;
    call.headers = {{"content-type", "application/json"}, {"x-empty", ""}};
    call.credentialHeader = "authorization";
    call.credential = common::Secret("Bearer k");
    HeaderBlock block;
    QVERIFY(block.build(call));
    const QByteArrayList lines = linesOf(block);
    QCOMPARE(
        lines,
        (QByteArrayList{
            "content-type: application/json",
            "x-empty;",
            "Expect:",
            "Accept:",
            "authorization: Bearer k"}));
}

void TestHeaderBlock::leavesFramingToTheClient()
{
    HttpCall call;
    call.headers = {
        {"host", "x"},
        {"content-length", "1"},
        {"transfer-encoding", "chunked"},
        {"connection", "close"},
        {"expect", "100-continue"},
        {"accept", "*/*"}};
    HeaderBlock block;
    QVERIFY(block.build(call));
    QCOMPARE(linesOf(block), (QByteArrayList{"accept: */*", "Expect:", "Content-Type:"}));
}

void TestHeaderBlock::refusesWhatBreaksOutOfItsLine_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("credential");
    QTest::newRow("line feed") << QByteArray("a") << QByteArray("b\nc: d") << QByteArray("k");
    QTest::newRow("carriage return") << QByteArray("a") << QByteArray("b\rc") << QByteArray("k");
    QTest::newRow("nul") << QByteArray("a") << QByteArray("b\0c", 3) << QByteArray("k");
    QTest::newRow("name") << QByteArray("a b") << QByteArray("c") << QByteArray("k");
    QTest::newRow("empty name") << QByteArray() << QByteArray("c") << QByteArray("k");
    QTest::newRow("credential") << QByteArray("a") << QByteArray("c") << QByteArray("k\r\nx: y");
}

void TestHeaderBlock::refusesWhatBreaksOutOfItsLine()
{
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, value);
    QFETCH(const QByteArray, credential);
    HttpCall call;
    call.headers.add(name, value);
    call.credentialHeader = "x-api-key";
    call.credential = common::Secret(credential);
    HeaderBlock block;
    const auto built = block.build(call);
    QVERIFY(!built);
    QCOMPARE(built.error().kind, common::ErrorKind::InvalidArgument);
    QVERIFY(block.list() == nullptr);
}

void TestHeaderBlock::wipesItsText()
{
    HttpCall call;
    call.credentialHeader = "x-api-key";
    call.credential = common::Secret("very secret");
    HeaderBlock block;
    QVERIFY(block.build(call));
    block.wipe();
    QVERIFY(block.list() == nullptr);
}

QTEST_APPLESS_MAIN(TestHeaderBlock)
#include "tst_header_block.moc"
