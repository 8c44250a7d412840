#include "recording_observer.h"

#include "core/upstream/curl_client.h"
#include "tests/support/fake_upstream.h"

#include <QTest>

#include <atomic>
#include <dlfcn.h>
#include <netdb.h>

namespace {

constexpr const char *movingName = "moving.test";
std::atomic<const char *> addressOfMoving = nullptr;

} // namespace

/// Stands before the C library's in this program: libcurl asks it, so that a name can move.
extern "C" int
getaddrinfo(const char *name, const char *service, const addrinfo *hints, addrinfo **result)
{
    using Function = int (*)(const char *, const char *, const addrinfo *, addrinfo **);
    static const auto original = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    const bool isMoving = name != nullptr && QByteArrayView(name) == movingName;
    return original(isMoving ? addressOfMoving.load() : name, service, hints, result);
}

using namespace freerelay;
using namespace freerelay::tests;
using common::ErrorKind;
using upstream::ClientConfig;
using upstream::CurlClient;

class TestCurlClientFaults final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void namesWhatWentWrong_data();
    void namesWhatWentWrong();
    void deliversWhatCameBeforeTheFault_data();
    void deliversWhatCameBeforeTheFault();
    void reportsARefusedConnection();
    void reportsANameThatDoesNotResolve();
    void findsANameThatHasMoved();
    void reportsAPlainServerBehindHttps();
    void refusesOtherSchemes_data();
    void refusesOtherSchemes();
    void boundsTheHead_data();
    void boundsTheHead();
    void sendsAPostOnceAfterTheServerClosedTheIdleConnection();
    void repeatsAPostOnceWhenAReusedConnectionDiesUnanswered();
    void repeatsNothingOnceAHeaderLineCame();
    void repeatsNothingOnAFreshConnection();
    void survivesAServerThatDropsEveryConnection();
    void neverNamesTheCredential();

private:
    void run(RecordingObserver &observer, FakeReply reply);

    common::SystemClock m_clock;
    std::unique_ptr<FakeUpstream> m_server;
    std::unique_ptr<CurlClient> m_client;
};

void TestCurlClientFaults::init()
{
    m_server = std::make_unique<FakeUpstream>();
    m_client = std::make_unique<CurlClient>(ClientConfig{}, m_clock);
}

void TestCurlClientFaults::cleanup()
{
    if (m_client) {
        QCOMPARE(m_client->callsInFlight(), 0);
    }
    m_client.reset();
    m_server.reset();
}

void TestCurlClientFaults::run(RecordingObserver &observer, FakeReply reply)
{
    m_server->enqueue(std::move(reply));
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_VERIFY(observer.end);
}

void TestCurlClientFaults::namesWhatWentWrong_data()
{
    QTest::addColumn<FakeReply>("reply");
    QTest::addColumn<ErrorKind>("kind");
    const FakeReply stream = FakeReply::stream({"one", "two", "three"});
    const FakeReply plain = FakeReply::json(QByteArray(100, 'x'));
    const auto row = [](const char *name, const FakeReply &reply, ErrorKind kind) {
        QTest::newRow(name) << reply << kind;
    };
    constexpr int beforeHead = FakeReply::beforeHead;
    row("reset before the head",
        plain.withFault(FakeFault::Reset, beforeHead),
        ErrorKind::Unavailable);
    row("closed before the head",
        plain.withFault(FakeFault::Cut, beforeHead),
        ErrorKind::Unavailable);
    row("reset after the head", plain.withFault(FakeFault::Reset, 0), ErrorKind::Unavailable);
    row("cut after the head", plain.withFault(FakeFault::Cut, 0), ErrorKind::Unavailable);
    row("reset in a chunked body", stream.withFault(FakeFault::Reset, 2), ErrorKind::Unavailable);
    row("cut in a chunked body", stream.withFault(FakeFault::Cut, 2), ErrorKind::Unavailable);
    row("shorter than its content-length",
        FakeReply::garbage("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort"),
        ErrorKind::Unavailable);
    row("no HTTP at all", FakeReply::garbage("\x16\x03\x01garbage\n\n"), ErrorKind::ProtocolError);
    row("no status", FakeReply::garbage("HTTP/1.1 \r\n\r\n"), ErrorKind::ProtocolError);
    row("header without a colon",
        FakeReply::garbage("HTTP/1.1 200 OK\r\njunk\r\n\r\n"),
        ErrorKind::ProtocolError);
    row("bad chunk size",
        FakeReply::garbage("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab\r\n"),
        ErrorKind::ProtocolError);
    row("bad content-length",
        FakeReply::garbage("HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nab"),
        ErrorKind::ProtocolError);
    row("half a head", FakeReply::garbage("HTTP/1.1 200 OK\r\nconte"), ErrorKind::ProtocolError);
}

