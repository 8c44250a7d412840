#include "core/services/control/control_protocol.h"
#include "core/services/control/control_server.h"
#include "tests/support/sample_gateway.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QLocalSocket>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using services::ControlServer;

namespace {

QByteArray message(const QString &operation, const QJsonObject &args = {})
{
    const QJsonObject object{{u"v"_s, 1}, {u"op"_s, operation}, {u"args"_s, args}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

} // namespace

/// The server's half of the control channel, as seen through a socket of its own.
class TestControlServer final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_gateway = std::make_unique<tests::FakeGatewayControl>();
        tests::fillSample(*m_gateway);
        m_shown = 0;
        m_server = std::make_unique<ControlServer>(*m_gateway, [this] { ++m_shown; });
        QVERIFY(m_server->listen(path()));
    }

    void cleanup()
    {
        m_server.reset();
        m_gateway.reset();
        m_folder.reset();
    }

    void sendsAKeptPromptAgain()
    {
        const QJsonObject reply = ask(message(u"resend"_s, {{u"id"_s, u"req_7"_s}}));
        QCOMPARE(reply.value("data"_L1).toObject().value("id"_L1).toString(), u"req_new"_s);
        QCOMPARE(m_gateway->resent, QStringList{u"req_7"_s});
    }

    void opensTheSocketForItsUserOnly()
    {
        struct stat info
        {
        };
        QCOMPARE(::stat(path().toUtf8().constData(), &info), 0);
        QVERIFY(S_ISSOCK(info.st_mode));
        QCOMPARE(info.st_mode & 0777U, 0600U);
    }

    void takesTheSocketFileOfADeadProgramOver()
    {
        m_server.reset();
        QFile stale(path());
        QVERIFY(stale.open(QIODevice::WriteOnly));
        stale.close();
        m_server = std::make_unique<ControlServer>(*m_gateway, nullptr);
        QVERIFY(m_server->listen(path()));
        QVERIFY(ask(message(u"status"_s)).value("ok"_L1).toBool());
    }

    void saysWhyItCannotListen()
    {
        ControlServer other(*m_gateway, nullptr);
        const auto result = other.listen(m_folder->filePath(u"missing/control.sock"_s));
        QVERIFY(!result);
        QVERIFY(result.error().kind == common::ErrorKind::StorageFailed);
    }

    void answersQueries()
    {
        const QJsonObject status = data(ask(message(u"status"_s)));
        QCOMPARE(status.value("endpoint"_L1).toString(), u"http://127.0.0.1:8000"_s);
        QCOMPARE(status.value("requests_total"_L1).toInt(), 42);
        const QJsonArray providers = data(ask(message(u"providers"_s))).value("rows"_L1).toArray();
        QCOMPARE(providers.size(), 6);
        QCOMPARE(providers[4].toObject().value("key_prefix"_L1).toString(), u"gsk_"_s);
        QCOMPARE(providers[4].toObject().value("keys"_L1).toArray().size(), 2);
        QCOMPARE(providers[2].toObject().value("state"_L1).toString(), u"consent_needed"_s);
    }

    void tellsTheQuotas()
    {
        const QJsonObject all = data(ask(message(u"quota"_s)));
        QCOMPARE(all.value("data"_L1).toArray().size(), 2);
        const QJsonObject one = data(ask(message(u"quota"_s, {{u"provider"_s, u"groq"_s}})));
        QCOMPARE(one.value("data"_L1).toArray().size(), 1);
        QCOMPARE(one.value("next"_L1).toArray().size(), 2);
        const QJsonObject wrong = ask(message(u"quota"_s, {{u"model"_s, u"x"_s}}));
        QCOMPARE(wrong.value("error"_L1).toObject().value("param"_L1).toString(), u"model"_s);
    }

    void limitsTheRequestsItLists()
    {
        const auto count = [this](const QJsonObject &args) {
            return data(ask(message(u"requests"_s, args))).value("data"_L1).toArray().size();
        };
        QCOMPARE(count({}), 12);
        QCOMPARE(count({{u"limit"_s, 3}}), 3);
        QCOMPARE(count({{u"status"_s, u"failed"_s}}), 1);
        const QJsonObject wrong = ask(message(u"requests"_s, {{u"limit"_s, -5}}));
        QCOMPARE(wrong.value("error"_L1).toObject().value("param"_L1).toString(), u"limit"_s);
    }

    void tellsEverythingAboutOneRequest()
    {
        const QJsonObject request = data(ask(message(u"request"_s, {{u"id"_s, u"req_12"_s}})));
        QCOMPARE(request.value("attempts"_L1).toArray().size(), 2);
        const QJsonArray candidates
            = request.value("decision"_L1).toObject().value("candidates"_L1).toArray();
        QCOMPARE(candidates.size(), 5);
        QCOMPARE(candidates[1].toObject().value("outcome"_L1).toString(), u"answered"_s);
        const QJsonObject none = ask(message(u"request"_s, {{u"id"_s, u"req_0"_s}}));
        QCOMPARE(none.value("error"_L1).toObject().value("kind"_L1).toString(), u"not_found"_s);
    }

