#include "recording_observer.h"

#include "core/upstream/curl_client.h"
#include "tests/support/fake_upstream.h"

#include <QLoggingCategory>
#include <QSignalSpy>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using upstream::ClientConfig;
using upstream::CurlClient;

class TestCurlClient final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void sendsAPostAndReadsTheReply();
    void sendsExactlyTheGivenHeaders();
    void putsTheCredentialIntoItsHeader();
    void speaksEveryMethod_data();
    void speaksEveryMethod();
    void forgetsTheCallBeforeOnAReusedHandle();
    void readsEveryFraming_data();
    void readsEveryFraming();
    void readsOneByteAtATime();
    void reportsAnyStatusAsAReply();
    void skipsInterimReplies();
    void ignoresTrailers();
    void neverFollowsRedirects();
    void doesNotDecodeBodies();
    void keepsNoCookies();
    void reusesItsConnection();
    void opensAConnectionForEachConcurrentCall();
    void servesFiveHundredConcurrentCalls();
    void neverUsesAProxyForLoopback();
    void usesTheProxyOfTheEnvironmentElsewhere();
    void sendsALargeBodyAsItIs();
    void neverCallsBackBeforeStartReturns();

private:
    common::SystemClock m_clock;
    std::unique_ptr<FakeUpstream> m_server;
    std::unique_ptr<CurlClient> m_client;
};

void TestCurlClient::init()
{
    m_client.reset();
    m_server = std::make_unique<FakeUpstream>();
    m_client = std::make_unique<CurlClient>(ClientConfig{}, m_clock);
}

void TestCurlClient::sendsAPostAndReadsTheReply()
{
    m_server->enqueue(FakeReply::json(R"({"ok":true})").withHeader("X-Mixed-Case", "Kept"));
    RecordingObserver observer;
    observer.call = m_client->start(post(m_server->url("/v1/chat"), R"({"a":1})"), observer);
    QCOMPARE(m_client->callsInFlight(), 1);
    QTRY_VERIFY(observer.end);
    QVERIFY(observer.succeeded());
    QCOMPARE(observer.heads, 1);
    QCOMPARE(observer.status, 200);
    QCOMPARE(observer.headers.value("content-type"), QByteArray("application/json"));
    QCOMPARE(observer.headers.value("x-mixed-case"), QByteArray("Kept"));
    QCOMPARE(observer.body, QByteArray(R"({"ok":true})"));
    QVERIFY(!observer.end->reusedConnection);
    QVERIFY(observer.end->connectTime.count() > 0);
    QCOMPARE(m_client->callsInFlight(), 0);
    const FakeRequest request = m_server->request(0);
    QCOMPARE(request.method, QByteArray("POST"));
    QCOMPARE(request.target, QByteArray("/v1/chat"));
    QCOMPARE(request.body, QByteArray(R"({"a":1})"));
}

void TestCurlClient::sendsExactlyTheGivenHeaders()
{
    m_server->enqueue(FakeReply::json("{}"));
    RecordingObserver observer;
    upstream::HttpCall call = post(m_server->url("/"));
    call.headers.add("x-one", "1");
    call.headers.add("x-empty", "");
    observer.call = m_client->start(std::move(call), observer);
    QTRY_VERIFY(observer.end);
    const FakeRequest request = m_server->request(0);
    QByteArrayList names;
    for (const auto &[name, value] : request.headers.fields()) {
        names.append(name);
    }
    std::sort(names.begin(), names.end());
    QCOMPARE(
        names,
        (QByteArrayList{
            "content-length", "content-type", "host", "user-agent", "x-empty", "x-one"}));
}

void TestCurlClient::putsTheCredentialIntoItsHeader()
{
    m_server->enqueue(FakeReply::json("{}"));
    RecordingObserver observer;
    upstream::HttpCall call = post(m_server->url("/"));
    call.credentialHeader = "authorization";
    call.credential = common::Secret("Bearer gsk_abc");
    observer.call = m_client->start(std::move(call), observer);
    QTRY_VERIFY(observer.end);
    QCOMPARE(m_server->request(0).headers.value("authorization"), QByteArray("Bearer gsk_abc"));
}

void TestCurlClient::speaksEveryMethod_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("GET") << QByteArray("GET") << QByteArray();
    QTest::newRow("HEAD") << QByteArray("HEAD") << QByteArray();
    QTest::newRow("POST") << QByteArray("POST") << QByteArray("x");
    QTest::newRow("POST, empty") << QByteArray("POST") << QByteArray();
    QTest::newRow("PUT") << QByteArray("PUT") << QByteArray("y");
    QTest::newRow("DELETE") << QByteArray("DELETE") << QByteArray();
}

void TestCurlClient::speaksEveryMethod()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, body);
    FakeReply reply = FakeReply::json(method == "HEAD" ? "" : "{}");
    m_server->enqueue(reply);
    RecordingObserver observer;
    upstream::HttpCall call = post(m_server->url("/m"), body);
    call.method = method;
    observer.call = m_client->start(std::move(call), observer);
    QTRY_VERIFY(observer.end);
    QVERIFY(observer.succeeded());
    QCOMPARE(m_server->request(0).method, method);
    QCOMPARE(m_server->request(0).body, body);
}

