#include "core/dialects/provider_dialect.h"
#include "core/relay/attempt.h"
#include "tests/support/fake_downstream.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using common::ErrorKind;
using dialects::FailureClass;
using relay::Attempt;
using relay::AttemptSetup;
using upstream::Flow;

namespace {

/// A client whose one call the test plays by hand.
class HandClient final : public upstream::HttpClient
{
public:
    std::unique_ptr<upstream::Call>
    start(upstream::HttpCall, upstream::CallObserver &callObserver) override
    {
        observer = &callObserver;
        return std::make_unique<HandCall>(*this);
    }
    [[nodiscard]] int callsInFlight() const override { return observer == nullptr ? 0 : 1; }

    upstream::CallObserver *observer = nullptr;
    bool cancelled = false;
    int resumed = 0;

private:
    class HandCall final : public upstream::Call
    {
    public:
        explicit HandCall(HandClient &client)
            : m_client(client)
        { }
        ~HandCall() override { m_client.cancelled = true; }
        Q_DISABLE_COPY_MOVE(HandCall)
        void pause() override { }
        void resume() override { ++m_client.resumed; }

    private:
        HandClient &m_client;
    };
};

QByteArray chunk(const QByteArray &delta, const QByteArray &finishReason = "null")
{
    return "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
           "\"choices\":[{\"index\":0,\"delta\":"
        + delta + ",\"finish_reason\":" + finishReason + "}]}\n\n";
}

const QByteArray roleChunk = chunk(R"({"role":"assistant","content":""})");
const QByteArray textChunk = chunk(R"({"content":"Hello"})");
const QByteArray finishChunk = chunk("{}", "\"stop\"");
const QByteArray doneChunk = "data: [DONE]\n\n";

upstream::CallEnd brokenBy(ErrorKind kind)
{
    upstream::CallEnd end;
    end.error = common::Error{kind, u"the transport's words"_s};
    return end;
}

} // namespace

