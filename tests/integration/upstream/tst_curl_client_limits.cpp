#include "recording_observer.h"

#include "core/upstream/curl_client.h"
#include "tests/support/fake_upstream.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using common::ErrorKind;
using upstream::ClientConfig;
using upstream::CurlClient;
using upstream::Flow;

class TestCurlClientLimits final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void endsACallWithoutAFirstByte();
    void theHeadAloneIsNoFirstByte();
    void endsACallThatFallsSilent();
    void endsACallThatTakesTooLongAsAWhole();
    void pausedTimeIsNotTheProvidersFault();
    void endsAPausedCallAtItsTotal();
    void closesTheConnectionOfAnExpiredCall();
    void keepsItsLimitsByItself();
    void endsAConnectionThatIsNotAnswered();
    void aFinishedCallNeverExpires();

private:
    [[nodiscard]] upstream::HttpCall call() const;

    ManualClock m_clock;
    std::unique_ptr<FakeUpstream> m_server;
    std::unique_ptr<CurlClient> m_client;
};

void TestCurlClientLimits::init()
{
    m_client.reset();
    m_server = std::make_unique<FakeUpstream>();
    m_client = std::make_unique<CurlClient>(ClientConfig{}, m_clock);
}

upstream::HttpCall TestCurlClientLimits::call() const
{
    upstream::HttpCall result = post(m_server->url("/"));
    result.limits = {5s, 20s, 10s, 100s};
    return result;
}

void TestCurlClientLimits::endsACallWithoutAFirstByte()
{
    m_server->enqueue(FakeReply::json("{}").withFault(FakeFault::Stall, FakeReply::beforeHead));
    RecordingObserver observer;
    observer.call = m_client->start(call(), observer);
    QTRY_COMPARE(m_server->requestCount(), 1);
    m_clock.advance(20s - 1ns);
    m_client->checkDeadlines();
    QVERIFY(!observer.end);
    m_clock.advance(1ns);
    m_client->checkDeadlines();
    QVERIFY(observer.failedWith(ErrorKind::Timeout));
    QVERIFY(observer.end->error->message.contains(QLatin1String("first-byte")));
    QVERIFY(!observer.end->timedOutBeforeConnect);
}

void TestCurlClientLimits::theHeadAloneIsNoFirstByte()
{
    m_server->enqueue(FakeReply::stream({"a"}).withFault(FakeFault::Stall, 0));
    RecordingObserver observer;
    observer.call = m_client->start(call(), observer);
    QTRY_COMPARE(observer.heads, 1);
    m_clock.advance(20s);
    m_client->checkDeadlines();
    QVERIFY(observer.failedWith(ErrorKind::Timeout));
    QVERIFY(observer.end->error->message.contains(QLatin1String("first-byte")));
}

void TestCurlClientLimits::endsACallThatFallsSilent()
{
    m_server->enqueue(FakeReply::stream({"a", "b", "c"}).heldFrom(1));
    RecordingObserver observer;
    observer.call = m_client->start(call(), observer);
    QTRY_COMPARE(observer.body, QByteArray("a"));
    m_clock.advance(10s - 1ns);
    m_client->checkDeadlines();
    QVERIFY(!observer.end);
    m_server->release();
    QTRY_COMPARE(observer.body, QByteArray("ab"));
    m_clock.advance(10s - 1ns);
    m_client->checkDeadlines();
    QVERIFY(!observer.end);
    m_clock.advance(1ns);
    m_client->checkDeadlines();
    QVERIFY(observer.failedWith(ErrorKind::Timeout));
    QVERIFY(observer.end->error->message.contains(QLatin1String("gap")));
    QCOMPARE(observer.body, QByteArray("ab"));
}

void TestCurlClientLimits::endsACallThatTakesTooLongAsAWhole()
{
    QByteArrayList chunks;
    for (int i = 0; i < 20; ++i) {
        chunks.append("x");
    }
    m_server->enqueue(FakeReply::stream(chunks).heldFrom(1));
    RecordingObserver observer;
    observer.call = m_client->start(call(), observer);
    for (int i = 1; i <= 11; ++i) {
        QTRY_COMPARE(observer.received, i);
        m_clock.advance(9s);
        m_client->checkDeadlines();
        QVERIFY(!observer.end);
        m_server->release();
    }
    QTRY_COMPARE(observer.received, 12);
    m_clock.advance(1s);
    m_client->checkDeadlines();
    QVERIFY(observer.failedWith(ErrorKind::Timeout));
    QVERIFY(observer.end->error->message.contains(QLatin1String("total")));
}