void TestCurlClient::forgetsTheCallBeforeOnAReusedHandle()
{
    m_server->setHandler([](const FakeRequest &request) {
        return FakeReply::json(request.method == "HEAD" ? "" : "{}");
    });
    const QByteArrayList methods{"POST", "GET", "HEAD", "DELETE", "GET", "POST", "HEAD", "POST"};
    for (const QByteArray &method : methods) {
        RecordingObserver observer;
        upstream::HttpCall call = post(m_server->url("/" + method), method == "POST" ? "body" : "");
        call.method = method;
        observer.call = m_client->start(std::move(call), observer);
        QTRY_VERIFY(observer.end);
        QVERIFY(observer.succeeded());
    }
    for (int i = 0; i < methods.size(); ++i) {
        QCOMPARE(m_server->request(i).method, methods[i]);
        QCOMPARE(
            m_server->request(i).body, methods[i] == "POST" ? QByteArray("body") : QByteArray());
    }
    QCOMPARE(m_server->connectionCount(), 1);
}

void TestCurlClient::readsEveryFraming_data()
{
    QTest::addColumn<int>("framing");
    QTest::newRow("content-length") << int(FakeFraming::ContentLength);
    QTest::newRow("chunked") << int(FakeFraming::Chunked);
    QTest::newRow("until close") << int(FakeFraming::UntilClose);
}

void TestCurlClient::readsEveryFraming()
{
    QFETCH(const int, framing);
    m_server->enqueue(FakeReply::stream({"one", "two", "three"}, FakeFraming(framing)));
    RecordingObserver observer;
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_VERIFY(observer.end);
    QVERIFY(observer.succeeded());
    QCOMPARE(observer.body, QByteArray("onetwothree"));
}

void TestCurlClient::readsOneByteAtATime()
{
    FakeReply reply = FakeReply::sse({"data: {\"a\":1}", "data: [DONE]"});
    reply.oneByteWrites = true;
    m_server->enqueue(reply);
    RecordingObserver observer;
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_VERIFY(observer.end);
    QVERIFY(observer.succeeded());
    QCOMPARE(observer.body, QByteArray("data: {\"a\":1}\n\ndata: [DONE]\n\n"));
}

void TestCurlClient::reportsAnyStatusAsAReply()
{
    for (const int status : {204, 400, 401, 429, 500, 503}) {
        m_server->enqueue(FakeReply::json(status == 204 ? "" : "{}", status));
        RecordingObserver observer;
        observer.call = m_client->start(post(m_server->url("/")), observer);
        QTRY_VERIFY(observer.end);
        QVERIFY(observer.succeeded());
        QCOMPARE(observer.status, status);
    }
}