    void carriesOrdersOut()
    {
        QVERIFY(ask(message(u"mode"_s, {{u"mode"_s, u"free"_s}})).value("ok"_L1).toBool());
        QVERIFY(m_gateway->now.mode == common::Mode::Free);
        QVERIFY(ask(message(u"pause"_s)).value("ok"_L1).toBool());
        QVERIFY(m_gateway->now.paused);
        QVERIFY(ask(message(u"resume"_s)).value("ok"_L1).toBool());
        QVERIFY(!m_gateway->now.paused);
        QVERIFY(ask(message(u"show"_s)).value("ok"_L1).toBool());
        QCOMPARE(m_shown, 1);
        QVERIFY(ask(message(u"retry-keychain"_s)).value("ok"_L1).toBool());
        QCOMPARE(m_gateway->keychainRetries, 1);
        QVERIFY(ask(message(u"consent"_s, {{u"provider"_s, u"ovh"_s}, {u"consent"_s, true}}))
                    .value("ok"_L1)
                    .toBool());
        QCOMPARE(m_gateway->consents.size(), std::size_t(1));
        QVERIFY(m_gateway->consents[0].second);
        QVERIFY(ask(message(u"quit"_s)).value("ok"_L1).toBool());
        QVERIFY(m_gateway->hasQuit);
    }

    void handlesKeys()
    {
        const QJsonObject key{
            {u"provider"_s, u"mistral"_s},
            {u"key"_s, u"a-new-key"_s},
            {u"storage"_s, u"session"_s}};
        QVERIFY(ask(message(u"key-add"_s, key)).value("ok"_L1).toBool());
        QCOMPARE(m_gateway->added.size(), std::size_t(1));
        QCOMPARE(m_gateway->added[0].key, "a-new-key"_ba);
        QVERIFY(m_gateway->added[0].storage == interfaces::KeyStorage::Session);
        const QJsonObject tested = data(
            ask(message(u"key-test"_s, {{u"provider"_s, u"groq"_s}, {u"fingerprint"_s, u"f1"_s}})));
        QCOMPARE(tested.value("models"_L1).toInt(), 12);
        QCOMPARE(m_gateway->tested[0].fingerprint, "f1"_ba);
        QVERIFY(
            ask(message(u"key-remove"_s, {{u"provider"_s, u"groq"_s}, {u"fingerprint"_s, u"f1"_s}}))
                .value("ok"_L1)
                .toBool());
        QCOMPARE(m_gateway->removed[0].second, "f1"_ba);
    }

    void neverShowsAKey()
    {
        QLocalSocket socket;
        QVERIFY(connectTo(socket));
        socket.write(message(
            u"key-add"_s,
            {{u"provider"_s, u"mistral"_s},
             {u"key"_s, u"planted-secret-key"_s},
             {u"storage"_s, u"session"_s}}));
        socket.write(message(u"providers"_s));
        QByteArray seen;
        QTRY_VERIFY((seen += socket.readAll()).count('\n') == 2);
        QVERIFY(!seen.contains("planted-secret-key"));
    }

