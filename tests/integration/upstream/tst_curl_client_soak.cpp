#include "recording_observer.h"

#include "core/upstream/curl_client.h"
#include "tests/support/fake_upstream.h"

#include <QDir>
#include <QRandomGenerator>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using upstream::ClientConfig;
using upstream::CurlClient;
using upstream::Flow;

class TestCurlClientSoak final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void leaksNoDescriptorOverTenThousandMixedCalls();
};

namespace {

constexpr int totalCalls = 10'000;
constexpr std::size_t concurrentCalls = 40;

int openDescriptors()
{
    return int(QDir(QStringLiteral("/proc/self/fd"))
                   .entryList(QDir::System | QDir::Files | QDir::NoDotAndDotDot)
                   .size());
}

FakeReply randomReply(QRandomGenerator &random)
{
    const FakeReply stream = FakeReply::stream({"one", "two", "three"});
    switch (random.bounded(10)) {
    case 0:
        return stream.withFault(FakeFault::Reset, FakeReply::beforeHead);
    case 1:
        return stream.withFault(FakeFault::Reset, random.bounded(4));
    case 2:
        return stream.withFault(FakeFault::Cut, random.bounded(4));
    case 3:
        return stream.withFault(FakeFault::Cut, FakeReply::beforeHead);
    case 4:
        return FakeReply::garbage("\x01\x02 nonsense\r\n\r\n");
    case 5: {
        FakeReply reply = FakeReply::json("{}");
        reply.dropAfter = true;
        return reply;
    }
    case 6:
        return FakeReply::stream({"a", "b"}, FakeFraming::UntilClose);
    case 7:
        return FakeReply::flood(200'000);
    default:
        return stream;
    }
}

/// Keeps a number of calls going until enough were made, cancelling and pausing some of them.
class Soak
{
public:
    Soak(CurlClient &client, QByteArray url, QRandomGenerator &random)
        : m_client(client)
        , m_url(std::move(url))
        , m_random(random)
        , m_slots(concurrentCalls)
    { }

    void begin()
    {
        for (std::size_t i = 0; i < m_slots.size(); ++i) {
            next(i);
        }
    }
    [[nodiscard]] int ended() const { return m_ended; }
    [[nodiscard]] int failed() const { return m_failed; }
    [[nodiscard]] int cancelled() const { return m_cancelled; }

private:
    void next(std::size_t slot)
    {
        if (m_started >= totalCalls) {
            return;
        }
        ++m_started;
        m_slots[slot] = std::make_unique<RecordingObserver>();
        RecordingObserver *observer = m_slots[slot].get();
        const int fate = m_random.bounded(10);
        if (fate == 0) {
            observer->headHook = [this, slot] { cancel(slot); };
        } else if (fate == 1) {
            observer->flow = Flow::Pause;
            observer->bodyHook = [this, observer] {
                QMetaObject::invokeMethod(
                    &m_context, [observer] { observer->call->resume(); }, Qt::QueuedConnection);
            };
        }
        observer->endHook = [this, slot] {
            m_failed += m_slots[slot]->end->error ? 1 : 0;
            done(slot);
        };
        observer->call = m_client.start(post(m_url), *observer);
    }

    void cancel(std::size_t slot)
    {
        m_slots[slot]->call.reset();
        ++m_cancelled;
        done(slot);
    }

    // The observer is still on the stack, and a resume may be queued for it.
    void done(std::size_t slot)
    {
        ++m_ended;
        QMetaObject::invokeMethod(
            &m_context, [this, slot] { next(slot); }, Qt::QueuedConnection);
    }

    CurlClient &m_client;
    QByteArray m_url;
    QRandomGenerator &m_random;
    QObject m_context;
    std::vector<std::unique_ptr<RecordingObserver>> m_slots;
    int m_started = 0;
    int m_ended = 0;
    int m_failed = 0;
    int m_cancelled = 0;
};

} // namespace

void TestCurlClientSoak::leaksNoDescriptorOverTenThousandMixedCalls()
{
    QRandomGenerator random(20'261'124);
    const common::SystemClock clock;
    FakeUpstream server;
    server.setHandler([&random](const FakeRequest &) { return randomReply(random); });
    const int before = openDescriptors();
    {
        CurlClient client(ClientConfig{}, clock);
        Soak soak(client, server.url("/"), random);
        soak.begin();
        QTRY_COMPARE_WITH_TIMEOUT(soak.ended(), totalCalls, 100'000);
        QCOMPARE(client.callsInFlight(), 0);
        QVERIFY(soak.failed() > totalCalls / 10);
        QVERIFY(soak.cancelled() > totalCalls / 100);
        // What stays open is the pool of idle connections, both ends of each in this process.
        QVERIFY2(
            openDescriptors() <= before + 2 * int(concurrentCalls) + 4,
            QByteArray::number(openDescriptors() - before).constData());
    }
    QTRY_COMPARE(server.openConnections(), 0);
    QTRY_COMPARE(openDescriptors(), before);
}

QTEST_GUILESS_MAIN(TestCurlClientSoak)
#include "tst_curl_client_soak.moc"
