#include "core/dialects/openai_chat.h"
#include "core/relay/attempt_builder.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Tier;
using health::Pace;
using relay::LatencyClass;

using Milliseconds = std::chrono::milliseconds;

/// How long an attempt may take. What it sends is in the tests of the dialects and of the relay.
class TestAttemptBuilder final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void limitsFollowThePace_data()
    {
        QTest::addColumn<Pace>("pace");
        QTest::addColumn<Tier>("tier");
        QTest::addColumn<LatencyClass>("latency");
        QTest::addColumn<int>("promptBytes");
        QTest::addColumn<Milliseconds>("firstContent");
        QTest::addColumn<Milliseconds>("gap");
        const auto row = [](const char *name,
                            const Pace &pace,
                            Milliseconds firstContent,
                            Milliseconds gap,
                            Tier tier = Tier::Free,
                            LatencyClass latency = LatencyClass::Interactive,
                            int promptBytes = 10) {
            QTest::newRow(name) << pace << tier << latency << promptBytes << firstContent << gap;
        };
        row("unknown: what the settings say", {}, 90s, 60s);
        row("fast: the least", {300ms, 20ms}, 15s, 30s);
        row("ordinary", {5s, 4s}, 20s, 40s);
        row("slow: what the settings say", {40s, 20s}, 90s, 60s);
        row("only one is known", {5s, std::nullopt}, 20s, 60s);
        const Pace ordinary{5s, 2s};
        row("nobody looks on", ordinary, 40s, 60s, Tier::Free, LatencyClass::Async);
        row("nobody looks on, fast", {300ms, 20ms}, 30s, 60s, Tier::Free, LatencyClass::Async);
        row("it can wait: what the settings say",
            ordinary,
            90s,
            60s,
            Tier::Free,
            LatencyClass::Batch);
        row("a long prompt takes longer", {5s, 4s}, 90s, 40s, Tier::Free, {}, 200'000);
        row("local: as long as an answer may take", {300ms, 20ms}, 1h, 1h, Tier::Local);
    }

    void limitsFollowThePace()
    {
        QFETCH(Pace, pace);
        QFETCH(Tier, tier);
        QFETCH(LatencyClass, latency);
        QFETCH(int, promptBytes);
        QFETCH(Milliseconds, firstContent);
        QFETCH(Milliseconds, gap);
        const auto setup = built(true, pace, tier, promptBytes, latency);
        QVERIFY(setup.has_value());
        QCOMPARE(setup->firstContentLimit, firstContent);
        QCOMPARE(setup->call.limits.gap, gap);
    }

    void wholeRepliesHaveNoPace()
    {
        const auto setup = built(false, {300ms, 20ms}, Tier::Free, 10);
        QVERIFY(setup.has_value());
        QCOMPARE(setup->firstContentLimit, 0ms);
        QCOMPARE(setup->call.limits.gap, 60s);
        QCOMPARE(setup->call.limits.firstByte, 180s);
        const auto patient = built(false, {300ms, 20ms}, Tier::Free, 10, LatencyClass::Async);
        QVERIFY(patient.has_value());
        QCOMPARE(patient->call.limits.firstByte, 300s); // the whole deadline
    }

    void whoIsInAHurryWaitsLessLongForAConnection()
    {
        for (const auto &[latency, limit] :
             {std::pair(LatencyClass::Interactive, 5s),
              std::pair(LatencyClass::Async, 10s),
              std::pair(LatencyClass::Batch, 10s)}) {
            const auto setup = built(true, {}, Tier::Free, 10, latency);
            QVERIFY(setup.has_value());
            QCOMPARE(setup->call.limits.connect, Milliseconds(limit));
        }
    }

    void streamsAndShortAnswersAreInteractive()
    {
        QCOMPARE(relay::usualClass(true, 100'000), LatencyClass::Interactive);
        QCOMPARE(relay::usualClass(false, 0), LatencyClass::Interactive);
        QCOMPARE(relay::usualClass(false, 4'000), LatencyClass::Interactive);
        QCOMPARE(relay::usualClass(false, 4'001), LatencyClass::Async);
    }

    /// They prefill without a byte, for longer than the time for one request.
    void wholeRepliesOfLocalServersMayTakeLong()
    {
        const auto setup = built(false, {}, Tier::Local, 10);
        QVERIFY(setup.has_value());
        QCOMPARE(setup->call.limits.firstByte, Milliseconds(1h));
        QCOMPARE(setup->call.limits.total, Milliseconds(1h));
    }

    void aDeadlineOfTheClientsHoldsForLocalServersToo()
    {
        const auto setup = built(true, {}, Tier::Local, 10, LatencyClass::Interactive, 20s);
        QVERIFY(setup.has_value());
        QCOMPARE(setup->firstContentLimit, 20s);
        QCOMPARE(setup->call.limits.firstByte, 20s);
    }

private:
    static common::Result<relay::AttemptSetup> built(
        bool stream,
        const Pace &pace,
        Tier tier,
        int promptBytes,
        LatencyClass latency = LatencyClass::Interactive,
        std::optional<Milliseconds> deadline = std::nullopt)
    {
        const ManualClock clock;
        const catalog::Provider provider = aProvider("p", tier);
        const catalog::Model model = aModel("p/m", tier);
        relay::RelayConfig config;
        config.baseUrls.insert("p", "http://127.0.0.1/v1");
        config.keys = std::make_shared<const keys::KeyRing>();
        auto chat = dialects::parseOpenAiChat(
            R"({"messages":[{"role":"user","content":")" + QByteArray(promptBytes, 'x') + R"("}])"
            + (stream ? R"(,"stream":true})" : "}"));
        if (!chat) {
            return common::failure(chat.error());
        }
        relay::RelayRequest request{*std::move(chat), std::nullopt, "req_1", {}};
        request.deadline = deadline;
        request.latency = latency;
        return relay::AttemptBuilder(config, request, clock, clock.now())
            .build({&provider, &model, {}}, pace);
    }
};

QTEST_APPLESS_MAIN(TestAttemptBuilder)
#include "tst_attempt_builder.moc"
