#include "core/gateway/routes/models_route.h"
#include "core/services/sleep_watch.h"
#include "tests/integration/relay/relay_fixture.h"
#include "tests/integration/relay/tls_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Wire;
using upstream::Chaos;
using upstream::ChaosRule;
using upstream::Fault;

namespace {

/// Two providers that are well, and what GET /health says of them.
struct House
{
    explicit House(const std::vector<ProviderSpec> &specs = {{"first"}, {"second"}})
        : fixture(specs, &chaos)
        , route(
              *fixture.relay,
              {fixture.coolDowns,
               fixture.quota,
               fixture.failures,
               fixture.health,
               fixture.signatures},
              fixture.clock,
              {[] { return interfaces::RecordingStatus(); },
               [] { return interfaces::AuditStatus(); },
               [] { return interfaces::ChaosFigures(); }})
    {
        for (int i = 0; i < int(specs.size()); ++i) {
            fixture.letAnswer(i);
        }
    }

    /// The whole answer to a request; it must end without the clock's help.
    RelayFixture::Downstream answer(bool stream = false)
    {
        auto client = fixture.ask(stream);
        return QTest::qWaitFor([&] { return client->finished; }) ? client : nullptr;
    }

    [[nodiscard]] QJsonObject health()
    {
        FakeDownstream client;
        route.health(client);
        return QJsonDocument::fromJson(client.body).object();
    }
    /// "first open", "second open": the states of what does not answer, in /health.
    [[nodiscard]] QStringList circuits()
    {
        QStringList told;
        for (const QJsonValue &one : health()["circuits"_L1].toArray()) {
            told << one["provider"_L1].toString() + u' ' + one["state"_L1].toString();
        }
        return told;
    }

    Chaos chaos{{}};
    RelayFixture fixture;
    gateway::ModelsRoute route;
};

QJsonObject errorOf(const FakeDownstream &client)
{
    return QJsonDocument::fromJson(client.body)["error"_L1].toObject();
}

} // namespace

/// What a person sees when the machine's network, a certificate or the clock is not right.
class TestOutages final : public QObject
{
    Q_OBJECT

private:
    static void unplug(House &house, bool names)
    {
        if (names) {
            house.chaos.setRules({true, {ChaosRule{{}, Fault::Dns, 1, 1}}});
            return;
        }
        for (const int i : {0, 1}) {
            house.fixture.upstream(i).stopListening();
            house.fixture.upstream(i).resetAll();
        }
    }
    static void plugIn(House &house)
    {
        if (house.chaos.rules().load()->on) {
            house.chaos.setRules({});
            return;
        }
        for (const int i : {0, 1}) {
            house.fixture.upstream(i).listenAgain();
        }
    }

private Q_SLOTS:
    void theNetworkGoesAndComesBack_data()
    {
        QTest::addColumn<bool>("names");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("no names") << true << "host name could not be resolved"_ba;
        QTest::newRow("nobody listens") << false << "could not be reached"_ba;
    }

    /// Each request is told so at once, and the first one after it is answered: nothing has to be
    /// waited for.
    void theNetworkGoesAndComesBack()
    {
        QFETCH(bool, names);
        QFETCH(QByteArray, words);
        House house;
        QCOMPARE(house.answer()->status, 200);
        QCOMPARE(house.circuits(), QStringList());
        unplug(house, names);
        for (int i = 0; i < 6; ++i) {
            const auto client = house.answer(i % 2 == 1);
            QVERIFY(client != nullptr);
            QCOMPARE(client->status, 503);
            const QJsonObject error = errorOf(*client);
            QCOMPARE(error["code"_L1].toString(), u"no_provider_available"_s);
            QVERIFY2(error["message"_L1].toString().toUtf8().contains(words), client->body);
            QVERIFY(client->headers.contains("retry-after"));
            house.fixture.advance(1s);
        }
        const QJsonObject health = house.health();
        QVERIFY(health["live"_L1].toBool());
        QVERIFY(house.circuits().contains(u"first open"_s));
        QVERIFY(house.circuits().contains(u"second open"_s));

        plugIn(house);
        const auto first = house.answer();
        QVERIFY(first != nullptr);
        QCOMPARE(first->status, 200);
        for (int i = 0; i < 6; ++i) {
            QCOMPARE(house.answer()->status, 200);
            house.fixture.advance(31s);
        }
        // What nobody has asked since then stays half open; it is not passed over.
        QCOMPARE(house.circuits().join(u' '), u"second half_open"_s);
        QCOMPARE(house.health()["status"_L1].toString(), u"ok"_s);
        QCOMPARE(house.answer()->headers.value("x-freerelay-provider"), "first"_ba);
    }

