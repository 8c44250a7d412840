#include "core/gateway/http_request_parser.h"

#include <QTest>

using namespace freerelay::gateway;
using namespace Qt::Literals::StringLiterals;
using Event = HttpRequestParser::Event;

namespace {

const QByteArray post = "POST /v1/x HTTP/1.1\r\nHost: localhost\r\n";

/// Feeds `bytes` in pieces of `step` and collects what comes out.
struct Run
{
    std::vector<HttpRequest> requests;
    int failedWith = 0;

    Run(const QByteArray &bytes, qsizetype step, ParserLimits limits = {})
    {
        HttpRequestParser parser(limits);
        for (qsizetype at = 0; at < bytes.size() && failedWith == 0; at += step) {
            QByteArrayView data = QByteArrayView(bytes).sliced(
                at, std::min(step, bytes.size() - at));
            feed(parser, data);
        }
    }

    void feed(HttpRequestParser &parser, QByteArrayView data)
    {
        for (;;) {
            switch (parser.feed(data)) {
            case Event::NeedMore:
                QVERIFY(data.isEmpty());
                return;
            case Event::Failed:
                failedWith = parser.error().status;
                return;
            case Event::Request:
                requests.push_back(parser.take());
                break;
            case Event::Head:
                break;
            }
        }
    }
};

QByteArray manyHeaders(int count)
{
    QByteArray head = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < count; ++i) {
        head += "X-" + QByteArray::number(i) + ": 1\r\n";
    }
    return head + "\r\n";
}

} // namespace

