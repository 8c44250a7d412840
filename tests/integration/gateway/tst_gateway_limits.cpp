#include "gateway_fixture.h"
#include "raw_client.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::gateway;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class TestGatewayLimits final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSlowHeadIsTimedOut()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send("GET /echo HTTP/1.1\r\nHost: loc");
        QTRY_COMPARE(fixture.server->counters().connections.load(), 1);
        roundTrip(fixture);
        fixture.clock->advance(9'999ms);
        // Every further byte does not buy more time.
        client.send("a");
        roundTrip(fixture);
        QVERIFY(client.rest().isEmpty());
        fixture.clock->advance(1ms);
        fixture.server->sweepNow();
        QCOMPARE(client.read().status, 408);
        QVERIFY(client.waitForClose());
    }

    void aSlowBodyIsTimedOutByItsPauses()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nab");
        roundTrip(fixture);
        fixture.clock->advance(29s);
        client.send("c");
        QTRY_COMPARE(fixture.server->counters().bufferedBytes.load(), 3);
        fixture.clock->advance(29'999ms);
        fixture.server->sweepNow();
        roundTrip(fixture);
        QCOMPARE(fixture.server->counters().connections.load(), 1);
        fixture.clock->advance(1ms);
        fixture.server->sweepNow();
        QCOMPARE(client.read().status, 408);
        QTRY_COMPARE(fixture.server->counters().bufferedBytes.load(), 0);
    }

    void aBodyMayNotTrickleForEver()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n");
        roundTrip(fixture);
        for (int i = 1; i <= 20; ++i) {
            fixture.clock->advance(29s);
            client.send("x");
            QTRY_COMPARE(fixture.server->counters().bufferedBytes.load(), i);
        }
        // Ten minutes in all, however short the pauses are.
        fixture.clock->advance(20s);
        fixture.server->sweepNow();
        QCOMPARE(client.read().status, 408);
    }

    void anIdleConnectionIsClosedWithoutAWord()
    {
        GatewayFixture fixture;
        RawClient fresh(fixture.port());
        RawClient used(fixture.port());
        QCOMPARE(used.ask(get("/echo")).status, 200);
        QTRY_COMPARE(fixture.server->counters().connections.load(), 2);
        fixture.clock->advance(10s);
        fixture.server->sweepNow();
        QVERIFY(fresh.waitForClose());
        QVERIFY(fresh.rest().isEmpty());
        QCOMPARE(used.ask(get("/echo")).status, 200);
        fixture.clock->advance(75s);
        fixture.server->sweepNow();
        QVERIFY(used.waitForClose());
    }

    void aRequestInProgressIsNotTimedOut()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send(get("/hold"));
        QTRY_COMPARE(fixture.log.held.load(), 1);
        fixture.clock->advance(1h);
        fixture.server->sweepNow();
        QCOMPARE(RawClient(fixture.port()).ask(get("/release")).status, 200);
        QCOMPARE(client.read().body, "held"_ba);
    }

    void aClientThatDoesNotCloseAfterAnErrorIsCut()
    {
        GatewayFixture fixture;
        PlainSocket client(fixture.port());
        client.send("garbage\r\n\r\n");
        QTRY_COMPARE(fixture.server->counters().refused.load(), std::uint64_t(1));
        fixture.clock->advance(1'999ms);
        fixture.server->sweepNow();
        QCOMPARE(RawClient(fixture.port()).ask(get("/echo", "Connection: close\r\n")).status, 200);
        QTRY_COMPARE(fixture.server->counters().connections.load(), 1);
        fixture.clock->advance(1ms);
        fixture.server->sweepNow();
        QTRY_COMPARE(fixture.server->counters().connections.load(), 0);
        client.endsByReset();
        QVERIFY(client.received().startsWith("HTTP/1.1 400 "));
    }

    void aClientThatDoesNotReadItsLastReplyIsCut()
    {
        GatewayFixture fixture;
        PlainSocket client(fixture.port());
        client.send(get("/big", "Connection: close\r\n"));
        QTRY_COMPARE(fixture.log.handled.load(), 1);
        roundTrip(fixture);
        fixture.clock->advance(60s);
        fixture.server->sweepNow();
        QTRY_COMPARE(fixture.server->counters().connections.load(), 0);
        QVERIFY(client.endsByReset());
    }

    void aClientThatKeepsSendingAfterAnErrorIsCut()
    {
        GatewayFixture fixture;
        PlainSocket client(fixture.port());
        client.send("garbage\r\n\r\n");
        const QByteArray more(1024 * 1024, 'a');
        int megabytes = 0;
        while (megabytes < 200 && client.send(more)) {
            ++megabytes;
        }
        QVERIFY2(megabytes < 100, qPrintable(QString::number(megabytes)));
    }

    void theTimeOfThePreviousReplyDoesNotCountForTheNextHead()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send(get("/hold") + "GET /echo HTTP/1.1\r\nHo");
        QTRY_COMPARE(fixture.log.held.load(), 1);
        fixture.clock->advance(1h);
        QCOMPARE(RawClient(fixture.port()).ask(get("/release")).status, 200);
        QCOMPARE(client.read().body, "held"_ba);
        fixture.server->sweepNow();
        roundTrip(fixture);
        client.send("st: localhost\r\n\r\n");
        QCOMPARE(client.read().status, 200);
    }

    void bodiesThatWaitOnOneConnectionAreBounded()
    {
        AccessRules rules;
        rules.limits.maxBodyBytes = 1'000;
        GatewayFixture fixture(rules);
        RawClient client(fixture.port());
        client.send(get("/hold") + post("/echo", QByteArray(900, 'x')).repeated(4));
        QTRY_COMPARE(fixture.log.held.load(), 1);
        QCOMPARE(RawClient(fixture.port()).ask(get("/release")).status, 200);
        QCOMPARE(client.read().body, "held"_ba);
        QCOMPARE(client.read().status, 200);
        QCOMPARE(client.read().status, 200);
        QCOMPARE(client.read().status, 503);
        QVERIFY(client.waitForClose());
        QTRY_COMPARE(fixture.server->counters().bufferedBytes.load(), 0);
    }

    void farTooManyConnectionsAreClosedUnheard()
    {
        AccessRules rules;
        rules.limits.maxConnections = 1;
        GatewayFixture fixture(rules);
        std::vector<std::unique_ptr<PlainSocket>> clients;
        for (int i = 0; i < 257; ++i) {
            clients.push_back(std::make_unique<PlainSocket>(fixture.port()));
        }
        QTRY_COMPARE(fixture.server->counters().connections.load(), 257);
        PlainSocket last(fixture.port());
        last.endsByReset();
        QVERIFY(last.received().isEmpty());
        QCOMPARE(fixture.server->counters().connections.load(), 257);
    }

    void tooManyRequestsInFlightAreRefusedAndTheConnectionKept()
    {
        AccessRules rules;
        rules.limits.maxRequestsInFlight = 2;
        GatewayFixture fixture(rules);
        RawClient first(fixture.port());
        RawClient second(fixture.port());
        first.send(get("/hold"));
        second.send(get("/hold"));
        QTRY_COMPARE(fixture.log.held.load(), 2);
        RawClient third(fixture.port());
        const RawReply busy = third.ask(post("/echo", "{}"));
        QCOMPARE(busy.status, 503);
        QCOMPARE(busy.headers.value("retry-after"), "1"_ba);
        QVERIFY(busy.body.startsWith("{\"error\""));
        first.close();
        QTRY_COMPARE(fixture.server->counters().requestsInFlight.load(), 1);
        QCOMPARE(third.ask(post("/echo", "{}")).status, 200);
        QCOMPARE(third.ask(get("/release")).status, 200);
        QCOMPARE(second.read().status, 200);
    }

    void tooManyConnectionsAreToldSo()
    {
        AccessRules rules;
        rules.limits.maxConnections = 2;
        GatewayFixture fixture(rules);
        RawClient first(fixture.port());
        RawClient second(fixture.port());
        QCOMPARE(first.ask(get("/echo")).status, 200);
        QCOMPARE(second.ask(get("/echo")).status, 200);
        RawClient third(fixture.port());
        QCOMPARE(third.ask(get("/echo")).status, 503);
        QVERIFY(third.waitForClose());
        third.close();
        first.close();
        QTRY_COMPARE(fixture.server->counters().connections.load(), 1);
        QCOMPARE(RawClient(fixture.port()).ask(get("/echo")).status, 200);
    }

    void allBodiesTogetherAreBounded()
    {
        AccessRules rules;
        rules.limits.maxBufferedBytes = 1'000'000;
        GatewayFixture fixture(rules);
        RawClient first(fixture.port());
        first.send(post("/echo", QByteArray(1'000'000, 'x')).chopped(300'000));
        QTRY_COMPARE(fixture.server->counters().bufferedBytes.load(), 700'000);
        RawClient second(fixture.port());
        second.send(post("/echo", QByteArray(400'000, 'y')));
        QCOMPARE(second.read().status, 503);
        QTRY_COMPARE(fixture.server->counters().bufferedBytes.load(), 700'000);
        first.send(QByteArray(300'000, 'x'));
        QCOMPARE(first.read().status, 200);
    }

    void memoryStaysFlatWhileAnEndlessRequestIsSent_data()
    {
        QTest::addColumn<QByteArray>("start");
        QTest::addColumn<int>("status");
        QTest::newRow("request line") << "GET /"_ba << 431;
        QTest::newRow("header") << "GET / HTTP/1.1\r\nA: "_ba << 431;
        QTest::newRow("chunk line")
            << "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5;"_ba
            << 400;
        QTest::newRow("announced body")
            << "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000000\r\n\r\n"_ba
            << 413;
    }

    void memoryStaysFlatWhileAnEndlessRequestIsSent()
    {
        QFETCH(QByteArray, start);
        QFETCH(int, status);
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send(start);
        const QByteArray more(1024 * 1024, 'a');
        for (int i = 0; i < 8; ++i) {
            client.send(more);
            QVERIFY(fixture.server->counters().bufferedBytes.load() < 64 * 1024);
        }
        QCOMPARE(client.read().status, status);
        QVERIFY(client.waitForClose());
    }

    void servesTwoThousandConnections()
    {
        GatewayFixture fixture({}, 2);
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 2'000; ++i) {
            clients.push_back(std::make_unique<RawClient>(fixture.port()));
        }
        for (const auto &client : clients) {
            QCOMPARE(client->ask(get("/echo")).status, 200);
        }
        QCOMPARE(fixture.server->counters().connections.load(), 2'000);
        clients.clear();
        QTRY_COMPARE(fixture.server->counters().connections.load(), 0);
    }

    void newRulesApplyToOpenConnections()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        QCOMPARE(client.ask("GET / HTTP/1.1\r\nHost: gate.example\r\n\r\n").status, 421);
        AccessRules rules;
        rules.allowedHosts = {"gate.example"_ba};
        fixture.server->replaceRules(rules);
        QCOMPARE(
            RawClient(fixture.port()).ask("GET / HTTP/1.1\r\nHost: gate.example\r\n\r\n").status,
            200);
    }

    void theTakenPortIsReported()
    {
        GatewayFixture fixture;
        ServerConfig config;
        config.port = fixture.port();
        config.handlerFactory = [](int, const auto &) { return nullptr; };
        const auto second = GatewayServer::start(std::move(config));
        QVERIFY(!second);
        QCOMPARE(second.error().kind, common::ErrorKind::AlreadyExists);
    }

private:
    /// Sweeps, and answers another request afterwards: all of the worker's earlier work is done.
    static void roundTrip(GatewayFixture &fixture)
    {
        fixture.server->sweepNow();
        QCOMPARE(RawClient(fixture.port()).ask(get("/echo", "Connection: close\r\n")).status, 200);
        QTRY_COMPARE(fixture.server->counters().connections.load(), 1);
    }
};

QTEST_GUILESS_MAIN(TestGatewayLimits)
#include "tst_gateway_limits.moc"