    void aStreamSurvivesTheEndOfTheNetworkAsFarAsItCame()
    {
        House house;
        house.fixture.letReply(
            0, house.fixture.replies(0).answer(true, {"Hello ", "you"}).heldFrom(2));
        const auto client = house.fixture.ask(true);
        QTRY_VERIFY(client->body.contains("Hello "));
        unplug(house, /*names=*/false);
        QTRY_VERIFY(client->finished);
        QVERIFY(client->body.contains("Hello "));
        QVERIFY(client->body.contains(R"("error")"));
        QVERIFY(!client->body.contains("[DONE]"));
    }

    void aCertificateThatNobodyVouchesFor()
    {
        TlsServer server;
        if (const QString problem = server.start(); !problem.isEmpty()) {
            QSKIP(qPrintable(problem));
        }
        House house;
        house.fixture.configure([&server](relay::RelayConfig &config) {
            config.baseUrls.insert("first", server.url("/v1"));
        });
        // Another provider answers, and the record has the reason.
        const auto client = house.answer();
        QVERIFY(client != nullptr);
        QCOMPARE(client->status, 200);
        QCOMPARE(client->headers.value("x-freerelay-provider"), "second"_ba);
        const relay::AttemptRecord &attempt = house.fixture.outcomes.list.back().attempts.front();
        QCOMPARE(attempt.failure, "network"_ba);
        // When nobody else can, the client is told what is wrong.
        house.fixture.upstream(1).stopListening();
        house.fixture.upstream(1).resetAll();
        house.fixture.advance(2s);
        house.fixture.configure([](relay::RelayConfig &config) {
            std::erase_if(config.endpoints, [](const routing::Endpoint &endpoint) {
                return endpoint.provider->id == "second";
            });
        });
        const auto alone = house.answer();
        QVERIFY(alone != nullptr);
        QCOMPARE(alone->status, 503);
        QVERIFY2(errorOf(*alone)["message"_L1].toString().contains(u"certificate"_s), alone->body);
        // The key never left: no handshake came to its end.
        QTRY_VERIFY(server.handshakes > 0);
        QCOMPARE(server.encrypted, 0);
    }

    void theCalendarJumps_data()
    {
        QTest::addColumn<int>("hours");
        QTest::newRow("a day on") << 24;
        QTest::newRow("a day back") << -24;
        QTest::newRow("ten years on") << 24 * 3650;
        QTest::newRow("ten years back") << -24 * 3650;
    }

    /// Somebody sets the clock: what is under way and what rests goes by the time that passes.
    void theCalendarJumps()
    {
        QFETCH(int, hours);
        House house({{"only"}});
        house.fixture.letReply(
            0, house.fixture.replies(0).answer(true, {"Hello ", "you"}).heldFrom(2));
        const auto client = house.fixture.ask(true);
        QTRY_VERIFY(client->body.contains("Hello "));
        house.fixture.clock.moveWall(std::chrono::hours(hours));
        house.fixture.advance(1s);
        house.fixture.upstream(0).releaseAll();
        QTRY_VERIFY(client->finished);
        QCOMPARE(textIn(client->body), "Hello you"_ba);

        house.fixture.letReply(
            0, house.fixture.replies(0).error(429, "slow down").withHeader("retry-after", "20"));
        QCOMPARE(house.answer()->status, 429);
        house.fixture.clock.moveWall(std::chrono::hours(-hours));
        house.fixture.advance(1s);
        const auto refused = house.answer();
        QCOMPARE(refused->status, 429);
        QCOMPARE(refused->headers.value("retry-after"), "19"_ba);
        QCOMPARE(house.health()["providers"_L1][0]["retry_after"_L1].toInt(), 19);
        house.fixture.advance(20s);
        QCOMPARE(house.answer()->status, 200);
        QCOMPARE(house.health()["status"_L1].toString(), u"ok"_s);
    }

