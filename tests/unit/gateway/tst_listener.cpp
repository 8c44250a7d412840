#include "core/gateway/listener.h"
#include "core/gateway/peer_owner.h"

#include <QCoreApplication>
#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace freerelay;
using namespace freerelay::gateway;
using namespace Qt::Literals::StringLiterals;

class TestListener final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listensOnBothLoopbacksWithOnePort()
    {
        const auto listeners = openListeners({});
        QVERIFY(listeners);
        QVERIFY(listeners->port != 0);
        QVERIFY(!listeners->sockets.empty());
        QTcpSocket client;
        client.connectToHost(QHostAddress(QHostAddress::LocalHost), listeners->port);
        QVERIFY(client.waitForConnected());
        if (listeners->sockets.size() == 2) {
            QTcpSocket other;
            other.connectToHost(QHostAddress(QHostAddress::LocalHostIPv6), listeners->port);
            QVERIFY(other.waitForConnected());
        }
    }

    void aTakenPortNamesTheProgramAndTheNextFreeOne()
    {
        const auto first = openListeners({});
        QVERIFY(first);
        const auto second = openListeners({u"127.0.0.1"_s, first->port, false});
        QVERIFY(!second);
        QCOMPARE(second.error().kind, common::ErrorKind::AlreadyExists);
        QVERIFY2(
            second.error().message.contains(QString::number(QCoreApplication::applicationPid())),
            qPrintable(second.error().message));
        const int free = second.error().detail.toInt();
        QVERIFY(free > first->port);
        QVERIFY(openListeners({u"127.0.0.1"_s, static_cast<std::uint16_t>(free), false}));
    }

    void aPortTakenOnEveryAddressIsTaken()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress(QHostAddress::AnyIPv4)));
        const auto listeners = openListeners({u"127.0.0.1"_s, other.serverPort(), false});
        QVERIFY(!listeners);
        QCOMPARE(listeners.error().kind, common::ErrorKind::AlreadyExists);
    }

    void nobodyCanJoinThePort()
    {
        const auto listeners = openListeners({});
        QVERIFY(listeners);
        QTcpServer other;
        QVERIFY(!other.listen(QHostAddress(QHostAddress::LocalHost), listeners->port));
    }

    void anythingButLoopbackNeedsAClientKey()
    {
        const auto refused = openListeners({u"0.0.0.0"_s, 0, false});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, common::ErrorKind::PermissionDenied);
        QVERIFY(openListeners({u"0.0.0.0"_s, 0, true}));
        QVERIFY(openListeners({u"::"_s, 0, true}));
    }

    void aBadHostIsNamed()
    {
        const auto name = openListeners({u"gate.example"_s, 0, true});
        QCOMPARE(name.error().kind, common::ErrorKind::InvalidArgument);
        const auto foreign = openListeners({u"192.0.2.1"_s, 0, true});
        QCOMPARE(foreign.error().kind, common::ErrorKind::InvalidArgument);
    }

    void knowsThatAConnectionOfOursIsOurs_data()
    {
        QTest::addColumn<QHostAddress>("address");
        QTest::newRow("IPv4") << QHostAddress(QHostAddress::LocalHost);
        QTest::newRow("IPv6") << QHostAddress(QHostAddress::LocalHostIPv6);
    }

    void knowsThatAConnectionOfOursIsOurs()
    {
        QFETCH(QHostAddress, address);
        QTcpServer server;
        if (!server.listen(address)) {
            QSKIP("no IPv6 here");
        }
        QTcpSocket client;
        client.connectToHost(address, server.serverPort());
        QVERIFY(server.waitForNewConnection(5'000));
        const auto *const accepted = server.nextPendingConnection();
        PeerOwnerLookup lookup;
        for (int i = 0; i < 3; ++i) {
            const Peer peer = lookup.peerOf(static_cast<int>(accepted->socketDescriptor()));
            QCOMPARE(peer.owner, PeerOwner::SameUser);
            QVERIFY(peer.inode != 0);
        }
    }

    void theOwnerOfNoConnectionIsUnknown()
    {
        PeerOwnerLookup lookup;
        QCOMPARE(lookup.peerOf(-1).owner, PeerOwner::Unknown);
    }
};

QTEST_GUILESS_MAIN(TestListener)
#include "tst_listener.moc"
