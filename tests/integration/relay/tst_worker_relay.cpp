#include "tests/integration/relay/relay_fixture.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Tier;
using catalog::Wire;

namespace {

QByteArray codeIn(const QByteArray &body)
{
    const QJsonObject error = QJsonDocument::fromJson(body)["error"_L1].toObject();
    return error["code"_L1].toString().toUtf8();
}

} // namespace

/// What reaches the provider, what comes back, and what is told when nothing is asked at all.
class TestWorkerRelay final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersInEveryDialect_data()
    {
        QTest::addColumn<int>("wire");
        QTest::addColumn<bool>("stream");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("credential");
        const auto row = [](const char *name,
                            Wire wire,
                            bool stream,
                            const QByteArray &target,
                            const QByteArray &header,
                            const QByteArray &credential) {
            QTest::newRow(name) << int(wire) << stream << target << header << credential;
        };
        const QByteArray bearer = "Bearer sk-p-1";
        row("OpenAI", Wire::OpenAiChat, false, "/v1/chat/completions", "authorization", bearer);
        row("OpenAI, stream",
            Wire::OpenAiChat,
            true,
            "/v1/chat/completions",
            "authorization",
            bearer);
        // The base URL ends with the version that the path begins with: it is not doubled.
        row("Anthropic", Wire::AnthropicMessages, false, "/v1/messages", "x-api-key", "sk-p-1");
        row("Anthropic, stream",
            Wire::AnthropicMessages,
            true,
            "/v1/messages",
            "x-api-key",
            "sk-p-1");
        row("Gemini",
            Wire::GoogleGenerateContent,
            false,
            "/v1/models/m-1:generateContent",
            "x-goog-api-key",
            "sk-p-1");
        row("Gemini, stream",
            Wire::GoogleGenerateContent,
            true,
            "/v1/models/m-1:streamGenerateContent?alt=sse",
            "x-goog-api-key",
            "sk-p-1");
    }

    void answersInEveryDialect()
    {
        QFETCH(int, wire);
        QFETCH(bool, stream);
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, credential);
        RelayFixture fixture({{"p", Wire(wire)}});
        fixture.letAnswer(0);
        const auto client = fixture.ask(stream);
        QTRY_VERIFY(client->finished);

        QCOMPARE(client->status, 200);
        QCOMPARE(textIn(client->body), "Hello from p"_ba);
        QCOMPARE(client->body.endsWith("data: [DONE]\n\n"), stream);
        QVERIFY(client->body.contains(R"("model":"m-1")"));
        QCOMPARE(client->headers.value("x-freerelay-provider"), "p"_ba);
        QCOMPARE(client->headers.value("x-freerelay-model"), "p/m-1"_ba);
        QCOMPARE(client->headers.value("x-freerelay-attempts"), "1"_ba);
        QCOMPARE(client->headers.value("x-freerelay-request-id"), "req_1"_ba);
        QCOMPARE(
            client->headers.value("content-type"),
            stream ? "text/event-stream; charset=utf-8"_ba : "application/json"_ba);

        const FakeRequest request = fixture.upstream(0).request(0);
        QCOMPARE(request.target, target);
        QCOMPARE(request.headers.value(header), credential);
        QCOMPARE(request.headers.value("x-freerelay-hop"), "this-instance"_ba);
    }

    void recordsWhatBecameOfARequest_data()
    {
        QTest::addColumn<bool>("stream");
        QTest::newRow("whole") << false;
        QTest::newRow("stream") << true;
    }

    void recordsWhatBecameOfARequest()
    {
        QFETCH(bool, stream);
        RelayFixture fixture({{"p"}});
        fixture.letAnswer(0);
        const auto client = fixture.ask(stream, "p/m-1");
        QTRY_COMPARE(fixture.outcomes.list.size(), std::size_t(1));
        const relay::Outcome &outcome = fixture.outcomes.list.front();
        QCOMPARE(outcome.requestId, "req_1"_ba);
        QCOMPARE(outcome.askedModel, "p/m-1"_ba);
        QCOMPARE(outcome.provider, "p"_ba);
        QCOMPARE(outcome.model, "p/m-1"_ba);
        QCOMPARE(outcome.status, 200);
        QCOMPARE(outcome.stream, stream);
        QVERIFY(!outcome.brokenStream);
        QCOMPARE(outcome.promptTokens.value_or(0), std::int64_t(3));
        QCOMPARE(outcome.completionTokens.value_or(0), std::int64_t(5));
        QCOMPARE(outcome.finishReason, "stop"_ba);
        QCOMPARE(outcome.tier, "free"_ba);
        QVERIFY(!outcome.paid);
        QCOMPARE(outcome.keyFingerprint, "p-key-1"_ba);
        QCOMPARE(outcome.errorClass, QByteArray());
        QCOMPARE(outcome.streamTime.has_value(), stream);
        QVERIFY(outcome.ttft);
        QCOMPARE(outcome.attempts.size(), std::size_t(1));
        QCOMPARE(outcome.attempts.front().status, 200);
        QCOMPARE(outcome.attempts.front().failure, QByteArray());
        QCOMPARE(outcome.attempts.front().keyFingerprint, "p-key-1"_ba);
        QTRY_COMPARE(fixture.relay->sessionsInFlight(), 0);
    }

    void recordsTheDecisionWithThoseThatWereLeftOut()
    {
        RelayFixture fixture(
            {{"first"}, {"resting"}, {"dear", Wire::OpenAiChat, 1, 1, Tier::Paid}});
        fixture.configure([](relay::RelayConfig &config) {
            config.allowPaidInAuto = false;
            config.version = 7;
        });
        fixture.coolDowns.bench(
            {"resting", "resting-key-1", "resting/m-1"},
            fixture.clock.now() + 90s,
            quota::CoolDownReason::RateLimited);
        fixture.letAnswer(0);
        const auto client = fixture.send(
            R"({"messages":[{"role":"user","content":"Hello there"}],"max_tokens":50})");
        QTRY_VERIFY(client->finished);
        const auto &decision = fixture.outcomes.list.front().decision;
        QVERIFY(decision);
        QVERIFY(decision->mode == common::Mode::Auto);
        QCOMPARE(decision->target, "auto"_ba);
        QCOMPARE(decision->snapshotVersion, std::uint64_t(7));
        QVERIFY(decision->promptTokensEstimated > 0);
        QCOMPARE(decision->outputTokensRequested, std::int64_t(50));
        QCOMPARE(decision->candidates->rankedCount(), std::size_t(1));
        const auto all = decision->candidates->spellOut();
        QCOMPARE(all.size(), std::size_t(3));
        QCOMPARE(decision->candidates->size(), all.size());
        QCOMPARE(all[0].model, "first/m-1"_ba);
        QCOMPARE(all[0].keyFingerprint, "first-key-1"_ba);
        QCOMPARE(all[0].tier, "free"_ba);
        QVERIFY(all[0].disqualified.isEmpty());
        QCOMPARE(all[1].model, "resting/m-1"_ba);
        QCOMPARE(all[1].disqualified, "cooling_down"_ba);
        QCOMPARE(all[1].keyFingerprint, "resting-key-1"_ba);
        QCOMPARE(*all[1].restsUntil, fixture.clock.wallNow() + 90s);
        QCOMPARE(all[2].model, "dear/m-1"_ba);
        QCOMPARE(all[2].disqualified, "mode_forbids"_ba);
        QVERIFY(all[2].paid);
        QVERIFY(!all[2].restsUntil);
    }

    void knowsTheSameDecisionWithoutSpellingItOut()
    {
        RelayFixture fixture({{"first"}, {"second"}, {"third"}});
        fixture.letAnswer(0);
        fixture.letAnswer(2);
        const auto ask = [&fixture] {
            const auto client = fixture.ask(false);
            return QTest::qWaitFor([&client] { return client->finished; });
        };
        const auto rest = [&fixture](const QByteArray &provider, common::Duration length) {
            fixture.coolDowns.bench(
                {provider, provider + "-key-1", provider + "/m-1"},
                fixture.clock.now() + length,
                quota::CoolDownReason::RateLimited);
        };
        QVERIFY(ask());
        QVERIFY(ask()); // 1: the same
        rest("second", 60s);
        QVERIFY(ask()); // 2: one rests
        fixture.clock.advance(1s);
        QVERIFY(ask()); // 3: still
        rest("second", 90s);
        QVERIFY(ask()); // 4: longer
        fixture.configure([](relay::RelayConfig &config) { config.version = 2; });
        QVERIFY(ask()); // 5: of another configuration
        const auto isAsBefore = [&fixture](std::size_t i) {
            const auto &list = fixture.outcomes.list;
            return list[i].decision->candidates->isSameAs(*list[i - 1].decision->candidates);
        };
        QVERIFY(isAsBefore(1));
        QVERIFY(!isAsBefore(2));
        QVERIFY(isAsBefore(3));
        QVERIFY(!isAsBefore(4));
        QVERIFY(!isAsBefore(5));
    }

    void recordsEachAttemptAndWhyThereWasAnother()
    {
        RelayFixture fixture({{"first"}, {"second"}, {"third"}});
        fixture.letReply(0, fixture.replies(0).error(429, "slow down"));
        fixture.letReply(1, fixture.replies(1).error(503, "busy"));
        fixture.letAnswer(2);
        const auto client = fixture.ask(true);
        QTRY_COMPARE(fixture.outcomes.list.size(), std::size_t(1));
        const relay::Outcome &outcome = fixture.outcomes.list.front();
        QCOMPARE(outcome.attempts.size(), std::size_t(3));
        QCOMPARE(outcome.attempts[0].failure, "rate_limited"_ba);
        QVERIFY(!outcome.attempts[0].ttft);
        QCOMPARE(outcome.attempts[1].failure, "overloaded"_ba);
        QCOMPARE(outcome.attempts[2].failure, QByteArray());
        QVERIFY(outcome.attempts[2].ttft);
        QCOMPARE(outcome.attempts[2].tier, "free"_ba);
        QCOMPARE(outcome.retryCause, "overloaded"_ba);
        QVERIFY(!relay::isFailure(outcome));
    }

    void recordsWhatWasRefusedBeforeItWasRelayed()
    {
        RelayFixture fixture({{"p"}});
        relay::RelayRequest request;
        request.requestId = "req_x"_ba;
        request.app = {"tool"_ba, "1.0"_ba};
        fixture.relay->recordRefusal(
            request, {400, QByteArray(2'000, 'x'), "invalid_request_error", {}, {}, {}});
        const relay::Outcome &outcome = fixture.outcomes.list.front();
        QCOMPARE(outcome.requestId, "req_x"_ba);
        QCOMPARE(outcome.app, "tool"_ba);
        QCOMPARE(outcome.errorClass, "bad_request"_ba);
        QCOMPARE(outcome.error.size(), relay::Outcome::maxErrorBytes);
        QVERIFY(!outcome.decision);
        QVERIFY(relay::isFailure(outcome));
    }

    void tellsNobodyTheKeyThatAProviderQuotes_data()
    {
        QTest::addColumn<bool>("stream");
        QTest::newRow("whole") << false;
        QTest::newRow("inside a stream") << true;
    }

    /// "sk-p-1" is too short for anything but its exact value to be known by.
    void tellsNobodyTheKeyThatAProviderQuotes()
    {
        QFETCH(bool, stream);
        RelayFixture fixture({{"p"}});
        const QByteArray words = "key sk-p-1 (http://x/?k=sk-p-1) is bad";
        fixture.letReply(
            0,
            stream ? FakeReply::sse(
                         {"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}",
                          QByteArray("data: {\"error\":{\"message\":\"" + words + "\"}}")})
                         .heldFrom(1)
                   : fixture.replies(0).error(401, words));
        const auto client = fixture.ask(stream);
        if (stream) {
            QTRY_VERIFY(client->streaming);
            fixture.upstream(0).releaseAll();
        }
        QTRY_VERIFY(client->finished);
        QVERIFY2(client->body.contains("key [redacted] ("), client->body);
        QVERIFY(!client->body.contains("sk-p-1"));
        const relay::Outcome &outcome = fixture.outcomes.list.front();
        QVERIFY(outcome.error.contains("key [redacted]"));
        QVERIFY(!outcome.error.contains("sk-p-1"));
        QCOMPARE(outcome.brokenStream, stream);
    }

    void sendsNoKeyWhereNoneIsNeeded()
    {
        RelayFixture fixture({{"p", Wire::OpenAiChat, 1, 0}});
        fixture.letAnswer(0);
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QVERIFY(!fixture.upstream(0).request(0).headers.contains("authorization"));
    }

    void sendsTheDocumentedKeyOfCallersWithoutOne()
    {
        RelayFixture fixture({{"p", Wire::OpenAiChat, 1, 0}});
        fixture.configure([](relay::RelayConfig &config) {
            changeProvider(
                config, [](catalog::Provider &provider) { provider.anonymousKey = "anonymous"; });
        });
        fixture.letAnswer(0);
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(
            fixture.upstream(0).request(0).headers.value("authorization"), "Bearer anonymous"_ba);
    }

    void sendsTheProvidersOwnHeaders()
    {
        RelayFixture fixture({{"p"}});
        fixture.configure([](relay::RelayConfig &config) {
            changeProvider(config, [](catalog::Provider &provider) {
                provider.headers = {{"X-Title", "FreeRelay"}};
            });
        });
        fixture.letAnswer(0);
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(fixture.upstream(0).request(0).headers.value("x-title"), "FreeRelay"_ba);
    }

    void asksAModelOnItsOwnWireWithThatWiresKey()
    {
        RelayFixture fixture({{"p"}});
        fixture.configure([](relay::RelayConfig &config) {
            changeProvider(config, [](catalog::Provider &provider) {
                provider.wireByModel = {{"m-*", Wire::AnthropicMessages}};
                provider.authByWire = {{Wire::AnthropicMessages, "x-api-key", ""}};
                provider.messagesPath = "/messages";
            });
        });
        fixture.letReply(0, ProviderReplies(Wire::AnthropicMessages).answer(false, {"Hello"}));
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 200);
        QCOMPARE(fixture.upstream(0).request(0).target, "/v1/messages"_ba);
        QCOMPARE(fixture.upstream(0).request(0).headers.value("x-api-key"), "sk-p-1"_ba);
        QVERIFY(!fixture.upstream(0).request(0).headers.contains("authorization"));
    }

    void asksNobodyWhenItMustNot_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<std::function<void(relay::RelayConfig &)>>("change");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<QByteArray>("words");
        using Change = std::function<void(relay::RelayConfig &)>;
        const Change none = [](relay::RelayConfig &) {};
        const Change barred = [](relay::RelayConfig &config) {
            config.endpoints.front().barred = routing::Disqualified::NoKey;
        };
        const Change locked = [barred](relay::RelayConfig &config) {
            barred(config);
            config.keysUnreadable = u"The keychain is locked."_s;
        };
        const auto row = [](const char *name,
                            const QByteArray &model,
                            const Change &change,
                            int status,
                            const QByteArray &code,
                            const QByteArray &words) {
            QTest::newRow(name) << model << change << status << code << words;
        };
        row("unknown name", "no-such-model", none, 404, "model_not_found", "no-such-model");
        row("known, not set up", "p/m-1", barred, 503, "no_provider_available", "P");
        row("nothing set up", "", barred, 503, "no_provider_available", "freerelay setup");
        row("keychain locked", "", locked, 503, "keychain_unavailable", "keychain is locked");
        row(
            "paused",
            "",
            [](relay::RelayConfig &config) { config.paused = true; },
            503,
            "paused",
            "paused");
        row(
            "mode",
            "",
            [](relay::RelayConfig &config) { config.mode = common::Mode::Paid; },
            403,
            "not_allowed",
            "paid");
        row("mode by name", "freerelay-paid", none, 403, "not_allowed", "paid");
    }

    void asksNobodyWhenItMustNot()
    {
        QFETCH(QByteArray, model);
        QFETCH(std::function<void(relay::RelayConfig &)>, change);
        QFETCH(int, status);
        QFETCH(QByteArray, code);
        QFETCH(QByteArray, words);
        RelayFixture fixture({{"p"}});
        fixture.configure(change);
        const auto client = fixture.ask(true, model);
        QVERIFY(client->finished);
        QVERIFY(!client->streaming);
        QCOMPARE(client->status, status);
        QCOMPARE(codeIn(client->body), code);
        QVERIFY2(client->body.contains(words), client->body.constData());
        QCOMPARE(client->headers.value("x-freerelay-attempts"), "0"_ba);
        QVERIFY(!client->headers.contains("x-freerelay-provider"));
        QCOMPARE(fixture.upstream(0).requestCount(), 0);
        QCOMPARE(fixture.relay->sessionsInFlight(), 0);
        QCOMPARE(fixture.outcomes.list.size(), std::size_t(1));
        QCOMPARE(fixture.outcomes.list.front().status, status);
    }

    void asksNobodyForAClientThatHasLeftAlready()
    {
        RelayFixture fixture({{"p"}});
        auto client = std::make_shared<FakeDownstream>();
        client->leave();
        fixture.send(R"({"messages":[{"role":"user","content":"Hi"}]})", client);
        QCOMPARE(fixture.relay->sessionsInFlight(), 0);
        QCOMPARE(fixture.outcomes.list.front().status, 499);
        QCOMPARE(client->heads, 0);
    }

    void saysThatItStops_data()
    {
        QTest::addColumn<bool>("destroyed");
        QTest::newRow("told to") << false;
        QTest::newRow("destroyed") << true;
    }

    void saysThatItStops()
    {
        QFETCH(bool, destroyed);
        RelayFixture fixture({{"p"}});
        FakeReply held = fixture.replies(0).answer(true, {"Hello "});
        fixture.letReply(0, held.heldFrom(2));
        held.headHeld = true;
        fixture.letReply(0, held);
        const auto streaming = fixture.ask(true);
        QTRY_VERIFY(streaming->body.contains("Hello"));
        const auto waiting = fixture.ask(true);
        QTRY_COMPARE(fixture.upstream(0).requestCount(), 2);

        if (destroyed) {
            fixture.relay.reset();
        } else {
            fixture.relay->abortAll();
            QCOMPARE(fixture.relay->sessionsInFlight(), 0);
        }
        QVERIFY(streaming->finished);
        QVERIFY(streaming->body.contains("shutting_down"));
        QVERIFY(!streaming->body.contains("[DONE]"));
        QCOMPARE(waiting->status, 503);
        QCOMPARE(codeIn(waiting->body), "shutting_down"_ba);
        QVERIFY(!streaming->hasHandlers() && !waiting->hasHandlers());
        QTRY_VERIFY(fixture.upstream(0).request(0).clientClosedEarly);
        QTRY_VERIFY(fixture.upstream(0).request(1).clientClosedEarly);
    }

    void requestsThatComeEarlyWaitForTheKeys()
    {
        RelayFixture fixture({{"p"}});
        fixture.letAnswer(0);
        fixture.configure(keysAreBeingRead(true));
        const auto client = fixture.ask(false);
        fixture.advance(1s);
        QVERIFY(!client->isOver());
        QCOMPARE(fixture.relay->sessionsInFlight(), 1);
        fixture.configure(keysAreBeingRead(false));
        fixture.advance(250ms);
        QTRY_COMPARE(client->status, 200);
    }

    void earlyRequestsDoNotWaitForEver()
    {
        RelayFixture fixture({{"p"}});
        fixture.configure(keysAreBeingRead(true));
        const auto client = fixture.ask(false);
        fixture.advance(relay::WorkerRelay::earlyPatience);
        QTRY_COMPARE(client->status, 503);
        QCOMPARE(codeIn(client->body), "keychain_unavailable"_ba);
        const auto later = fixture.ask(false);
        QTRY_COMPARE(later->status, 503);
    }

    void earlyRequestsAreToldThatTheProgramStops()
    {
        RelayFixture fixture({{"p"}});
        fixture.configure(keysAreBeingRead(true));
        const auto client = fixture.ask(false);
        fixture.relay->abortAll();
        QCOMPARE(client->status, 503);
        QCOMPARE(fixture.relay->sessionsInFlight(), 0);
    }

private:
    static std::function<void(relay::RelayConfig &)> keysAreBeingRead(bool still)
    {
        return [still](relay::RelayConfig &config) {
            config.endpoints.front().barred = still ? std::optional(routing::Disqualified::NoKey)
                                                    : std::nullopt;
            config.keysUnreadable = still ? u"Saved keys are still being read."_s : QString();
            config.keysAreBeingRead = still;
        };
    }
    static void changeProvider(
        relay::RelayConfig &config, const std::function<void(catalog::Provider &)> &change)
    {
        std::vector<catalog::Provider> providers = config.catalog->providers();
        change(providers.front());
        config.catalog = std::make_shared<catalog::Catalog>(
            std::move(providers), config.catalog->models(), std::vector<catalog::Alias>{});
        config.endpoints.front().provider = &config.catalog->providers().front();
    }
};

QTEST_GUILESS_MAIN(TestWorkerRelay)
#include "tst_worker_relay.moc"