void TestCurlClientFaults::namesWhatWentWrong()
{
    QFETCH(const FakeReply, reply);
    QFETCH(const ErrorKind, kind);
    RecordingObserver observer;
    run(observer, reply);
    QVERIFY(observer.end->error);

    QCOMPARE(common::toString(observer.end->error->kind), common::toString(kind));
    QVERIFY(!observer.end->error->message.isEmpty());
}

void TestCurlClientFaults::deliversWhatCameBeforeTheFault_data()
{
    QTest::addColumn<int>("fault");
    QTest::newRow("reset") << int(FakeFault::Reset);
    QTest::newRow("cut") << int(FakeFault::Cut);
}

void TestCurlClientFaults::deliversWhatCameBeforeTheFault()
{
    QFETCH(const int, fault);
    RecordingObserver observer;
    run(observer, FakeReply::stream({"one", "two", "three"}).withFault(FakeFault(fault), 2));
    QCOMPARE(observer.status, 200);
    QCOMPARE(observer.body, QByteArray("onetwo"));
    QVERIFY(observer.failedWith(ErrorKind::Unavailable));
}

void TestCurlClientFaults::reportsARefusedConnection()
{
    const QByteArray url = m_server->url("/");
    m_server.reset();
    RecordingObserver observer;
    observer.call = m_client->start(post(url), observer);
    QTRY_VERIFY(observer.failedWith(ErrorKind::Unavailable));
    QCOMPARE(observer.heads, 0);
}