class TestAttempt final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_client = std::make_unique<HandClient>();
        m_downstream = std::make_unique<FakeDownstream>(FakeDownstream::Reading::OnDemand);
    }
    void cleanup()
    {
        m_attempt.reset();
        m_decided.emplace();
        m_provider.wire = catalog::Wire::OpenAiChat;
    }

    void commitsAtTheFirstContent()
    {
        startStream();
        QVERIFY(!isDecided());
        head(200);
        body(roleChunk);
        QVERIFY(!isDecided());
        body(textChunk);
        QVERIFY(isDecided());
        QVERIFY(!m_attempt->failure());
        m_attempt->streamTo(*m_downstream);
        QVERIFY(m_downstream->body.contains("assistant"));
        QVERIFY(m_downstream->body.contains("Hello"));
    }

    void finishesTheClientAtTheEndMark()
    {
        streamUpToText();
        body(finishChunk);
        QVERIFY(!isEnded());
        body(doneChunk);
        QVERIFY(isEnded());
        QVERIFY(!m_attempt->failure());
        QVERIFY(m_downstream->body.endsWith(doneChunk));
        QVERIFY(!isReleased());
        QVERIFY(!m_client->cancelled);
    }

    void releasesTheConnectionWhenTheProviderEnds()
    {
        streamToTheEnd();
        end();
        QVERIFY(isReleased());
        QVERIFY(!m_client->cancelled);
    }

    void isReleasedAtOnceWhenTheProviderEndedFirst()
    {
        streamUpToText();
        body(finishChunk);
        end();
        QVERIFY(isEnded());
        QVERIFY(isReleased());
    }

    void waitsForTheProvidersEndUpToALimit()
    {
        streamToTheEnd();
        m_clock.advance(Attempt::releaseLimit);
        m_attempt->checkLimits(m_clock.now());
        QVERIFY(!isReleased());
        m_clock.advance(1ns);
        m_attempt->checkLimits(m_clock.now());
        QVERIFY(isReleased());
        QVERIFY(m_client->cancelled);
    }

    void readsOnlySoMuchBehindTheEndMark()
    {
        streamToTheEnd();
        const qsizetype before = m_downstream->body.size();
        body(QByteArray(Attempt::maxAfterEnd, 'x'));
        QVERIFY(!m_client->cancelled);
        body("x");
        QVERIFY(m_client->cancelled);
        QVERIFY(isReleased());
        QCOMPARE(m_downstream->body.size(), before);
    }

    void finishesForAProviderThatForgetsTheEndMark()
    {
        streamUpToText();
        body(finishChunk);
        m_clock.advance(Attempt::endMarkLimit);
        m_attempt->checkLimits(m_clock.now());
        QVERIFY(!isEnded());
        m_clock.advance(1ns);
        m_attempt->checkLimits(m_clock.now());
        QVERIFY(isEnded());
        QVERIFY(!m_attempt->failure());
        QVERIFY(m_downstream->body.endsWith(doneChunk));
        QVERIFY(m_client->cancelled);
        QVERIFY(isReleased());
    }

    void takesNoFinishReasonOfGeminisForTheEnd()
    {
        m_provider.wire = catalog::Wire::GoogleGenerateContent;
        startStream();
        head(200);
        body("data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]},"
             "\"finishReason\":\"STOP\"}]}\r\n\r\n");
        m_attempt->streamTo(*m_downstream);
        m_clock.advance(1min);
        m_attempt->checkLimits(m_clock.now());
        QVERIFY(!isEnded());
        end(brokenBy(ErrorKind::Unavailable));
        QCOMPARE(m_attempt->failure()->kind, FailureClass::Network);
    }

    void countsABreakBehindTheFinishReasonAsTheEnd()
    {
        streamUpToText();
        body(finishChunk);
        end(brokenBy(ErrorKind::Unavailable));
        QVERIFY(isEnded());
        QVERIFY(!m_attempt->failure());
        QVERIFY(m_downstream->body.endsWith(doneChunk));
    }

    void countsABreakBeforeTheFinishReasonAsAFailure()
    {
        streamUpToText();
        end(brokenBy(ErrorKind::Unavailable));
        QVERIFY(isEnded());
        QCOMPARE(m_attempt->failure()->kind, FailureClass::Network);
        QVERIFY(!m_downstream->body.contains("[DONE]"));
    }

    void countsACleanEndBeforeTheFinishReasonAsMalformed()
    {
        streamUpToText();
        end();
        QCOMPARE(m_attempt->failure()->kind, FailureClass::Malformed);
    }

    void pausesAboveTheHighWatermarkAndResumesBelowTheLow()
    {
        streamUpToText();
        const QByteArray big = chunk("{\"content\":\"" + QByteArray(100'000, 'x') + "\"}");
        Flow flow = Flow::Continue;
        int count = 0;
        while (flow == Flow::Continue && count < 100) {
            flow = body(big);
            ++count;
        }
        QCOMPARE(count, 3);
        QVERIFY(m_attempt->isPaused());
        QVERIFY(m_downstream->pending() < Attempt::highWatermark + 2 * big.size());

        m_downstream->take(m_downstream->pending() - Attempt::lowWatermark);
        m_attempt->onDrained();
        QCOMPARE(m_client->resumed, 0);
        m_downstream->take(1);
        m_attempt->onDrained();
        QCOMPARE(m_client->resumed, 1);
        QVERIFY(!m_attempt->isPaused());
        m_attempt->onDrained();
        QCOMPARE(m_client->resumed, 1);
    }

    void isNotPausedAnyMoreWhenItIsOver()
    {
        streamUpToText();
        const QByteArray big = chunk("{\"content\":\"" + QByteArray(300'000, 'x') + "\"}");
        QCOMPARE(body(big), Flow::Pause);
        m_attempt->cancel();
        QVERIFY(!m_attempt->isPaused());
        m_downstream->take(m_downstream->pending());
        m_attempt->onDrained();
        QCOMPARE(m_client->resumed, 0);
    }

    void timesOutWithoutContent()
    {
        startStream(5s);
        head(200);
        body(roleChunk);
        m_clock.advance(5s);
        m_attempt->checkLimits(m_clock.now());
        QVERIFY(!isDecided());
        m_clock.advance(1ns);
        m_attempt->checkLimits(m_clock.now());
        QVERIFY(isDecided());
        QCOMPARE(m_attempt->failure()->kind, FailureClass::Timeout);
        QVERIFY(m_client->cancelled);
    }

    void doesNotTimeOutOnceThereIsContent()
    {
        startStream(5s);
        head(200);
        body(textChunk);
        m_clock.advance(1h);
        m_attempt->checkLimits(m_clock.now());
        QVERIFY(!m_attempt->failure());
    }

    void isCancelledInEveryPhase_data()
    {
        QTest::addColumn<int>("phase");
        QTest::newRow("before the head") << 0;
        QTest::newRow("before content") << 1;
        QTest::newRow("in the stream") << 2;
    }

    void isCancelledInEveryPhase()
    {
        QFETCH(int, phase);
        startStream();
        if (phase > 0) {
            head(200);
        }
        if (phase > 1) {
            body(textChunk);
            m_attempt->streamTo(*m_downstream);
        }
        m_attempt->cancel();
        QCOMPARE(m_attempt->failure()->kind, FailureClass::Cancelled);
        QVERIFY(m_client->cancelled);
        QVERIFY(phase > 1 ? isEnded() : isDecided());
        m_attempt->cancel();
    }

    void isCancelledWhileItWaitsForTheProvidersEnd()
    {
        streamToTheEnd();
        m_attempt->cancel();
        QVERIFY(!m_attempt->failure());
        QVERIFY(isReleased());
        QVERIFY(m_client->cancelled);
    }

    void believesTheStatusWhateverBecomesOfTheBody_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("failure");
        QTest::newRow("key") << 401 << int(FailureClass::KeyRejected);
        QTest::newRow("rate limit") << 429 << int(FailureClass::RateLimited);
        QTest::newRow("overload") << 503 << int(FailureClass::Overloaded);
    }

    void believesTheStatusWhateverBecomesOfTheBody()
    {
        QFETCH(int, status);
        QFETCH(int, failure);
        startStream();
        head(status);
        body("{\"error\":{\"mess");
        end(brokenBy(ErrorKind::Unavailable));
        QCOMPARE(m_attempt->failure()->kind, FailureClass(failure));
        QCOMPARE(m_attempt->failure()->status, status);
    }

    void neverBlamesTheClientForTheTransport_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("failure");
        QTest::newRow("no connection") << int(ErrorKind::Unavailable) << int(FailureClass::Network);
        QTest::newRow("bad address")
            << int(ErrorKind::InvalidArgument) << int(FailureClass::Network);
        QTest::newRow("inside") << int(ErrorKind::Internal) << int(FailureClass::Network);
        QTest::newRow("limit") << int(ErrorKind::Timeout) << int(FailureClass::Timeout);
        QTest::newRow("not HTTP") << int(ErrorKind::ProtocolError) << int(FailureClass::Malformed);
    }

    void neverBlamesTheClientForTheTransport()
    {
        QFETCH(int, kind);
        QFETCH(int, failure);
        startStream();
        end(brokenBy(ErrorKind(kind)));
        QCOMPARE(m_attempt->failure()->kind, FailureClass(failure));
        QVERIFY(m_attempt->failure()->message.contains("transport's words"));
    }

    void readsAnErrorInsideTheStream_data()
    {
        QTest::addColumn<QByteArray>("error");
        QTest::addColumn<int>("failure");
        QTest::newRow("rate limit")
            << R"({"message":"slow down","type":"rate_limit_error","code":"rate_limit_exceeded"})"_ba
            << int(FailureClass::RateLimited);
        QTest::newRow("overload") << R"({"message":"busy","type":"server_error","code":null})"_ba
                                  << int(FailureClass::Overloaded);
        QTest::newRow("tool call")
            << R"({"message":"bad call","type":"invalid_request_error","code":"tool_use_failed"})"_ba
            << int(FailureClass::BadRequest);
    }

    void readsAnErrorInsideTheStream()
    {
        QFETCH(QByteArray, error);
        QFETCH(int, failure);
        startStream();
        head(200);
        body("data: {\"error\":" + error + "}\n\n");
        QVERIFY(isDecided());
        QCOMPARE(m_attempt->failure()->kind, FailureClass(failure));
        QVERIFY(m_client->cancelled);
        if (FailureClass(failure) == FailureClass::BadRequest) {
            QCOMPARE(m_attempt->failure()->code, "tool_use_failed"_ba);
        }
    }

    void keepsOnlySoMuchOfAnErrorBody()
    {
        startStream();
        head(500);
        for (int i = 0; i < 100; ++i) {
            QCOMPARE(body(QByteArray(64 * 1024, 'x')), Flow::Continue);
        }
        end();
        QCOMPARE(m_attempt->failure()->kind, FailureClass::Overloaded);
        QVERIFY(m_attempt->failure()->message.size() <= 1'000);
    }

    void givesAWholeReply()
    {
        startWhole();
        head(200);
        body(
            R"({"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,)");
        QVERIFY(!isDecided());
        body(R"("message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]})");
        QVERIFY(!isDecided());
        end();
        QVERIFY(isDecided());
        QVERIFY(!m_attempt->failure());
        QVERIFY(m_attempt->takeReply().contains("Hello"));
    }

    void refusesWhatIsNoReply_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("HTML") << "<html>welcome</html>"_ba;
        QTest::newRow("truncated") << "{\"choices\":[{\"message\":{\"content\":\"Hel"_ba;
        QTest::newRow("another object") << R"({"hello":1})"_ba;
    }

    void refusesWhatIsNoReply()
    {
        QFETCH(QByteArray, bytes);
        startWhole();
        head(200);
        body(bytes);
        end();
        QVERIFY(isDecided());
        QVERIFY(m_attempt->failure());
        const FailureClass kind = m_attempt->failure()->kind;
        QVERIFY(kind == FailureClass::Malformed || kind == FailureClass::Overloaded);
    }

    void anErrorThatHoldsAnAnswerIsOne_data()
    {
        QTest::addColumn<bool>("stream");
        QTest::newRow("streamed") << true;
        QTest::newRow("whole") << false;
    }

    void anErrorThatHoldsAnAnswerIsOne()
    {
        QFETCH(bool, stream);
        AttemptSetup setup;
        setup.stream = stream;
        setup.rescue = [](const QByteArray &error) {
            return error == "words" ? R"({"choices":[{"message":{"content":"Hello"}}]})"_ba : ""_ba;
        };
        start(std::move(setup));
        head(400);
        body("words"_ba);
        end();
        QVERIFY(isDecided());
        QVERIFY(!m_attempt->failure());
        QCOMPARE(m_attempt->status(), 200);
        m_attempt->streamTo(*m_downstream);
        QVERIFY(isEnded());
        QVERIFY(QByteArray(m_downstream->body + m_attempt->takeReply()).contains("Hello"));
    }

    void anyOtherErrorIsNone()
    {
        AttemptSetup setup;
        setup.rescue = [](const QByteArray &) { return QByteArray(); };
        start(std::move(setup));
        head(400);
        end();
        QVERIFY(m_attempt->failure());
    }