    /// A night: the monotonic clock stands still, and the day of the provider ends meanwhile.
    void theMachineSleeps()
    {
        House house({{"only"}});
        int woken = 0;
        services::SleepWatch watch(
            house.fixture.coolDowns, house.fixture.clock, [&woken] { ++woken; });
        house.fixture.letReply(
            0, house.fixture.replies(0).error(429, "Daily quota exhausted, limit reached"));
        const auto refused = house.answer();
        QCOMPARE(refused->status, 429);
        QCOMPARE(refused->headers.value("retry-after"), "82800"_ba); // until midnight
        house.fixture.clock.moveWall(23h - 1min);
        watch.look();
        QCOMPARE(woken, 1);
        const auto stillRefused = house.answer();
        QCOMPARE(stillRefused->status, 429);
        QCOMPARE(stillRefused->headers.value("retry-after"), "60"_ba);
        house.fixture.advance(61s);
        watch.look(); // no sleep
        QCOMPARE(woken, 1);
        QCOMPARE(house.answer()->status, 200);
    }

    void onlyARealSleepIsTakenForOne_data()
    {
        QTest::addColumn<int>("milliseconds");
        QTest::newRow("set right by little") << 29'999;
        QTest::newRow("set back") << -24 * 3'600'000;
    }

    void onlyARealSleepIsTakenForOne()
    {
        QFETCH(int, milliseconds);
        House house({{"only"}});
        int woken = 0;
        services::SleepWatch watch(
            house.fixture.coolDowns, house.fixture.clock, [&woken] { ++woken; });
        house.fixture.letReply(
            0, house.fixture.replies(0).error(429, "slow down").withHeader("retry-after", "60"));
        QCOMPARE(house.answer()->status, 429);
        house.fixture.clock.moveWall(std::chrono::milliseconds(milliseconds));
        watch.look();
        QCOMPARE(woken, 0);
        QCOMPARE(house.answer()->headers.value("retry-after"), "60"_ba);
    }

    /// It is taken for sleep: the provider's day seems to be over. That costs one refusal.
    void theClockIsSetForwards()
    {
        House house({{"only"}});
        int woken = 0;
        services::SleepWatch watch(
            house.fixture.coolDowns, house.fixture.clock, [&woken] { ++woken; });
        const FakeReply refusal = house.fixture.replies(0).error(
            429, "Daily quota exhausted, limit reached");
        house.fixture.letReply(0, refusal);
        QCOMPARE(house.answer()->status, 429);
        house.fixture.clock.moveWall(24h);
        watch.look();
        QCOMPARE(woken, 1);
        house.fixture.letReply(0, refusal);
        QCOMPARE(house.answer()->headers.value("retry-after"), "82800"_ba);
        QCOMPARE(house.fixture.upstream(0).requestCount(), 2);
        QCOMPARE(house.answer()->status, 429);
        QCOMPARE(house.fixture.upstream(0).requestCount(), 2); // it is not asked again
    }

    /// The calendar stands still while time passes, as when the clock is set back all the time.
    void onlyTimePasses()
    {
        House house({{"only"}});
        house.fixture.letReply(
            0, house.fixture.replies(0).error(429, "slow down").withHeader("retry-after", "20"));
        QCOMPARE(house.answer()->status, 429);
        house.fixture.advance(21s);
        house.fixture.clock.moveWall(-21s);
        QCOMPARE(house.answer()->status, 200);

        // And a request that nobody answers ends by it.
        house.fixture.letReply(
            0,
            house.fixture.replies(0)
                .answer(false, {"x"})
                .withFault(FakeFault::Stall, FakeReply::beforeHead));
        const auto client = house.fixture.ask(false);
        QTRY_COMPARE(house.fixture.upstream(0).requestCount(), 3);
        house.fixture.clock.moveWall(-181s);
        house.fixture.advance(181s);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 504);
        QCOMPARE(errorOf(*client)["code"_L1].toString(), u"timeout"_s);
    }
};

QTEST_GUILESS_MAIN(TestOutages)
#include "tst_outages.moc"