void TestCurlClientLimits::pausedTimeIsNotTheProvidersFault()
{
    m_server->enqueue(FakeReply::stream({"a", "b"}).heldFrom(1));
    RecordingObserver observer;
    observer.flow = Flow::Pause;
    observer.call = m_client->start(call(), observer);
    QTRY_COMPARE(observer.body, QByteArray("a"));
    m_clock.advance(50s);
    m_client->checkDeadlines();
    QVERIFY(!observer.end);
    observer.call->resume();
    m_clock.advance(10s - 1ns);
    m_client->checkDeadlines();
    QVERIFY(!observer.end);
    m_clock.advance(1ns);
    m_client->checkDeadlines();
    QVERIFY(observer.failedWith(ErrorKind::Timeout));
}

void TestCurlClientLimits::endsAPausedCallAtItsTotal()
{
    m_server->enqueue(FakeReply::flood(8 * 1'024 * 1'024));
    RecordingObserver observer;
    observer.flow = Flow::Pause;
    observer.call = m_client->start(call(), observer);
    QTRY_VERIFY(observer.received > 0);
    m_clock.advance(100s);
    m_client->checkDeadlines();
    QVERIFY(observer.failedWith(ErrorKind::Timeout));
    QVERIFY(observer.end->error->message.contains(QLatin1String("total")));
}

void TestCurlClientLimits::closesTheConnectionOfAnExpiredCall()
{
    m_server->enqueue(FakeReply::json("{}").withFault(FakeFault::Stall, FakeReply::beforeHead));
    RecordingObserver observer;
    observer.call = m_client->start(call(), observer);
    QTRY_COMPARE(m_server->requestCount(), 1);
    m_clock.advance(20s);
    m_client->checkDeadlines();
    QTRY_VERIFY(m_server->request(0).clientClosedEarly);
    QCOMPARE(m_client->callsInFlight(), 0);
}

void TestCurlClientLimits::keepsItsLimitsByItself()
{
    const common::SystemClock clock;
    CurlClient client(ClientConfig{}, clock);
    m_server->enqueue(FakeReply::json("{}").withFault(FakeFault::Stall, FakeReply::beforeHead));
    RecordingObserver observer;
    upstream::HttpCall limited = call();
    limited.limits.firstByte = 30ms;
    observer.call = client.start(std::move(limited), observer);
    QTRY_VERIFY(observer.failedWith(ErrorKind::Timeout));
}

void TestCurlClientLimits::endsAConnectionThatIsNotAnswered()
{
    // A TLS hello is not answered by a server that waits for a request line. The connect limit is
    // libcurl's own, in real time.
    RecordingObserver observer;
    upstream::HttpCall limited = post(
        "https://127.0.0.1:" + QByteArray::number(m_server->port()) + "/");
    limited.limits.connect = 50ms;
    observer.call = m_client->start(std::move(limited), observer);
    QTRY_VERIFY(observer.failedWith(ErrorKind::Timeout));
    QVERIFY(observer.end->timedOutBeforeConnect);
    QVERIFY(observer.end->error->message.contains(QLatin1String("connect limit")));
}

void TestCurlClientLimits::aFinishedCallNeverExpires()
{
    m_server->enqueue(FakeReply::json("{}"));
    RecordingObserver observer;
    observer.headHook = [&observer] { observer.call->pause(); };
    observer.call = m_client->start(call(), observer);
    QTRY_COMPARE(observer.heads, 1);
    QTRY_VERIFY(m_server->request(0).finished);
    m_clock.advance(99s);
    m_client->checkDeadlines();
    observer.call->resume();
    QTRY_VERIFY(observer.succeeded());
    QCOMPARE(observer.body, QByteArray("{}"));
}

QTEST_GUILESS_MAIN(TestCurlClientLimits)
#include "tst_curl_client_limits.moc"
