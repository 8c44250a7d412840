#include "nginx_front.h"
#include "recording_observer.h"

#include "core/upstream/curl_client.h"
#include "tests/support/fake_upstream.h"

#include <QSet>
#include <QSignalSpy>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using common::ErrorKind;
using upstream::ClientConfig;
using upstream::CurlClient;
using upstream::CurlTransfer;
using upstream::Flow;

using Observers = std::vector<std::unique_ptr<RecordingObserver>>;

class TestCurlClientHttp2 final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void sharesOneConnection();
    void refusesAnUnknownAuthority();
    void pausedStreamsDoNotHoldUpTheOthers();
    void manyPausedFloodsLeaveTheOthersFlowing();
    void aPausedFloodIsBounded();
    void aReaderTooSlowForASharedConnectionLosesItsReply();
    void cancelResetsOneStreamOnly_data();
    void cancelResetsOneStreamOnly();
    void cancelBeforeTheHeadReachesTheServer();
    void cancelOfALoneStreamReachesTheServer();
    void reportsAConnectionThatBreaksOff();

private:
    RecordingObserver &start(Observers &observers, const QByteArray &path = "/");

    common::SystemClock m_clock;
    std::unique_ptr<FakeUpstream> m_server;
    std::unique_ptr<NginxFront> m_nginx;
    std::unique_ptr<CurlClient> m_client;
};

namespace {

constexpr qint64 mebibyte = 1'024 * 1'024;

QSet<QByteArray> connectionsOf(const Observers &observers)
{
    QSet<QByteArray> connections;
    for (const auto &observer : observers) {
        connections.insert(observer->headers.value("x-connection"));
    }
    return connections;
}

} // namespace

void TestCurlClientHttp2::init()
{
    m_client.reset();
    m_nginx.reset();
    m_server = std::make_unique<FakeUpstream>();
    m_nginx = std::make_unique<NginxFront>();
    const QString problem = m_nginx->start(m_server->port());
    if (!problem.isEmpty()) {
        QSKIP(qPrintable(problem));
    }
    ClientConfig config;
    config.caFile = m_nginx->caFile();
    m_client = std::make_unique<CurlClient>(config, m_clock);
}

RecordingObserver &TestCurlClientHttp2::start(Observers &observers, const QByteArray &path)
{
    observers.push_back(std::make_unique<RecordingObserver>());
    RecordingObserver &observer = *observers.back();
    observer.call = m_client->start(post(m_nginx->url(path)), observer);
    return observer;
}

void TestCurlClientHttp2::sharesOneConnection()
{
    m_server->setHandler([](const FakeRequest &) {
        return FakeReply::stream({"a", "b"}).heldFrom(1);
    });
    Observers observers;
    for (int i = 0; i < 100; ++i) {
        start(observers);
    }
    for (const auto &observer : observers) {
        QTRY_COMPARE(observer->body, QByteArray("a"));
        QCOMPARE(observer->headers.value("x-protocol"), QByteArray("HTTP/2.0"));
    }
    QCOMPARE(connectionsOf(observers).size(), 1);
    m_server->releaseAll();
    for (const auto &observer : observers) {
        QTRY_VERIFY(observer->succeeded());
    }
}

void TestCurlClientHttp2::refusesAnUnknownAuthority()
{
    CurlClient client(ClientConfig{}, m_clock);
    RecordingObserver observer;
    observer.call = client.start(post(m_nginx->url()), observer);
    QTRY_VERIFY(observer.failedWith(ErrorKind::Unavailable));
    QVERIFY(observer.end->error->message.contains(QLatin1String("certificate")));
    QCOMPARE(m_server->requestCount(), 0);
}

void TestCurlClientHttp2::pausedStreamsDoNotHoldUpTheOthers()
{
    m_server->setHandler([](const FakeRequest &) {
        return FakeReply::stream({"a", "b", "c", "d"}).heldFrom(1);
    });
    Observers paused;
    Observers flowing;
    for (int i = 0; i < 30; ++i) {
        start(paused).flow = Flow::Pause;
        start(flowing);
    }
    for (const auto &observer : paused) {
        QTRY_COMPARE(observer->body, QByteArray("a"));
    }
    for (int chunk = 2; chunk <= 4; ++chunk) {
        m_server->release();
        for (const auto &observer : flowing) {
            QTRY_COMPARE(observer->received, chunk);
        }
    }
    for (const auto &observer : flowing) {
        QTRY_VERIFY(observer->succeeded());
    }
    QCOMPARE(connectionsOf(paused), connectionsOf(flowing));
    for (const auto &observer : paused) {
        QCOMPARE(observer->body, QByteArray("a"));
        observer->flow = Flow::Continue;
        observer->call->resume();
    }
    for (const auto &observer : paused) {
        QTRY_VERIFY(observer->succeeded());
        QCOMPARE(observer->body, QByteArray("abcd"));
    }
}

