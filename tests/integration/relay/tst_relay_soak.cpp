#include "tests/integration/relay/relay_fixture.h"

#include <QObject>
#include <QRandomGenerator>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using catalog::Wire;

namespace {

constexpr int totalRequests = 10'000;
constexpr int concurrentRequests = 40;

FakeReply randomReply(const ProviderReplies &replies, bool stream, QRandomGenerator &random)
{
    const FakeReply answer = replies.answer(stream, {"one ", "two ", "three"});
    const int chunks = int(answer.chunks.size());
    switch (random.bounded(16)) {
    case 0:
        return answer.withFault(FakeFault::Reset, FakeReply::beforeHead);
    case 1:
        return answer.withFault(FakeFault::Reset, random.bounded(chunks));
    case 2:
        return answer.withFault(FakeFault::Cut, random.bounded(chunks));
    case 3:
        return answer.withFault(FakeFault::Stall, random.bounded(chunks + 1));
    case 4:
        return replies.error(429, "slow down").withHeader("retry-after", "2");
    case 5:
        return replies.error(500, "words");
    case 6:
        return FakeReply::html("<html>welcome</html>", 200);
    case 7:
        return FakeReply::garbage("\x01\x02 nonsense\r\n\r\n");
    case 8:
        return replies.error(400, "words");
    case 9: {
        FakeReply reply = answer;
        reply.dropAfter = true;
        return reply;
    }
    default:
        return answer;
    }
}

/// Keeps a number of requests going until enough were made.
class Soak
{
public:
    Soak(RelayFixture &fixture, QRandomGenerator &random)
        : m_fixture(fixture)
        , m_random(random)
    { }

    /// One turn: replaces what is over, lets some clients leave, moves the clock.
    void turn()
    {
        std::erase_if(m_clients, [this](const RelayFixture::Downstream &client) {
            if (!client->isOver() && !client->isGone()) {
                return false;
            }
            check(*client);
            return true;
        });
        while (m_started < totalRequests && int(m_clients.size()) < concurrentRequests) {
            ++m_started;
            m_clients.push_back(m_fixture.ask(m_random.bounded(2) == 0));
        }
        if (!m_clients.empty() && m_random.bounded(4) == 0) {
            m_clients.at(std::size_t(m_random.bounded(int(m_clients.size()))))->leave();
            ++m_left;
        }
        m_fixture.advance(200ms);
    }

    [[nodiscard]] int over() const { return m_over; }
    [[nodiscard]] int answered() const { return m_answered; }
    [[nodiscard]] int failed() const { return m_failed; }
    [[nodiscard]] int broken() const { return m_broken; }
    [[nodiscard]] int left() const { return m_left; }

private:
    void check(const FakeDownstream &client)
    {
        ++m_over;
        QVERIFY(client.heads <= 1);
        QVERIFY(!client.writtenAfterEnd);
        if (client.isGone()) {
            return;
        }
        QCOMPARE(client.heads, 1);
        const bool done = client.body.endsWith("data: [DONE]\n\n");
        if (client.status != 200) {
            ++m_failed;
            QVERIFY(client.body.startsWith("{\"error\""));
        } else if (client.streaming && !done) {
            ++m_broken;
            QVERIFY(client.body.contains("data: {\"error\""));
        } else {
            ++m_answered;
            QCOMPARE(textIn(client.body), QByteArray("one two three"));
        }
    }

    RelayFixture &m_fixture;
    QRandomGenerator &m_random;
    std::vector<RelayFixture::Downstream> m_clients;
    int m_started = 0;
    int m_over = 0;
    int m_answered = 0;
    int m_failed = 0;
    int m_broken = 0;
    int m_left = 0;
};

} // namespace

class TestRelaySoak final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void leavesNothingBehindAfterTenThousandMixedRequests()
    {
        QRandomGenerator random(20'261'124);
        const int before = openDescriptors();
        {
            RelayFixture fixture(
                {{"open", Wire::OpenAiChat, 3},
                 {"anthropic", Wire::AnthropicMessages, 3},
                 {"gemini", Wire::GoogleGenerateContent, 3}});
            for (int i = 0; i < 3; ++i) {
                const ProviderReplies replies = fixture.replies(i);
                fixture.upstream(i).setHandler([replies, &random](const FakeRequest &request) {
                    const bool stream = request.body.contains(R"("stream":true)")
                        || request.target.contains("stream");
                    return randomReply(replies, stream, random);
                });
            }
            Soak soak(fixture, random);
            while (soak.over() < totalRequests && !QTest::currentTestFailed()) {
                soak.turn();
                QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
            }
            QCOMPARE(soak.over(), totalRequests);
            QVERIFY(soak.answered() > totalRequests / 2);
            QVERIFY(soak.broken() > totalRequests / 200);
            QVERIFY(soak.left() > totalRequests / 200);

            fixture.advance(relay::Attempt::releaseLimit + 1ms);
            QCOMPARE(fixture.relay->sessionsInFlight(), 0);
            QCOMPARE(fixture.client->callsInFlight(), 0);
            QCOMPARE(fixture.outcomes.list.size(), std::size_t(totalRequests));
        }
        QTRY_COMPARE(openDescriptors(), before);
    }
};

QTEST_GUILESS_MAIN(TestRelaySoak)
#include "tst_relay_soak.moc"