class TestHttpRequestParser final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refuses_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<int>("status");
        const auto row = [](const char *name, const QByteArray &input, int status) {
            QTest::newRow(name) << input << status;
        };
        row("TLS hello", "\x16\x03\x01\x02"_ba, 400);
        row("garbage line", "hello\r\n\r\n", 400);
        row("no version", "GET /\r\n\r\n", 400);
        row("HTTP/0.9 style version", "GET / HTTP/0.9\r\n\r\n", 505);
        row("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
        row("HTTP/9.9", "GET / HTTP/9.9\r\n\r\n", 505);
        row("HTTP/1.2", "GET / HTTP/1.2\r\n\r\n", 400);
        row("lower-case version", "GET / http/1.1\r\n\r\n", 400);
        row("version with blanks", "GET / HTTP/1.1 \r\n\r\n", 400);
        row("two blanks before target", "GET  / HTTP/1.1\r\n\r\n", 400);
        row("method with bad character", "G@T / HTTP/1.1\r\n\r\n", 400);
        row("endless method", QByteArray(40, 'A') + " / HTTP/1.1\r\n\r\n", 400);
        row("CONNECT", "CONNECT a:1 HTTP/1.1\r\n\r\n", 501);
        row("relative target", "GET v1 HTTP/1.1\r\n\r\n", 400);
        row("asterisk for GET", "GET * HTTP/1.1\r\n\r\n", 400);
        row("other scheme", "GET ftp://localhost/ HTTP/1.1\r\n\r\n", 400);
        row("user in authority",
            "GET http://u@localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
            400);
        row("authority differs from Host", "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n", 400);
        row("fragment", "GET /a#b HTTP/1.1\r\n\r\n", 400);
        row("high byte in target", "GET /\xc3\xa4 HTTP/1.1\r\n\r\n", 400);
        row("tab in target", "GET /a\tb HTTP/1.1\r\n\r\n", 400);
        row("escaped zero", "GET /a%00 HTTP/1.1\r\n\r\n", 400);
        row("escaped line break", "GET /a%0d%0a HTTP/1.1\r\n\r\n", 400);
        row("bad escape", "GET /a%zz HTTP/1.1\r\n\r\n", 400);
        row("cut escape", "GET /a%4 HTTP/1.1\r\n\r\n", 400);
        row("bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400);
        row("bare CR in value", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", 400);
        row("zero in value", QByteArray("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 27), 400);
        row("header without colon", "GET / HTTP/1.1\r\nHost localhost\r\n\r\n", 400);
        row("header without name", "GET / HTTP/1.1\r\n: x\r\n\r\n", 400);
        row("blank before colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400);
        row("folded line", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400);
        row("folded first line", "GET / HTTP/1.1\r\n A: b\r\n\r\n", 400);
        row("repeated Host", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400);
        row("length abc", post + "Content-Length: abc\r\n\r\n", 400);
        row("length -1", post + "Content-Length: -1\r\n\r\n", 400);
        row("length +1", post + "Content-Length: +1\r\n\r\n", 400);
        row("length empty", post + "Content-Length:\r\n\r\n", 400);
        row("length hex", post + "Content-Length: 0x5\r\n\r\n", 400);
        row("length list", post + "Content-Length: 5, 5\r\n\r\n", 400);
        row("length repeated", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400);
        row("length differs", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400);
        row("length 2^63", post + "Content-Length: 9223372036854775808\r\n\r\n", 413);
        row("length over the limit", post + "Content-Length: 33554433\r\n\r\n", 413);
        row("length and coding",
            post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            400);
        row("coding and length",
            post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
            400);
        row("coding gzip", post + "Transfer-Encoding: gzip\r\n\r\n", 400);
        row("coding gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 400);
        row("coding chunked, chunked", post + "Transfer-Encoding: chunked, chunked\r\n\r\n", 400);
        row("coding twice",
            post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            400);
        row("coding xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n", 400);
        row("coding with vertical tab",
            post
                + "Transfer-Encoding: \x0b"
                  "chunked\r\n\r\n",
            400);
        row("coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
        const QByteArray chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
        row("chunk size zz", chunked + "zz\r\n", 400);
        row("chunk size -1", chunked + "-1\r\n", 400);
        row("chunk size empty", chunked + "\r\n", 400);
        row("chunk size 0x5", chunked + "0x5\r\nhello\r\n", 400);
        row("chunk size with a blank first", chunked + " 5\r\nhello\r\n", 400);
        row("chunk size too long", chunked + "00000000000000005\r\n", 400);
        row("chunk size huge", chunked + "fffffffffffffff\r\n", 413);
        row("chunk over the limit", chunked + "2000001\r\n", 413);
        row("chunk longer than said", chunked + "2\r\nhello\r\n", 400);
        row("chunk line by LF", chunked + "5\nhello\r\n", 400);
        row("bad trailer", chunked + "0\r\nbad trailer\r\n\r\n", 400);
        row("long extension", chunked + "5;" + QByteArray(5'000, 'x') + "\r\nhello\r\n", 400);
        row("many extensions",
            chunked + QByteArray("1;" + QByteArray(3'000, 'x') + "\r\nx\r\n").repeated(11)
                + "0\r\n\r\n",
            400);
        row("many trailers",
            chunked + "0\r\n" + QByteArray("T: " + QByteArray(3'000, 'x') + "\r\n").repeated(11)
                + "\r\n",
            400);
        row("91 headers", manyHeaders(91), 431);
        row("endless request line", "GET /" + QByteArray(40'000, 'a'), 431);
        row("endless header", "GET / HTTP/1.1\r\nA: " + QByteArray(40'000, 'a'), 431);
        row("endless blank lines", QByteArray("\r\n").repeated(20'000), 431);
    }

    void refuses()
    {
        QFETCH(QByteArray, input);
        QFETCH(int, status);
        for (const qsizetype step : {qsizetype(1), qsizetype(7), input.size()}) {
            const Run run(input, step);
            QCOMPARE(run.failedWith, status);
            QVERIFY(run.requests.empty());
        }
    }

    void acceptsUpToTheLimits()
    {
        QCOMPARE(Run(manyHeaders(90), 1'000).requests.size(), std::size_t(1));
        const QByteArray frame = "GET / HTTP/1.1\r\nA: \r\n\r\n";
        QByteArray full = frame;
        full.insert(frame.indexOf("A: ") + 3, QByteArray(32 * 1024 - frame.size(), 'a'));
        QCOMPARE(full.size(), 32 * 1024);
        QCOMPARE(Run(full, 1'000).requests.size(), std::size_t(1));
        full.insert(frame.indexOf("A: ") + 3, 'a');
        QCOMPARE(Run(full, 1'000).failedWith, 431);
        ParserLimits limits;
        limits.maxBodyBytes = 5;
        QCOMPARE(
            Run(post + "Content-Length: 5\r\n\r\nhello", 3, limits).requests.size(),
            std::size_t(1));
        QCOMPARE(Run(post + "Content-Length: 6\r\n\r\nhello!", 3, limits).failedWith, 413);
        const QByteArray chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
        QCOMPARE(
            Run(chunked + "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 3, limits).requests.size(),
            std::size_t(1));
        QCOMPARE(Run(chunked + "3\r\nhel\r\n3\r\nlo!\r\n0\r\n\r\n", 3, limits).failedWith, 413);
    }

    void readsTheSameWhereverTheInputIsSplit_data()
    {
        QTest::addColumn<QByteArray>("one");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("length") << QByteArray(post + "Content-Length: 5\r\n\r\nhello")
                                << "hello"_ba;
        QTest::newRow("chunked") << QByteArray(
            post
            + "Transfer-Encoding: Chunked\r\n\r\n3;a=b\r\nhel\r\n02 \r\nlo\r\n0\r\nX-T: 1\r\n\r\n")
                                 << "hello"_ba;
        QTest::newRow("no body") << QByteArray("\r\n" + post + "\r\n") << QByteArray();
        QTest::newRow("length 0") << QByteArray(post + "Content-Length: 0\r\n\r\n") << QByteArray();
    }

    void readsTheSameWhereverTheInputIsSplit()
    {
        QFETCH(QByteArray, one);
        QFETCH(QByteArray, body);
        const QByteArray input = one + one;
        for (qsizetype split = 1; split < input.size(); ++split) {
            HttpRequestParser parser;
            Run run({}, 1);
            run.feed(parser, QByteArrayView(input).first(split));
            run.feed(parser, QByteArrayView(input).sliced(split));
            QCOMPARE(run.failedWith, 0);
            QCOMPARE(run.requests.size(), std::size_t(2));
            for (const HttpRequest &request : run.requests) {
                QCOMPARE(request.body, body);
                QCOMPARE(request.path, "/v1/x"_ba);
                QCOMPARE(request.headers.value("host"), "localhost"_ba);
                QVERIFY(
                    body.isEmpty() || request.body.capacity() >= request.body.size() + bodyPadding);
            }
            QVERIFY(!parser.isInsideRequest());
        }
        QCOMPARE(Run(input, 1).requests.size(), std::size_t(2));
    }

    void givesHeadersInLowerCaseAndTrimmed()
    {
        const Run run(
            "GET /a?b=%20c HTTP/1.1\r\nHOST:\t LocalHost \r\nX-Long-" + QByteArray(80, 'Q')
                + ": v\r\nEmpty:\r\n\r\n",
            5);
        const HttpRequest &request = run.requests.at(0);
        QCOMPARE(request.headers.value("host"), "LocalHost"_ba);
        QCOMPARE(request.headers.value(QByteArray("x-long-" + QByteArray(80, 'q'))), "v"_ba);
        QVERIFY(request.headers.contains("empty"));
        QVERIFY(!request.headers.value("empty").isNull());
        QCOMPARE(request.query, "b=%20c"_ba);
        QCOMPARE(request.path, "/a"_ba);
    }

    void knowsWhetherTheConnectionStaysOpen_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<bool>("keepAlive");
        QTest::newRow("1.1") << "GET / HTTP/1.1\r\n\r\n"_ba << true;
        QTest::newRow("1.1 close")
            << "GET / HTTP/1.1\r\nConnection: Foo, Close\r\n\r\n"_ba << false;
        QTest::newRow("1.1 close in a second header")
            << "GET / HTTP/1.1\r\nConnection: x\r\nConnection: close\r\n\r\n"_ba << false;
        QTest::newRow("1.1 close wins")
            << "GET / HTTP/1.1\r\nConnection: keep-alive, close\r\n\r\n"_ba << false;
        QTest::newRow("1.1 closet") << "GET / HTTP/1.1\r\nConnection: closet\r\n\r\n"_ba << true;
        QTest::newRow("1.0") << "GET / HTTP/1.0\r\n\r\n"_ba << false;
        QTest::newRow("1.0 keep-alive")
            << "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"_ba << true;
    }

    void knowsWhetherTheConnectionStaysOpen()
    {
        QFETCH(QByteArray, input);
        QTEST(Run(input, 100).requests.at(0).keepAlive, "keepAlive");
    }

    void readsMethods()
    {
        QCOMPARE(Run("PATCH / HTTP/1.1\r\n\r\n", 100).requests.at(0).method, Method::Patch);
        const HttpRequest other = Run("BREW / HTTP/1.1\r\n\r\n", 100).requests.at(0);
        QCOMPARE(other.method, Method::Other);
        QCOMPARE(other.methodName, "BREW"_ba);
        QCOMPARE(Run("get / HTTP/1.1\r\n\r\n", 100).requests.at(0).method, Method::Other);
        QCOMPARE(Run("OPTIONS * HTTP/1.1\r\n\r\n", 100).requests.at(0).path, "*"_ba);
    }

    void readsAbsoluteTargets()
    {
        const Run run("GET http://LocalHost:80/a?b HTTP/1.1\r\nHost: localhost:80\r\n\r\n", 100);
        QCOMPARE(run.requests.at(0).path, "/a"_ba);
        QCOMPARE(run.requests.at(0).query, "b"_ba);
        QCOMPARE(Run("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n", 100).requests.at(0).path, "/"_ba);
        QCOMPARE(
            Run("GET http://evil/ HTTP/1.0\r\n\r\n", 100).requests.at(0).headers.value("host"),
            "evil"_ba);
    }

    void normalisesPaths_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QByteArray>("path");
        const auto row = [](const char *raw, const char *path) {
            QTest::newRow(raw) << QByteArray(raw) << QByteArray(path);
        };
        row("/", "/");
        row("/a/b", "/a/b");
        row("/a/b/", "/a/b/");
        row("//a///b", "/a/b");
        row("/a/./b", "/a/b");
        row("/a/.", "/a/");
        row("/a/../b", "/b");
        row("/a/b/..", "/a/");
        row("/../../x", "/x");
        row("/..", "/");
        row("//", "/");
        row("/a/%2e%2e/b", "/b");
        row("/a/%2E%2e%2Fb", "/b");
        row("/a%2fb", "/a/b");
        row("/a%2F%2Fb", "/a/b");
        row("/groq%2Fopenai%2Fgpt", "/groq/openai/gpt");
        row("/a%20b", "/a b");
        row("/a%C3%A4", "/a\xc3\xa4");
        row("/.hidden/...", "/.hidden/...");
        row("/%252e%252e/", "/%2e%2e/");
    }

    void normalisesPaths()
    {
        QFETCH(QByteArray, raw);
        QTEST(normalisedPath(raw).value(), "path");
    }

    void keepsNothingOfABodyThatWasOnlyAnnounced()
    {
        HttpRequestParser parser;
        const QByteArray head = post + "Content-Length: 30000000\r\n\r\n";
        QByteArrayView data = head;
        QCOMPARE(parser.feed(data), Event::Head);
        QCOMPARE(parser.feed(data), Event::NeedMore);
        QVERIFY(parser.head().body.capacity() < 300'000);
        QVERIFY(parser.isInsideBody());
    }

    void acceptsManySmallChunks()
    {
        QByteArray input = post + "Transfer-Encoding: chunked\r\n\r\n";
        input += QByteArray("1\r\nx\r\n").repeated(50'000) + "0\r\n\r\n";
        QCOMPARE(Run(input, 65'536).requests.at(0).body.size(), 50'000);
    }
};

QTEST_GUILESS_MAIN(TestHttpRequestParser)
#include "tst_http_request_parser.moc"