void TestCurlClientFaults::reportsANameThatDoesNotResolve()
{
    // ".invalid" never resolves (RFC 6761 §6.4).
    RecordingObserver observer;
    observer.call = m_client->start(post("http://provider.invalid/v1"), observer);
    QTRY_VERIFY_WITH_TIMEOUT(observer.failedWith(ErrorKind::Unavailable), 30'000);
}

/// libcurl would go on with the address that it knows for a minute.
void TestCurlClientFaults::findsANameThatHasMoved()
{
    const QByteArray url = m_server->url("/").replace("127.0.0.1", movingName);
    addressOfMoving = "127.0.0.9"; // nobody listens there
    RecordingObserver before;
    before.call = m_client->start(post(url), before);
    QTRY_VERIFY(before.end);
    QVERIFY(before.failedWith(ErrorKind::Unavailable));
    addressOfMoving = "127.0.0.1";
    m_server->enqueue(FakeReply::json("{}"));
    RecordingObserver after;
    after.call = m_client->start(post(url), after);
    QTRY_VERIFY(after.end);
    QVERIFY(after.succeeded());
    QCOMPARE(after.body, QByteArray("{}"));
}

void TestCurlClientFaults::reportsAPlainServerBehindHttps()
{
    RecordingObserver observer;
    observer.call = m_client->start(
        post("https://127.0.0.1:" + QByteArray::number(m_server->port()) + "/"), observer);
    // A TLS hello is no request, so the server waits: end the connection from its side.
    QTRY_COMPARE(m_server->connectionCount(), 1);
    m_server->resetAll();
    QTRY_VERIFY(observer.failedWith(ErrorKind::Unavailable));
}

void TestCurlClientFaults::refusesOtherSchemes_data()
{
    QTest::addColumn<QByteArray>("url");
    for (const char *url : {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", ""}) {
        QTest::newRow(url) << QByteArray(url);
    }
}

void TestCurlClientFaults::refusesOtherSchemes()
{
    QFETCH(const QByteArray, url);
    RecordingObserver observer;
    observer.call = m_client->start(post(url), observer);
    QTRY_VERIFY(observer.failedWith(ErrorKind::InvalidArgument));
}

void TestCurlClientFaults::boundsTheHead_data()
{
    QTest::addColumn<FakeReply>("reply");
    FakeReply manyFields = FakeReply::json("{}");
    for (int i = 0; i < 250; ++i) {
        manyFields.headers.add("x-" + QByteArray::number(i), "v");
    }
    QTest::newRow("fields") << manyFields;
    FakeReply manyBytes = FakeReply::json("{}");
    for (int i = 0; i < 20; ++i) {
        manyBytes.headers.add("x-" + QByteArray::number(i), QByteArray(4'000, 'v'));
    }
    QTest::newRow("bytes") << manyBytes;
    QTest::newRow("one line") << FakeReply::json("{}").withHeader("x", QByteArray(200'000, 'v'));
    QTest::newRow("a line without end")
        << FakeReply::garbage("HTTP/1.1 200 OK\r\nx: " + QByteArray(2'000'000, 'v'));
}

void TestCurlClientFaults::boundsTheHead()
{
    QFETCH(const FakeReply, reply);
    RecordingObserver observer;
    run(observer, reply);
    QVERIFY(observer.failedWith(ErrorKind::ProtocolError));
    QCOMPARE(observer.heads, 0);
}

void TestCurlClientFaults::sendsAPostOnceAfterTheServerClosedTheIdleConnection()
{
    RecordingObserver first;
    run(first, FakeReply::json("{}"));
    m_server->closeIdleConnections();
    QTRY_COMPARE(m_server->openConnections(), 0);
    RecordingObserver second;
    run(second, FakeReply::json("{}"));
    QVERIFY(second.succeeded());
    QCOMPARE(m_server->requestCount(), 2);
    QCOMPARE(m_server->connectionCount(), 2);
}

void TestCurlClientFaults::repeatsAPostOnceWhenAReusedConnectionDiesUnanswered()
{
    RecordingObserver first;
    run(first, FakeReply::json("{}"));
    m_server->enqueue(FakeReply::json("{}").withFault(FakeFault::Reset, FakeReply::beforeHead));
    RecordingObserver second;
    run(second, FakeReply::json(R"({"second":1})"));
    QVERIFY(second.succeeded());
    QCOMPARE(second.body, QByteArray(R"({"second":1})"));
    QCOMPARE(m_server->requestCount(), 3);
    QCOMPARE(m_server->request(1).body, m_server->request(2).body);
}

void TestCurlClientFaults::repeatsNothingOnceAHeaderLineCame()
{
    RecordingObserver first;
    run(first, FakeReply::json("{}"));
    RecordingObserver second;
    run(second, FakeReply::garbage("HTTP/1.1 200 OK\r\n"));
    QVERIFY(second.end->error);
    QCOMPARE(m_server->requestCount(), 2);
}

void TestCurlClientFaults::repeatsNothingOnAFreshConnection()
{
    RecordingObserver observer;
    run(observer, FakeReply::json("{}").withFault(FakeFault::Reset, FakeReply::beforeHead));
    QVERIFY(observer.failedWith(ErrorKind::Unavailable));
    QCOMPARE(m_server->requestCount(), 1);
}

void TestCurlClientFaults::survivesAServerThatDropsEveryConnection()
{
    for (int i = 0; i < 20; ++i) {
        FakeReply reply = FakeReply::json("{}");
        reply.dropAfter = true;
        RecordingObserver observer;
        run(observer, reply);
        QVERIFY(observer.succeeded());
    }
    QCOMPARE(m_server->requestCount(), 20);
}

void TestCurlClientFaults::neverNamesTheCredential()
{
    m_server->enqueue(FakeReply::garbage("nonsense\r\n\r\n"));
    upstream::HttpCall call = post(m_server->url("/"));
    call.credentialHeader = "authorization";
    call.credential = common::Secret("Bearer hush-hush-key");
    RecordingObserver observer;
    observer.call = m_client->start(std::move(call), observer);
    QTRY_VERIFY(observer.end);
    QVERIFY(!observer.end->error->message.contains(QLatin1String("hush")));
    QVERIFY(!observer.end->error->detail.contains(QLatin1String("hush")));
}

QTEST_GUILESS_MAIN(TestCurlClientFaults)
#include "tst_curl_client_faults.moc"
