#include "recording_observer.h"

#include "core/upstream/curl_client.h"
#include "tests/support/fake_upstream.h"

#include <QSignalSpy>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using upstream::ClientConfig;
using upstream::CurlClient;
using upstream::CurlTransfer;
using upstream::Flow;

class TestCurlClientFlow final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void pauseStopsAFloodAndResumeDrainsIt();
    void pausedFromTheHeadDeliversNothing();
    void pauseAfterEachReadLosesNothing();
    void holdsTheEndBackUntilTheBodyWasTaken();
    void endsAPausedCallThatHoldsNothing();
    void resumeTwiceIsHarmless();
    void cancelReachesTheServer_data();
    void cancelReachesTheServer();
    void cancelOfAnUnresolvedNameDoesNotWait();
    void cancelledCallsLeaveTheOthersAlone();
    void destroysItselfFrom_data();
    void destroysItselfFrom();
    void destroysAnotherFromWithin();
    void startsACallFromWithin();
    void observerMayDieWithItsCall();
    void callsOutliveTheirClient();

private:
    common::SystemClock m_clock;
    std::unique_ptr<FakeUpstream> m_server;
    std::unique_ptr<CurlClient> m_client;
};

namespace {

constexpr qint64 mebibyte = 1'024 * 1'024;

/// Runs the event loop for a number of turns in which nothing of interest is to happen.
class Turns : public QObject
{
public:
    explicit Turns(int count)
        : m_left(count)
    {
        next();
    }
    [[nodiscard]] bool over() const { return m_left == 0; }

private:
    void next()
    {
        QMetaObject::invokeMethod(
            this,
            [this] {
                if (--m_left > 0) {
                    next();
                }
            },
            Qt::QueuedConnection);
    }
    int m_left;
};

} // namespace

void TestCurlClientFlow::init()
{
    m_client.reset();
    m_server = std::make_unique<FakeUpstream>();
    m_client = std::make_unique<CurlClient>(ClientConfig{}, m_clock);
}