void TestCurlClient::skipsInterimReplies()
{
    m_server->enqueue(FakeReply::garbage("HTTP/1.1 100 Continue\r\n\r\n"
                                         "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
                                         "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
    RecordingObserver observer;
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_VERIFY(observer.end);
    QVERIFY(observer.succeeded());
    QCOMPARE(observer.heads, 1);
    QCOMPARE(observer.status, 200);
    QVERIFY(!observer.headers.contains("link"));
    QCOMPARE(observer.body, QByteArray("ok"));
}

void TestCurlClient::ignoresTrailers()
{
    m_server->enqueue(FakeReply::garbage(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nlate: x\r\n\r\n"));
    RecordingObserver observer;
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_VERIFY(observer.end);
    QVERIFY(observer.succeeded());
    QCOMPARE(observer.heads, 1);
    QVERIFY(!observer.headers.contains("late"));
    QCOMPARE(observer.body, QByteArray("ok"));
}

void TestCurlClient::neverFollowsRedirects()
{
    m_server->enqueue(FakeReply::json("{}", 307).withHeader("location", m_server->url("/else")));
    RecordingObserver observer;
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_VERIFY(observer.end);
    QVERIFY(observer.succeeded());
    QCOMPARE(observer.status, 307);
    QCOMPARE(m_server->requestCount(), 1);
}

void TestCurlClient::doesNotDecodeBodies()
{
    m_server->enqueue(FakeReply::json("\x1f\x8b raw").withHeader("content-encoding", "gzip"));
    RecordingObserver observer;
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_VERIFY(observer.end);
    QVERIFY(observer.succeeded());
    QCOMPARE(observer.body, QByteArray("\x1f\x8b raw"));
    QVERIFY(!m_server->request(0).headers.contains("accept-encoding"));
}

void TestCurlClient::keepsNoCookies()
{
    for (int i = 0; i < 2; ++i) {
        m_server->enqueue(FakeReply::json("{}").withHeader("set-cookie", "a=b"));
        RecordingObserver observer;
        observer.call = m_client->start(post(m_server->url("/")), observer);
        QTRY_VERIFY(observer.end);
    }
    QVERIFY(!m_server->request(1).headers.contains("cookie"));
}

void TestCurlClient::reusesItsConnection()
{
    m_server->setHandler([](const FakeRequest &) { return FakeReply::json("{}"); });
    for (int i = 0; i < 5; ++i) {
        RecordingObserver observer;
        observer.call = m_client->start(post(m_server->url("/")), observer);
        QTRY_VERIFY(observer.end);
        QCOMPARE(observer.end->reusedConnection, i > 0);
    }
    QCOMPARE(m_server->connectionCount(), 1);
}

void TestCurlClient::opensAConnectionForEachConcurrentCall()
{
    FakeReply held = FakeReply::json("{}");
    held.headHeld = true;
    m_server->setHandler([held](const FakeRequest &) { return held; });
    std::vector<std::unique_ptr<RecordingObserver>> observers;
    for (int i = 0; i < 10; ++i) {
        observers.push_back(std::make_unique<RecordingObserver>());
        observers.back()->call = m_client->start(post(m_server->url("/")), *observers.back());
    }
    QTRY_COMPARE(m_server->requestCount(), 10);
    QCOMPARE(m_server->connectionCount(), 10);
    m_server->releaseAll();
    for (const auto &observer : observers) {
        QTRY_VERIFY(observer->succeeded());
    }
}

void TestCurlClient::servesFiveHundredConcurrentCalls()
{
    constexpr int count = 500;
    m_server->setHandler([](const FakeRequest &request) {
        FakeReply reply = FakeReply::json(request.body);
        reply.headHeld = true;
        return reply;
    });
    std::vector<std::unique_ptr<RecordingObserver>> observers;
    for (int i = 0; i < count; ++i) {
        observers.push_back(std::make_unique<RecordingObserver>());
        observers.back()->call = m_client->start(
            post(m_server->url("/"), QByteArray::number(i)), *observers.back());
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_server->requestCount(), count, 30'000);
    QCOMPARE(m_client->callsInFlight(), count);
    m_server->releaseAll();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->callsInFlight(), 0, 30'000);
    for (int i = 0; i < count; ++i) {
        QVERIFY(observers[std::size_t(i)]->succeeded());
        QCOMPARE(observers[std::size_t(i)]->body, QByteArray::number(i));
    }
}

namespace {

/// Sets proxies for the life of a test.
class ProxyEnvironment
{
public:
    explicit ProxyEnvironment(const QByteArray &proxy)
    {
        qputenv("http_proxy", proxy);
        qputenv("ALL_PROXY", proxy);
    }
    ~ProxyEnvironment()
    {
        qunsetenv("http_proxy");
        qunsetenv("ALL_PROXY");
    }
    Q_DISABLE_COPY_MOVE(ProxyEnvironment)
};

} // namespace

void TestCurlClient::neverUsesAProxyForLoopback()
{
    FakeUpstream proxy;
    const ProxyEnvironment environment(proxy.url());
    const QByteArray port = QByteArray::number(m_server->port());
    const QByteArrayList hosts{"127.0.0.1", "127.1", "localhost"};
    for (const QByteArray &host : hosts) {
        m_server->enqueue(FakeReply::json("{}"));
        RecordingObserver observer;
        observer.call = m_client->start(post("http://" + host + ':' + port + "/direct"), observer);
        QTRY_VERIFY(observer.end);
        QVERIFY(observer.succeeded());
    }
    QCOMPARE(m_server->requestCount(), hosts.size());
    QCOMPARE(proxy.requestCount(), 0);
}

void TestCurlClient::usesTheProxyOfTheEnvironmentElsewhere()
{
    FakeUpstream proxy;
    const ProxyEnvironment environment(proxy.url());
    proxy.enqueue(FakeReply::json("{}"));
    RecordingObserver observer;
    observer.call = m_client->start(post("http://provider.invalid/v1"), observer);
    QTRY_VERIFY(observer.end);
    QVERIFY(observer.succeeded());
    QCOMPARE(proxy.request(0).target, QByteArray("http://provider.invalid/v1"));
}

void TestCurlClient::sendsALargeBodyAsItIs()
{
    m_server->enqueue(FakeReply::json("{}"));
    const QByteArray body(8 * 1'024 * 1'024, 'b');
    RecordingObserver observer;
    observer.call = m_client->start(post(m_server->url("/"), body), observer);
    QTRY_VERIFY(observer.end);
    QVERIFY(observer.succeeded());
    QCOMPARE(m_server->request(0).body.size(), body.size());
    QVERIFY(!m_server->request(0).headers.contains("expect"));
}

void TestCurlClient::neverCallsBackBeforeStartReturns()
{
    // Nothing listens there any more, so the failure is known at once.
    const QByteArray url = m_server->url("/");
    m_server.reset();
    RecordingObserver observer;
    observer.call = m_client->start(post(url), observer);
    QVERIFY(!observer.end);
    RecordingObserver invalid;
    upstream::HttpCall call = post(url);
    call.headers.add("bad\nname", "x");
    invalid.call = m_client->start(std::move(call), invalid);
    QVERIFY(!invalid.end);
    QTRY_VERIFY(observer.failedWith(common::ErrorKind::Unavailable));
    QTRY_VERIFY(invalid.failedWith(common::ErrorKind::InvalidArgument));
}

QTEST_GUILESS_MAIN(TestCurlClient)
#include "tst_curl_client.moc"