private:
    void start(AttemptSetup setup)
    {
        setup.translator = dialects::dialectFor(m_provider.wire)
                               ->translator({"req_1", "groq/m", setup.stream, false, 1});
        m_attempt = std::make_unique<Attempt>(
            routing::Candidate{&m_provider, &m_model, {}},
            std::move(setup),
            *m_client,
            m_clock,
            *m_decided);
    }
    void startStream(std::chrono::milliseconds firstContent = 0ms)
    {
        AttemptSetup setup;
        setup.stream = true;
        setup.firstContentLimit = firstContent;
        start(std::move(setup));
    }
    void startWhole() { start({}); }
    void streamUpToText()
    {
        startStream();
        head(200);
        body(roleChunk);
        body(textChunk);
        m_attempt->streamTo(*m_downstream);
    }
    void streamToTheEnd()
    {
        streamUpToText();
        body(finishChunk);
        body(doneChunk);
    }

    void head(int status) { m_client->observer->onHead(status, {}); }
    Flow body(const QByteArray &bytes) { return m_client->observer->onBody(bytes); }
    void end(const upstream::CallEnd &callEnd = {}) { m_client->observer->onEnd(callEnd); }

    bool isDecided() { return m_decided->wait().await_ready(); }
    bool isEnded() { return m_attempt->ended().await_ready(); }
    bool isReleased() { return m_attempt->released().await_ready(); }

    ManualClock m_clock;
    catalog::Provider m_provider = aProvider("groq");
    catalog::Model m_model = aModel("groq/m");
    std::unique_ptr<HandClient> m_client;
    std::unique_ptr<FakeDownstream> m_downstream;
    std::optional<common::Waiter> m_decided;
    std::unique_ptr<Attempt> m_attempt;
};

QTEST_GUILESS_MAIN(TestAttempt)
#include "tst_attempt.moc"