void TestCurlClientFlow::pauseStopsAFloodAndResumeDrainsIt()
{
    constexpr qint64 size = 64 * mebibyte;
    m_server->enqueue(FakeReply::flood(size));
    RecordingObserver observer;
    observer.keepsBody = false;
    observer.flow = Flow::Pause;
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_VERIFY(observer.received > 0);

    // The server goes on until the kernel's buffers are full.
    qint64 taken = -1;
    while (taken != m_server->request(0).bytesTaken) {
        taken = m_server->request(0).bytesTaken;
        const Turns turns(2'000);
        QTRY_VERIFY(turns.over());
    }
    QVERIFY2(taken < 16 * mebibyte, QByteArray::number(taken).constData());
    QVERIFY(observer.received <= 2 * CurlTransfer::maxHeldBytes);
    QVERIFY(!observer.end);

    observer.flow = Flow::Continue;
    observer.call->resume();
    QTRY_VERIFY_WITH_TIMEOUT(observer.end, 60'000);
    QVERIFY(observer.succeeded());
    QCOMPARE(observer.received, size);
    QVERIFY(observer.largest <= 2 * CurlTransfer::maxHeldBytes);
}

void TestCurlClientFlow::pausedFromTheHeadDeliversNothing()
{
    m_server->enqueue(FakeReply::stream({"one", "two"}));
    RecordingObserver observer;
    observer.headHook = [&observer] { observer.call->pause(); };
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_COMPARE(observer.heads, 1);
    const Turns turns(200);
    QTRY_VERIFY(turns.over());
    QCOMPARE(observer.received, 0);
    QVERIFY(!observer.end);
    observer.call->resume();
    QTRY_VERIFY(observer.succeeded());
    QCOMPARE(observer.body, QByteArray("onetwo"));
}

void TestCurlClientFlow::pauseAfterEachReadLosesNothing()
{
    QByteArrayList chunks;
    for (int i = 0; i < 200; ++i) {
        chunks.append(QByteArray::number(i) + ' ' + QByteArray(3'000, 'a' + char(i % 26)));
    }
    m_server->enqueue(FakeReply::stream(chunks));
    RecordingObserver observer;
    observer.flow = Flow::Pause;
    observer.bodyHook = [&observer, this] {
        QMetaObject::invokeMethod(
            m_client.get(),
            [&observer] {
                if (observer.call) {
                    observer.call->resume();
                }
            },
            Qt::QueuedConnection);
    };
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_VERIFY(observer.succeeded());
    QCOMPARE(observer.body, chunks.join());
}

void TestCurlClientFlow::holdsTheEndBackUntilTheBodyWasTaken()
{
    m_server->enqueue(FakeReply::json("{\"a\":1}"));
    RecordingObserver observer;
    // Head, body and end come in one read, so the body is held already when the pause begins.
    observer.headHook = [&observer] { observer.call->pause(); };
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_COMPARE(observer.heads, 1);
    const Turns turns(200);
    QTRY_VERIFY(turns.over());
    QVERIFY(!observer.end);
    observer.call->resume();
    QVERIFY(!observer.end);
    QTRY_VERIFY(observer.succeeded());
    QCOMPARE(observer.body, QByteArray("{\"a\":1}"));
}

void TestCurlClientFlow::endsAPausedCallThatHoldsNothing()
{
    m_server->enqueue(FakeReply::stream({"one", ""}).heldFrom(1));
    RecordingObserver observer;
    observer.flow = Flow::Pause;
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_COMPARE(observer.body, QByteArray("one"));
    m_server->releaseAll();
    QTRY_VERIFY(observer.succeeded());
}

void TestCurlClientFlow::resumeTwiceIsHarmless()
{
    m_server->enqueue(FakeReply::flood(4 * mebibyte));
    RecordingObserver observer;
    observer.flow = Flow::Pause;
    observer.keepsBody = false;
    observer.bodyHook = [&observer, this] {
        QMetaObject::invokeMethod(
            m_client.get(),
            [&observer] {
                if (observer.call) {
                    observer.call->resume();
                    observer.call->pause();
                    observer.call->resume();
                    observer.call->resume();
                }
            },
            Qt::QueuedConnection);
    };
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_VERIFY(observer.succeeded());
    QCOMPARE(observer.received, 4 * mebibyte);
}

void TestCurlClientFlow::cancelReachesTheServer_data()
{
    QTest::addColumn<FakeReply>("reply");
    QTest::addColumn<bool>("paused");
    FakeReply noHead = FakeReply::json("{}");
    QTest::newRow("before the head")
        << noHead.withFault(FakeFault::Stall, FakeReply::beforeHead) << false;
    QTest::newRow("after the head")
        << FakeReply::stream({"a"}).withFault(FakeFault::Stall, 0) << false;
    QTest::newRow("in the body") << FakeReply::stream({"a", "b"}).withFault(FakeFault::Stall, 1)
                                 << false;
    QTest::newRow("in a flood") << FakeReply::flood(64 * mebibyte) << false;
    QTest::newRow("paused in a flood") << FakeReply::flood(64 * mebibyte) << true;
}

void TestCurlClientFlow::cancelReachesTheServer()
{
    QFETCH(const FakeReply, reply);
    QFETCH(const bool, paused);
    m_server->enqueue(reply);
    RecordingObserver observer;
    observer.flow = paused ? Flow::Pause : Flow::Continue;
    observer.call = m_client->start(post(m_server->url("/")), observer);
    const bool hasHead = reply.faultAfterChunks != FakeReply::beforeHead;
    QTRY_VERIFY(m_server->requestCount() == 1 && (!hasHead || observer.heads == 1));
    QSignalSpy left(m_server.get(), &FakeUpstream::clientLeft);
    observer.call.reset();
    QCOMPARE(m_client->callsInFlight(), 0);
    QTRY_COMPARE(left.count(), 1);
    QVERIFY(m_server->request(0).clientClosedEarly);
    QVERIFY(!observer.end);
}

void TestCurlClientFlow::cancelOfAnUnresolvedNameDoesNotWait()
{
    RecordingObserver observer;
    observer.call = m_client->start(post("http://provider.invalid/"), observer);
    const Turns turns(20);
    QTRY_VERIFY(turns.over());
    observer.call.reset();
    QCOMPARE(m_client->callsInFlight(), 0);
    // The client is well: it serves the next call.
    m_server->enqueue(FakeReply::json("{}"));
    RecordingObserver next;
    next.call = m_client->start(post(m_server->url("/")), next);
    QTRY_VERIFY(next.succeeded());
}

void TestCurlClientFlow::cancelledCallsLeaveTheOthersAlone()
{
    m_server->setHandler([](const FakeRequest &request) {
        return FakeReply::stream({request.body, " end"}).heldFrom(1);
    });
    std::vector<std::unique_ptr<RecordingObserver>> observers;
    for (int i = 0; i < 40; ++i) {
        observers.push_back(std::make_unique<RecordingObserver>());
        observers.back()->call = m_client->start(
            post(m_server->url("/"), QByteArray::number(i)), *observers.back());
    }
    for (const auto &observer : observers) {
        QTRY_VERIFY(observer->received > 0);
    }
    for (std::size_t i = 0; i < observers.size(); i += 2) {
        observers[i]->call.reset();
    }
    m_server->releaseAll();
    for (std::size_t i = 0; i < observers.size(); ++i) {
        if (i % 2 == 1) {
            QTRY_VERIFY(observers[i]->succeeded());
            QCOMPARE(observers[i]->body, QByteArray::number(qulonglong(i)) + " end");
        } else {
            QVERIFY(!observers[i]->end);
        }
    }
}

void TestCurlClientFlow::destroysItselfFrom_data()
{
    QTest::addColumn<int>("place");
    QTest::newRow("onHead") << 0;
    QTest::newRow("onBody") << 1;
    QTest::newRow("onEnd") << 2;
}

void TestCurlClientFlow::destroysItselfFrom()
{
    QFETCH(const int, place);
    m_server->enqueue(FakeReply::stream({"one", "two"}));
    RecordingObserver observer;
    int hooked = 0;
    const auto destroy = [&observer, &hooked] {
        ++hooked;
        observer.call.reset();
    };
    (place == 0 ? observer.headHook : place == 1 ? observer.bodyHook : observer.endHook) = destroy;
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_COMPARE(hooked, 1);
    QVERIFY(!observer.call);
    QCOMPARE(m_client->callsInFlight(), 0);
    const Turns turns(200);
    QTRY_VERIFY(turns.over());
    QCOMPARE(hooked, 1);
    QCOMPARE(observer.end.has_value(), place == 2);
}

void TestCurlClientFlow::destroysAnotherFromWithin()
{
    // All replies are let go together, so several are ready in one delivery.
    m_server->setHandler([](const FakeRequest &) { return FakeReply::stream({"a"}).heldFrom(0); });
    std::vector<std::unique_ptr<RecordingObserver>> observers;
    for (int i = 0; i < 20; ++i) {
        observers.push_back(std::make_unique<RecordingObserver>());
    }
    int survivors = 0;
    for (const auto &observer : observers) {
        RecordingObserver *self = observer.get();
        observer->bodyHook = [&observers, &survivors, self] {
            ++survivors;
            for (const auto &other : observers) {
                if (other.get() != self) {
                    other->call.reset();
                }
            }
        };
        observer->call = m_client->start(post(m_server->url("/")), *observer);
    }
    for (const auto &observer : observers) {
        QTRY_COMPARE(observer->heads, 1);
    }
    m_server->releaseAll();
    QTRY_COMPARE(m_client->callsInFlight(), 0);
    QCOMPARE(survivors, 1);
}

void TestCurlClientFlow::startsACallFromWithin()
{
    m_server->setHandler([](const FakeRequest &) { return FakeReply::json("{}"); });
    RecordingObserver second;
    RecordingObserver first;
    first.endHook = [&first, &second, this] {
        first.call.reset();
        second.call = m_client->start(post(m_server->url("/second")), second);
    };
    first.call = m_client->start(post(m_server->url("/first")), first);
    QTRY_VERIFY(second.succeeded());
    QCOMPARE(m_server->connectionCount(), 1);
}

namespace {

/// Deletes itself, and with itself its call, at the first body byte.
class Ephemeral final : public upstream::CallObserver
{
public:
    explicit Ephemeral(int *deaths)
        : m_deaths(deaths)
    { }
    ~Ephemeral() override { ++*m_deaths; }
    Q_DISABLE_COPY_MOVE(Ephemeral)
    void onHead(int, const common::HeaderList &) override { }
    Flow onBody(QByteArrayView) override
    {
        delete this;
        return Flow::Pause;
    }
    void onEnd(const upstream::CallEnd &) override { delete this; }

    std::unique_ptr<upstream::Call> call;

private:
    int *m_deaths;
};

} // namespace

void TestCurlClientFlow::observerMayDieWithItsCall()
{
    m_server->setHandler([](const FakeRequest &) { return FakeReply::stream({"a", "b"}); });
    int deaths = 0;
    for (int i = 0; i < 50; ++i) {
        auto *observer = new Ephemeral(&deaths);
        observer->call = m_client->start(post(m_server->url("/")), *observer);
    }
    QTRY_COMPARE(deaths, 50);
    QCOMPARE(m_client->callsInFlight(), 0);
}

void TestCurlClientFlow::callsOutliveTheirClient()
{
    m_server->enqueue(FakeReply::json("{}").withFault(FakeFault::Stall, FakeReply::beforeHead));
    RecordingObserver observer;
    observer.call = m_client->start(post(m_server->url("/")), observer);
    QTRY_COMPARE(m_server->requestCount(), 1);
    m_client.reset();
    observer.call->pause();
    observer.call->resume();
    observer.call.reset();
    QTRY_VERIFY(m_server->request(0).clientClosedEarly);
}

QTEST_GUILESS_MAIN(TestCurlClientFlow)
#include "tst_curl_client_flow.moc"
