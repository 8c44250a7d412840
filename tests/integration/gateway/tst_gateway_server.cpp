#include "gateway_fixture.h"
#include "raw_client.h"

#include <QRandomGenerator>
#include <QTest>

using namespace freerelay;
using namespace freerelay::gateway;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class TestGatewayServer final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersARequestAndKeepsTheConnection()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        for (int i = 0; i < 3; ++i) {
            const RawReply reply = client.ask(
                post("/echo", "{\"a\":" + QByteArray::number(i) + "}"));
            QCOMPARE(reply.status, 200);
            QCOMPARE(reply.body, QByteArray("{\"a\":" + QByteArray::number(i) + "}"));
            QCOMPARE(reply.headers.value("x-method"), "POST"_ba);
            QVERIFY(!reply.headers.contains("connection"));
            QVERIFY(!reply.headers.contains("server"));
            QVERIFY(!reply.headers.contains("x-split"));
        }
        QCOMPARE(fixture.server->counters().connections.load(), 1);
        QCOMPARE(fixture.server->counters().requestsInFlight.load(), 0);
        QCOMPARE(fixture.server->counters().bufferedBytes.load(), 0);
    }

    void connectionsAreSpreadOverTheWorkers()
    {
        constexpr int workers = 3;
        GatewayFixture fixture({}, workers);
        std::vector<std::unique_ptr<RawClient>> clients;
        const auto askAll = [&clients] {
            for (const std::unique_ptr<RawClient> &client : clients) {
                QCOMPARE(client->ask(get("/echo")).status, 200);
            }
        };
        for (int i = 0; i < 3 * workers; ++i) {
            clients.push_back(std::make_unique<RawClient>(fixture.port()));
        }
        askAll();
        for (std::size_t worker = 0; worker < workers; ++worker) {
            QCOMPARE(fixture.log.handledBy[worker].load(), 3);
        }
        // Those that leave make room where they were.
        clients.clear();
        QTRY_COMPARE(fixture.server->counters().connections.load(), 0);
        for (int i = 0; i < workers; ++i) {
            clients.push_back(std::make_unique<RawClient>(fixture.port()));
            askAll();
        }
        QCOMPARE(fixture.server->counters().connections.load(), workers);
    }

    void aServerStopsWhileConnectionsAreHandedOver()
    {
        for (int round = 0; round < 20; ++round) {
            GatewayFixture fixture({}, 4);
            std::vector<std::unique_ptr<PlainSocket>> sockets;
            for (int i = 0; i < 16; ++i) {
                sockets.push_back(std::make_unique<PlainSocket>(fixture.port()));
            }
            fixture.server->stop(0ms);
            QCOMPARE(fixture.server->counters().connections.load(), 0);
        }
    }

    void readsARequestThatComesByteByByte()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        for (const char byte : post("/echo", "slow")) {
            client.send(QByteArray(1, byte));
        }
        QCOMPARE(client.read().body, "slow"_ba);
    }

    void onlyTheGuardDecidesWhereARequestEnds_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<int>("status");
        const QByteArray start = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";
        const QByteArray inner = get("/smuggled");
        QTest::newRow("length and coding") << QByteArray(
            start + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner)
                                           << 400;
        QTest::newRow("two lengths")
            << QByteArray(start + "Content-Length: 0\r\nContent-Length: 40\r\n\r\n" + inner) << 400;
        QTest::newRow("hidden coding")
            << QByteArray(start + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + inner) << 400;
        QTest::newRow("folded coding")
            << QByteArray(start + "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner)
            << 400;
        QTest::newRow("bare LF") << QByteArray(start + "X: y\nContent-Length: 40\r\n\r\n" + inner)
                                 << 400;
        QTest::newRow("negative chunk")
            << QByteArray(start + "Transfer-Encoding: chunked\r\n\r\n-5\r\n" + inner) << 400;
        QByteArray headers;
        for (int i = 0; i < 120; ++i) {
            headers += "X-" + QByteArray::number(i) + ": y\r\n";
        }
        QTest::newRow("too many headers")
            << QByteArray(start + headers + "Content-Length: 40\r\n\r\n" + inner) << 431;
    }

    void onlyTheGuardDecidesWhereARequestEnds()
    {
        QFETCH(QByteArray, input);
        QFETCH(int, status);
        GatewayFixture fixture;
        RawClient client(fixture.port());
        const RawReply reply = client.ask(input);
        QCOMPARE(reply.status, status);
        QVERIFY(reply.body.startsWith("{\"error\":{\"message\":"));
        QCOMPARE(reply.headers.value("connection"), "close"_ba);
        QVERIFY(client.waitForClose());
        QVERIFY(client.rest().isEmpty());
        QCOMPARE(fixture.log.handled.load(), 0);
    }

    void aBodyThatLooksLikeARequestIsABody()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        const QByteArray inner = get("/smuggled");
        QCOMPARE(client.ask(post("/echo", inner)).body, inner);
        const RawReply chunked = client.ask(
            "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            + QByteArray::number(inner.size(), 16) + "\r\n" + inner + "\r\n0\r\n\r\n");
        QCOMPARE(chunked.body, inner);
        QCOMPARE(fixture.log.handled.load(), 2);
    }

    void answersExpectations()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        const QByteArray whole = post("/echo", "hello", "Expect: 100-continue\r\n");
        client.send(whole.chopped(5));
        QCOMPARE(client.read().status, 100);
        client.send("hello");
        QCOMPARE(client.read().body, "hello"_ba);
        // A body that is already there needs no permission.
        client.send(whole);
        QCOMPARE(client.read().status, 200);
        QCOMPARE(client.ask(post("/echo", "x", "Expect: wonders\r\n")).status, 417);
    }

    void aBodyThatHasBegunNeedsNoPermission()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send(post("/echo", "hello", "Expect: 100-continue\r\n").chopped(3));
        QTRY_COMPARE(fixture.server->counters().bufferedBytes.load(), 2);
        client.send("llo");
        QCOMPARE(client.read().status, 200);
    }

    void permissionIsGivenInTurn()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send(get("/hold") + post("/echo", "hello", "Expect: 100-continue\r\n").chopped(5));
        QTRY_COMPARE(fixture.log.held.load(), 1);
        QCOMPARE(RawClient(fixture.port()).ask(get("/release")).status, 200);
        QCOMPARE(client.read().body, "held"_ba);
        QCOMPARE(client.read().status, 100);
        client.send("hello");
        QCOMPARE(client.read().body, "hello"_ba);
    }

    void refusesABodyBeforeItIsSent()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        const RawReply reply = client.ask("POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: "
                                          "100-continue\r\nContent-Length: 99999999\r\n\r\n");
        QCOMPARE(reply.status, 413);
        QVERIFY(reply.body.contains("33554432 bytes (setting limits.max_body_bytes)"));
    }

    void closesAfterOldOrClosingRequests_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<bool>("closes");
        QTest::newRow("HTTP/1.0") << "GET /echo HTTP/1.0\r\n\r\n"_ba << true;
        QTest::newRow("HTTP/1.0 keep-alive")
            << "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"_ba << false;
        QTest::newRow("close") << get("/echo", "Connection: close\r\n") << true;
        QTest::newRow("HTTP/1.0 stream")
            << "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"_ba << true;
    }

    void closesAfterOldOrClosingRequests()
    {
        QFETCH(QByteArray, input);
        QFETCH(bool, closes);
        GatewayFixture fixture;
        RawClient client(fixture.port());
        const RawReply reply = client.ask(input);
        QCOMPARE(reply.status, 200);
        if (closes) {
            QCOMPARE(reply.headers.value("connection"), "close"_ba);
            QVERIFY(client.waitForClose());
        } else {
            QCOMPARE(reply.headers.value("connection"), "keep-alive"_ba);
            QCOMPARE(client.ask(input).status, 200);
        }
    }

    void nothingAfterAClosingRequestIsServed()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        QCOMPARE(client.ask(get("/echo", "Connection: close\r\n") + get("/echo")).status, 200);
        QVERIFY(client.waitForClose());
        QVERIFY(client.rest().isEmpty());
        QCOMPARE(fixture.log.handled.load(), 1);
    }

    void streamsInChunksAndToOldClientsUntilTheEnd()
    {
        GatewayFixture fixture;
        const QByteArray events = "data: 0\n\ndata: 1\n\ndata: 2\n\n";
        RawClient client(fixture.port());
        const RawReply reply = client.ask(get("/stream"));
        QCOMPARE(reply.body, events);
        QCOMPARE(reply.headers.value("transfer-encoding"), "chunked"_ba);
        QCOMPARE(client.ask(get("/stream")).body, events);
        RawClient old(fixture.port());
        const RawReply oldReply = old.ask("GET /stream HTTP/1.0\r\n\r\n"_ba);
        QCOMPARE(oldReply.body, events);
        QVERIFY(!oldReply.headers.contains("transfer-encoding"));
    }

    void headRepliesHaveTheHeadersAndNoBody()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send("HEAD /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(client.read(true).headers.value("content-length"), "8388608"_ba);
        client.send("HEAD /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(client.read(true).status, 200);
        QCOMPARE(client.ask(get("/echo")).status, 200);
    }

    void pipelinedRequestsAreAnsweredInOrder()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        QByteArray all;
        for (int i = 0; i < 30; ++i) {
            all += i % 3 == 2 ? get("/stream") : post("/echo", QByteArray::number(i));
        }
        client.send(all);
        for (int i = 0; i < 30; ++i) {
            const RawReply reply = client.read();
            QCOMPARE(reply.status, 200);
            QVERIFY(
                i % 3 == 2 ? reply.body.startsWith("data: 0")
                           : reply.body == QByteArray::number(i));
        }
    }

    void aPipelinedRequestWaitsForTheReplyBefore()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send(get("/hold") + get("/echo"));
        QTRY_COMPARE(fixture.log.held.load(), 1);
        RawClient other(fixture.port());
        QCOMPARE(other.ask(get("/echo")).status, 200);
        QCOMPARE(fixture.log.handled.load(), 2);
        QCOMPARE(other.ask(get("/release")).body, "released"_ba);
        QCOMPARE(client.read().body, "held"_ba);
        QCOMPARE(client.read().status, 200);
    }

    void anErrorBehindGoodRequestsIsAnsweredInItsTurn()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send(get("/hold") + "garbage\r\n\r\n");
        QTRY_COMPARE(fixture.log.held.load(), 1);
        QCOMPARE(RawClient(fixture.port()).ask(get("/release")).status, 200);
        QCOMPARE(client.read().body, "held"_ba);
        QCOMPARE(client.read().status, 400);
        QVERIFY(client.waitForClose());
    }

    void moreThanTheQueueHoldsIsRefusedAfterWhatWasQueued()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send(get("/hold") + get("/echo").repeated(60));
        QTRY_COMPARE(fixture.log.held.load(), 1);
        QCOMPARE(RawClient(fixture.port()).ask(get("/release")).status, 200);
        QCOMPARE(client.read().body, "held"_ba);
        int served = 0;
        RawReply reply = client.read();
        while (reply.status == 200) {
            ++served;
            reply = client.read();
        }
        QVERIFY2(served == 31 || served == 32, qPrintable(QString::number(served)));
        QCOMPARE(reply.status, 503);
        QCOMPARE(reply.headers.value("retry-after"), "1"_ba);
        QVERIFY(client.waitForClose());
    }

    void refusesForeignHostsAndUpgrades_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<int>("status");
        QTest::newRow("foreign Host") << "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"_ba << 421;
        QTest::newRow("no Host") << "GET / HTTP/1.1\r\n\r\n"_ba << 400;
        QTest::newRow("foreign absolute target")
            << "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n"_ba << 421;
        QTest::newRow("own absolute target")
            << "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n"_ba << 200;
        QTest::newRow("websocket")
            << get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n") << 426;
        QTest::newRow("h2c offer is ignored") << get(
            "/", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n")
                                              << 200;
        QTest::newRow("HTTP/2") << "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"_ba << 505;
        QTest::newRow("TLS") << "\x16\x03\x01\x02\x00\x01"_ba << 400;
        QTest::newRow("CONNECT") << "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"_ba << 501;
    }

    void refusesForeignHostsAndUpgrades()
    {
        QFETCH(QByteArray, input);
        GatewayFixture fixture;
        RawClient client(fixture.port());
        QTEST(client.ask(input).status, "status");
    }

    void otherUsersAreToldWhy()
    {
        GatewayFixture fixture;
        fixture.owner = PeerOwner::OtherUser;
        RawClient client(fixture.port());
        const RawReply reply = client.ask(get("/echo"));
        QCOMPARE(reply.status, 403);
        QVERIFY(reply.body.contains("another user"));
        QCOMPARE(fixture.log.handled.load(), 0);
    }

    void aClientThatLeavesIsNoticed()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send(get("/hold"));
        QTRY_COMPARE(fixture.log.held.load(), 1);
        QCOMPARE(fixture.server->counters().requestsInFlight.load(), 1);
        client.close();
        QTRY_COMPARE(fixture.log.gone.load(), 1);
        QTRY_COMPARE(fixture.server->counters().requestsInFlight.load(), 0);
        QTRY_COMPARE(fixture.server->counters().connections.load(), 0);
        // The late reply goes nowhere and harms nobody.
        QCOMPARE(RawClient(fixture.port()).ask(get("/release")).status, 200);
    }

    void aHalfClosedClientCountsAsGoneButGetsWhatIsReady()
    {
        GatewayFixture fixture;
        RawClient waiting(fixture.port());
        waiting.send(get("/hold"));
        QTRY_COMPARE(fixture.log.held.load(), 1);
        waiting.halfClose();
        QTRY_COMPARE(fixture.log.gone.load(), 1);
        RawClient quick(fixture.port());
        quick.send(post("/echo", "ready"));
        quick.halfClose();
        QCOMPARE(quick.read().body, "ready"_ba);
    }

    void aDroppedRequestIsAnswered()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        QCOMPARE(client.ask(get("/drop")).status, 500);
        QCOMPARE(client.ask(get("/echo")).status, 200);
    }

    void anAbortedStreamIsCutVisibly()
    {
        GatewayFixture fixture;
        for (const char *version : {"1.1", "1.0"}) {
            PlainSocket client(fixture.port());
            client.send("GET /cut HTTP/" + QByteArray(version) + "\r\nHost: localhost\r\n\r\n");
            QVERIFY(client.endsByReset());
        }
        QTRY_COMPARE(fixture.server->counters().requestsInFlight.load(), 0);
    }

    void aClientThatReadsNoRepliesGetsNoFurtherRequestHandled()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.socket().setReadBufferSize(1024);
        client.send(get("/big").repeated(10));
        QTRY_VERIFY(fixture.log.handled.load() > 0);
        QCOMPARE(RawClient(fixture.port()).ask(get("/echo")).status, 200);
        QVERIFY(fixture.log.handled.load() < 5);
        client.socket().setReadBufferSize(0);
        for (int i = 0; i < 10; ++i) {
            QCOMPARE(client.read().body.size(), 8 * 1024 * 1024);
        }
    }

    void aClientThatDoesNotReadHoldsTheWriterBack()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.socket().setReadBufferSize(1024);
        client.send(get("/flood"));
        QTRY_VERIFY(fixture.log.flooded.load() > 0);
        // Other clients are served while this one sleeps.
        for (int i = 0; i < 200; ++i) {
            QCOMPARE(RawClient(fixture.port()).ask(get("/echo")).status, 200);
        }
        QVERIFY(fixture.log.mostPending.load() < 512 * 1024);
        QVERIFY(fixture.log.flooded.load() < 48 * 1024 * 1024);
        client.socket().setReadBufferSize(0);
        QCOMPARE(client.read().body.size(), 64 * 1024 * 1024);
        QVERIFY(fixture.log.drained.load() > 0);
        QVERIFY(fixture.log.mostPending.load() < 512 * 1024);
    }

    void takesALargeBodyInPieces()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        const QByteArray body = QByteArray("0123456789abcdef").repeated(20 * 1024 * 1024 / 16);
        const QByteArray whole = post("/echo", body);
        for (qsizetype at = 0; at < whole.size(); at += 100'003) {
            client.send(whole.mid(at, 100'003));
        }
        const RawReply reply = client.read();
        QCOMPARE(reply.status, 200);
        QVERIFY(reply.body == body);
        QTRY_COMPARE(fixture.server->counters().bufferedBytes.load(), 0);
    }

    void reusesConnectionsWithoutLeakingDescriptors()
    {
        GatewayFixture fixture({}, 2);
        RawClient first(fixture.port());
        QCOMPARE(first.ask(get("/echo")).status, 200);
        first.close();
        QTRY_COMPARE(fixture.server->counters().connections.load(), 0);
        const int before = openDescriptors();
        for (int round = 0; round < 100; ++round) {
            RawClient client(fixture.port());
            for (int i = 0; i < 100; ++i) {
                QCOMPARE(client.ask(i % 2 == 0 ? post("/echo", "{}") : get("/stream")).status, 200);
            }
        }
        QTRY_COMPARE(fixture.server->counters().connections.load(), 0);
        QCOMPARE(openDescriptors(), before);
        QCOMPARE(fixture.server->counters().requests.load(), std::uint64_t(10'001));
        QCOMPARE(fixture.server->counters().bufferedBytes.load(), 0);
    }

    void stoppingLetsTheReplyInProgressEnd()
    {
        auto fixture = std::make_unique<GatewayFixture>();
        RawClient idle(fixture->port());
        QCOMPARE(idle.ask(get("/echo")).status, 200);
        RawClient client(fixture->port());
        client.send(get("/big"));
        QVERIFY(client.waitForBytes(1));
        std::thread stopper([&] { fixture->server->stop(10s); });
        QCOMPARE(client.read().body.size(), 8 * 1024 * 1024);
        QVERIFY(client.waitForClose());
        QVERIFY(idle.waitForClose());
        stopper.join();
        RawClient late(fixture->port());
        QVERIFY(late.socket().state() != QAbstractSocket::ConnectedState);
    }

    void stoppingCutsWhatIsNotDoneInTime()
    {
        GatewayFixture fixture;
        RawClient client(fixture.port());
        client.send(get("/hold"));
        QTRY_COMPARE(fixture.log.held.load(), 1);
        fixture.server->stop(50ms);
        QCOMPARE(client.read().status, 0);
        QCOMPARE(fixture.log.gone.load(), 1);
        QCOMPARE(fixture.server->counters().requestsInFlight.load(), 0);
        QCOMPARE(fixture.server->counters().connections.load(), 0);
    }

    void mutatedRequestsEndInAReplyOrAClose()
    {
        GatewayFixture fixture;
        QRandomGenerator random(20'261'124);
        const QByteArray seeds[] = {
            get("/echo", "Accept: */*\r\nX-A: b\r\n"),
            post("/echo", "{\"model\":\"auto\"}"),
            "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n0\r\nT: 1\r\n\r\n"_ba,
            get("/stream") + post("/echo", "x") + get("/drop")};
        for (int round = 0; round < 1'500; ++round) {
            RawClient client(fixture.port());
            client.send(mutated(seeds[random.bounded(4)], random));
            client.halfClose();
            QVERIFY(client.waitForClose());
            QVERIFY(client.rest().isEmpty() || client.rest().startsWith("HTTP/1.1 "));
        }
        QCOMPARE(RawClient(fixture.port()).ask(get("/echo")).status, 200);
        QTRY_COMPARE(fixture.server->counters().connections.load(), 0);
        QCOMPARE(fixture.server->counters().requestsInFlight.load(), 0);
        QCOMPARE(fixture.server->counters().bufferedBytes.load(), 0);
    }

private:
    static QByteArray mutated(QByteArray bytes, QRandomGenerator &random)
    {
        const int changes = random.bounded(1, 5);
        for (int i = 0; i < changes && !bytes.isEmpty(); ++i) {
            const auto at = static_cast<qsizetype>(random.bounded(static_cast<int>(bytes.size())));
            switch (random.bounded(5)) {
            case 0:
                bytes[at] = static_cast<char>(random.bounded(256));
                break;
            case 1:
                bytes.remove(at, random.bounded(1, 6));
                break;
            case 2:
                bytes.insert(at, bytes.mid(random.bounded(static_cast<int>(bytes.size())), 12));
                break;
            case 3:
                bytes.insert(at, "\r\n");
                break;
            default:
                bytes.truncate(at);
                break;
            }
        }
        return bytes;
    }
};

QTEST_GUILESS_MAIN(TestGatewayServer)
#include "tst_gateway_server.moc"