    void answersBadInput_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("kind");
        const QString invalid = QString::fromLatin1(
            common::toString(common::ErrorKind::InvalidArgument));
        const QString missing = QString::fromLatin1(common::toString(common::ErrorKind::NotFound));
        QTest::newRow("no JSON") << "hello\n"_ba << invalid;
        QTest::newRow("empty line") << "\n"_ba << invalid;
        QTest::newRow("an array") << "[1,2]\n"_ba << invalid;
        QTest::newRow("bytes that are no text") << "\xff\xfe\x00{}\n"_ba << invalid;
        QTest::newRow("no version") << "{\"op\":\"status\"}\n"_ba << invalid;
        QTest::newRow("another version") << "{\"v\":2,\"op\":\"status\"}\n"_ba << invalid;
        QTest::newRow("no operation") << "{\"v\":1}\n"_ba << missing;
        QTest::newRow("unknown operation") << message(u"explode"_s) << missing;
        QTest::newRow("unknown mode") << message(u"mode"_s, {{u"mode"_s, u"fast"_s}}) << invalid;
        QTest::newRow("mode of another type") << message(u"mode"_s, {{u"mode"_s, 7}}) << invalid;
        QTest::newRow("storage unknown")
            << message(u"key-add"_s, {{u"storage"_s, u"paper"_s}}) << invalid;
    }

    void answersBadInput()
    {
        QFETCH(QByteArray, line);
        QFETCH(QString, kind);
        QLocalSocket socket;
        QVERIFY(connectTo(socket));
        socket.write(line);
        const QJsonObject reply = nextReply(socket);
        QVERIFY(!reply.value("ok"_L1).toBool(true));
        QCOMPARE(reply.value("error"_L1).toObject().value("kind"_L1).toString(), kind);
        socket.write(message(u"status"_s));
        QVERIFY(nextReply(socket).value("ok"_L1).toBool());
    }

    void saysThatThereIsNoWindow()
    {
        m_server.reset();
        m_server = std::make_unique<ControlServer>(*m_gateway, nullptr);
        QVERIFY(m_server->listen(path()));
        QVERIFY(!ask(message(u"show"_s)).value("ok"_L1).toBool(true));
    }

    void passesFailuresOn()
    {
        m_gateway->refusals[interfaces::KeyStorage::Keychain] = {
            common::ErrorKind::KeychainUnavailable, u"It is locked."_s, {}, {}, {}};
        const QJsonObject reply = ask(message(
            u"key-add"_s,
            {{u"provider"_s, u"groq"_s}, {u"key"_s, u"x"_s}, {u"storage"_s, u"keychain"_s}}));
        const common::Error error = services::control::errorFromJson(
            reply.value("error"_L1).toObject());
        QVERIFY(error.kind == common::ErrorKind::KeychainUnavailable);
        QCOMPARE(error.message, u"It is locked."_s);
    }

    void answersLinesThatArriveTogetherOrInPieces()
    {
        QLocalSocket socket;
        QVERIFY(connectTo(socket));
        const QByteArray twice = message(u"status"_s) + message(u"status"_s);
        socket.write(twice.first(twice.size() - 5));
        QVERIFY(nextReply(socket).value("ok"_L1).toBool());
        QVERIFY(!socket.canReadLine());
        socket.write(twice.last(5));
        QVERIFY(nextReply(socket).value("ok"_L1).toBool());
    }

    void hangsUpOnAMessageWithoutEnd()
    {
        QLocalSocket socket;
        QVERIFY(connectTo(socket));
        socket.write(QByteArray(2 * services::control::maxMessageBytes, 'x'));
        QTRY_VERIFY(socket.state() == QLocalSocket::UnconnectedState);
        QVERIFY(ask(message(u"status"_s)).value("ok"_L1).toBool());
    }

    void servesOnlySoManyClients()
    {
        std::vector<std::unique_ptr<QLocalSocket>> clients;
        for (int i = 0; i < ControlServer::maxClients; ++i) {
            clients.push_back(std::make_unique<QLocalSocket>());
            QVERIFY(connectTo(*clients.back()));
            clients.back()->write(message(u"status"_s));
            QVERIFY(nextReply(*clients.back()).value("ok"_L1).toBool());
        }
        QLocalSocket oneMore;
        oneMore.connectToServer(path());
        QTRY_VERIFY(oneMore.state() == QLocalSocket::UnconnectedState);
        clients.pop_back();
        QTRY_VERIFY(canAsk());
    }

    void survivesAClientThatLeavesBeforeItsAnswer()
    {
        {
            QLocalSocket socket;
            QVERIFY(connectTo(socket));
            socket.write(message(u"key-test"_s, {{u"provider"_s, u"groq"_s}}));
            socket.flush();
            socket.disconnectFromServer();
        }
        QTRY_COMPARE(m_gateway->tested.size(), std::size_t(1));
        QVERIFY(ask(message(u"status"_s)).value("ok"_L1).toBool());
    }

    void mayEndWhileClientsAreConnected()
    {
        QLocalSocket socket;
        QVERIFY(connectTo(socket));
        socket.write(message(u"status"_s));
        QVERIFY(nextReply(socket).value("ok"_L1).toBool());
        m_server.reset();
        QTRY_VERIFY(socket.state() == QLocalSocket::UnconnectedState);
        QVERIFY(!QFileInfo::exists(path()));
    }

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(u"control.sock"_s); }

    [[nodiscard]] bool connectTo(QLocalSocket &socket) const
    {
        socket.connectToServer(path());
        return socket.waitForConnected(5'000);
    }

    [[nodiscard]] static QJsonObject nextReply(QLocalSocket &socket)
    {
        if (!QTest::qWaitFor([&socket] { return socket.canReadLine(); }, 10'000)) {
            return {};
        }
        return QJsonDocument::fromJson(socket.readLine()).object();
    }

    [[nodiscard]] QJsonObject ask(const QByteArray &line) const
    {
        QLocalSocket socket;
        if (!connectTo(socket)) {
            return {};
        }
        socket.write(line);
        return nextReply(socket);
    }

    [[nodiscard]] bool canAsk() const
    {
        QLocalSocket socket;
        socket.connectToServer(path());
        socket.write(message(u"status"_s));
        const bool isOver = QTest::qWaitFor(
            [&socket] {
                return socket.canReadLine() || socket.state() == QLocalSocket::UnconnectedState;
            },
            1'000);
        return isOver && socket.canReadLine();
    }

    [[nodiscard]] static QJsonObject data(const QJsonObject &reply)
    {
        return reply.value("data"_L1).toObject();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<tests::FakeGatewayControl> m_gateway;
    std::unique_ptr<ControlServer> m_server;
    int m_shown = 0;
};

QTEST_GUILESS_MAIN(TestControlServer)
#include "tst_control_server.moc"
