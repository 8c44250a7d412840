#include "core/services/control/control_client.h"
#include "core/services/control/control_server.h"
#include "tests/support/sample_gateway.h"

#include <QLocalServer>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace std::chrono_literals;
using common::ErrorKind;
using services::ControlClient;

/// The blocking client, in a thread of its own beside a real server or a scripted peer.
class TestControlClient final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void tellsThatNothingRuns()
    {
        ControlClient client(path());
        const auto connected = client.connect();
        QVERIFY(!connected);
        QVERIFY(connected.error().kind == ErrorKind::NotFound);
        QVERIFY(client.call(u"status"_s).error().kind == ErrorKind::NotFound);
    }

    void callsSeveralOperationsOverOneConnection()
    {
        tests::FakeGatewayControl gateway;
        tests::fillSample(gateway);
        services::ControlServer server(gateway, nullptr);
        QVERIFY(server.listen(path()));
        beside([this] {
            ControlClient client(path());
            const auto status = client.call(u"status"_s);
            QVERIFY(status);
            QCOMPARE(status->value("requests_total"_L1).toInt(), 42);
            const auto refused = client.call(u"mode"_s, {{u"mode"_s, u"fast"_s}});
            QVERIFY(!refused);
            QVERIFY(refused.error().kind == ErrorKind::InvalidArgument);
            QVERIFY(client.call(u"pause"_s));
        });
        QVERIFY(gateway.now.paused);
    }

    void refusesWhatIsNoAnswer()
    {
        QLocalServer peer;
        answerWith(peer, {"what?\n"_ba, "{\"ok\":true,\"data\":{\"n\":2}}\n"_ba});
        beside([this] {
            ControlClient client(path());
            const auto garbage = client.call(u"status"_s);
            QVERIFY(!garbage);
            QVERIFY(garbage.error().kind == ErrorKind::ProtocolError);
            const auto next = client.call(u"status"_s);
            QVERIFY(next);
            QCOMPARE(next->value("n"_L1).toInt(), 2);
        });
    }

    void tellsThatThePeerHungUp()
    {
        QLocalServer peer;
        answerWith(peer, {QByteArray()});
        beside([this] {
            ControlClient client(path());
            const auto answer = client.call(u"status"_s);
            QVERIFY(!answer);
            QVERIFY(answer.error().kind == ErrorKind::ProtocolError);
        });
    }

    void neverTakesALateAnswerForTheNextOne()
    {
        QLocalServer peer;
        QVERIFY(peer.listen(path()));
        std::vector<QLocalSocket *> sockets;
        connect(&peer, &QLocalServer::newConnection, this, [&] {
            QLocalSocket *socket = peer.nextPendingConnection();
            sockets.push_back(socket);
            connect(socket, &QLocalSocket::readyRead, this, [&, socket] {
                if (!socket->canReadLine()) {
                    return;
                }
                // The first question is answered only when the second one is asked.
                const bool isFirst = socket == sockets.front()
                    && socket->readLine().contains("\"first\"");
                if (!isFirst) {
                    sockets.front()->write("{\"ok\":true,\"data\":{\"n\":1}}\n");
                    socket->write("{\"ok\":true,\"data\":{\"n\":2}}\n");
                }
            });
        });
        beside([this] {
            ControlClient client(path());
            const auto first = client.call(u"first"_s, {}, 20ms);
            QVERIFY(!first);
            QVERIFY(first.error().kind == ErrorKind::Timeout);
            const auto second = client.call(u"second"_s);
            QVERIFY(second);
            QCOMPARE(second->value("n"_L1).toInt(), 2);
        });
    }

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(u"control.sock"_s); }

    /// Runs `work` in a thread while this one serves.
    static void beside(const std::function<void()> &work)
    {
        const std::unique_ptr<QThread> thread(QThread::create(work));
        thread->start();
        QVERIFY(QTest::qWaitFor([&thread] { return thread->isFinished(); }, 30'000));
    }

    /// Each connection gets one of `answers` to its first line; an empty one is a hang-up.
    void answerWith(QLocalServer &peer, std::vector<QByteArray> answers)
    {
        QVERIFY(peer.listen(path()));
        auto left = std::make_shared<std::vector<QByteArray>>(std::move(answers));
        connect(&peer, &QLocalServer::newConnection, this, [this, &peer, left] {
            QLocalSocket *socket = peer.nextPendingConnection();
            const QByteArray answer = left->front();
            left->erase(left->begin());
            connect(socket, &QLocalSocket::readyRead, this, [socket, answer] {
                if (answer.isEmpty()) {
                    socket->abort();
                } else {
                    socket->write(answer);
                }
            });
        });
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestControlClient)
#include "tst_control_client.moc"