void TestCurlClientHttp2::manyPausedFloodsLeaveTheOthersFlowing()
{
    constexpr qint64 size = 3 * mebibyte;
    m_server->setHandler([](const FakeRequest &request) {
        return request.target == "/flood" ? FakeReply::flood(size) : FakeReply::json("{}");
    });
    Observers paused;
    for (int i = 0; i < 20; ++i) {
        RecordingObserver &observer = start(paused, "/flood");
        observer.flow = Flow::Pause;
        observer.keepsBody = false;
    }
    for (const auto &observer : paused) {
        QTRY_VERIFY(observer->received > 0);
    }
    for (int i = 0; i < 50; ++i) {
        Observers flowing;
        start(flowing, "/json");
        QTRY_VERIFY(flowing.front()->succeeded());
        QCOMPARE(connectionsOf(flowing), connectionsOf(paused));
    }
    for (const auto &observer : paused) {
        QVERIFY(observer->received <= 2 * CurlTransfer::maxHeldBytes);
        QVERIFY(!observer->end);
        observer->flow = Flow::Continue;
        observer->call->resume();
    }
    for (const auto &observer : paused) {
        QTRY_VERIFY_WITH_TIMEOUT(observer->end, 60'000);
        QVERIFY(observer->succeeded());
        QCOMPARE(observer->received, size);
        QVERIFY(observer->largest <= CurlTransfer::maxHeldBytes);
    }
}

void TestCurlClientHttp2::aPausedFloodIsBounded()
{
    constexpr qint64 size = 128 * mebibyte;
    m_server->enqueue(FakeReply::flood(size));
    Observers observers;
    RecordingObserver &observer = start(observers);
    observer.flow = Flow::Pause;
    observer.keepsBody = false;
    QTRY_VERIFY(observer.received > 0);
    qint64 taken = -1;
    while (taken != m_server->request(0).bytesTaken) {
        taken = m_server->request(0).bytesTaken;
        int turns = 0;
        QTRY_VERIFY(++turns > 20);
    }
    QVERIFY2(taken < 16 * mebibyte, QByteArray::number(taken).constData());
    observer.flow = Flow::Continue;
    observer.call->resume();
    QTRY_VERIFY_WITH_TIMEOUT(observer.end, 60'000);
    QVERIFY(observer.succeeded());
    QCOMPARE(observer.received, size);
}

void TestCurlClientHttp2::aReaderTooSlowForASharedConnectionLosesItsReply()
{
    m_server->setHandler([](const FakeRequest &request) {
        return request.target == "/flood" ? FakeReply::flood(128 * mebibyte)
                                          : FakeReply::stream({"a", "b"}).heldFrom(1);
    });
    Observers observers;
    RecordingObserver &neighbour = start(observers, "/neighbour");
    RecordingObserver &slow = start(observers, "/flood");
    slow.flow = Flow::Pause;
    slow.keepsBody = false;
    QTRY_VERIFY(slow.failedWith(ErrorKind::Unavailable));
    QVERIFY(slow.received <= 2 * CurlTransfer::maxHeldBytes);
    QCOMPARE(connectionsOf(observers).size(), 1);
    m_server->releaseAll();
    QTRY_VERIFY(neighbour.succeeded());
}

void TestCurlClientHttp2::cancelResetsOneStreamOnly_data()
{
    QTest::addColumn<int>("flow");
    QTest::newRow("flowing neighbours") << int(Flow::Continue);
    QTest::newRow("paused neighbours") << int(Flow::Pause);
}

void TestCurlClientHttp2::cancelResetsOneStreamOnly()
{
    QFETCH(const int, flow);
    m_server->setHandler([](const FakeRequest &) {
        return FakeReply::stream({"a", "b"}).heldFrom(1);
    });
    Observers observers;
    for (int i = 0; i < 10; ++i) {
        start(observers).flow = Flow(flow);
    }
    for (const auto &observer : observers) {
        QTRY_COMPARE(observer->body, QByteArray("a"));
    }
    QSignalSpy left(m_server.get(), &FakeUpstream::clientLeft);
    observers[3]->call.reset();
    QTRY_COMPARE(left.count(), 1);
    m_server->releaseAll();
    for (std::size_t i = 0; i < observers.size(); ++i) {
        if (i != 3) {
            observers[i]->flow = Flow::Continue;
            observers[i]->call->resume();
            QTRY_VERIFY(observers[i]->succeeded());
            QCOMPARE(observers[i]->body, QByteArray("ab"));
        }
    }
    QCOMPARE(connectionsOf(observers).size(), 1);
}

void TestCurlClientHttp2::cancelBeforeTheHeadReachesTheServer()
{
    m_server->setHandler([](const FakeRequest &) {
        return FakeReply::json("{}").withFault(FakeFault::Stall, FakeReply::beforeHead);
    });
    Observers observers;
    for (int i = 0; i < 3; ++i) {
        start(observers);
    }
    QTRY_COMPARE(m_server->requestCount(), 3);
    QSignalSpy left(m_server.get(), &FakeUpstream::clientLeft);
    for (int i = 0; i < 3; ++i) {
        observers[std::size_t(i)]->call.reset();
        QTRY_COMPARE(left.count(), i + 1);
    }
}

void TestCurlClientHttp2::cancelOfALoneStreamReachesTheServer()
{
    m_server->setHandler([](const FakeRequest &) {
        return FakeReply::stream({"a", "b"}).heldFrom(1);
    });
    Observers observers;
    RecordingObserver &observer = start(observers);
    QTRY_COMPARE(observer.body, QByteArray("a"));
    QSignalSpy left(m_server.get(), &FakeUpstream::clientLeft);
    observer.call.reset();
    QTRY_COMPARE(left.count(), 1);
}

void TestCurlClientHttp2::reportsAConnectionThatBreaksOff()
{
    m_server->setHandler([](const FakeRequest &) {
        return FakeReply::stream({"a", "b"}).heldFrom(1);
    });
    Observers observers;
    for (int i = 0; i < 3; ++i) {
        start(observers);
    }
    for (const auto &observer : observers) {
        QTRY_COMPARE(observer->body, QByteArray("a"));
    }
    m_nginx.reset();
    for (const auto &observer : observers) {
        QTRY_VERIFY(observer->failedWith(ErrorKind::Unavailable));
    }
}

QTEST_GUILESS_MAIN(TestCurlClientHttp2)
#include "tst_curl_client_http2.moc"
