#include "control_server.h"

#include "core/interfaces/quota_json.h"
#include "core/interfaces/request_json.h"
#include "core/interfaces/request_query.h"
#include "core/services/control/control_protocol.h"

#include <QFile>
#include <QJsonDocument>
#include <QLocalSocket>

#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

bool isSameUser(const QLocalSocket &socket)
{
    ucred peer{};
    socklen_t size = sizeof peer;
    const int descriptor = static_cast<int>(socket.socketDescriptor());
    return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
        && peer.uid == geteuid();
}

template <typename Row> QJsonArray toArray(const std::vector<Row> &rows)
{
    QJsonArray array;
    for (const Row &row : rows) {
        array.append(control::toJson(row));
    }
    return array;
}

interfaces::Parameters parameters(const QJsonObject &args)
{
    interfaces::Parameters result;
    for (auto arg = args.begin(); arg != args.end(); ++arg) {
        result.append({arg.key(), arg.value().toVariant().toString()});
    }
    return result;
}

QJsonObject rows(const QJsonArray &array)
{
    return {{u"rows"_s, array}};
}

} // namespace

ControlServer::ControlServer(
    interfaces::GatewayControl &control, std::function<void()> show, QObject *parent)
    : QObject(parent)
    , m_control(control)
    , m_show(std::move(show))
    , m_server(this)
{
    addQueries();
    addHistory();
    addOrders();
    addKeyOperations();
    control::addAppOperations(m_operations, m_control);
    connect(&m_server, &QLocalServer::newConnection, this, &ControlServer::onNewConnection);
}

common::Result<void> ControlServer::listen(const QString &path)
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    QLocalServer::removeServer(path);
    if (!m_server.listen(path)) {
        return failure(
            ErrorKind::StorageFailed,
            u"The control socket %1 cannot be opened: %2."_s.arg(path, m_server.errorString()));
    }
    // Qt's option leaves 0700; the kernel asks for write permission only.
    if (!QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner)) {
        return failure(
            ErrorKind::StorageFailed, u"The control socket %1 cannot be made private."_s.arg(path));
    }
    return {};
}

void ControlServer::addQueries()
{
    m_operations[u"status"_s] = [this](const QJsonObject &, const Reply &reply) {
        reply(control::toJson(m_control.status()));
    };
    m_operations[u"providers"_s] = [this](const QJsonObject &, const Reply &reply) {
        reply(rows(toArray(m_control.providers())));
    };
    m_operations[u"models"_s] = [this](const QJsonObject &args, const Reply &reply) {
        reply(rows(toArray(m_control.models(args.value("all"_L1).toBool()))));
    };
}

void ControlServer::addHistory()
{
    m_operations[u"quota"_s] = [this](const QJsonObject &args, const Reply &reply) {
        reply(interfaces::parseQuotaQuery(parameters(args)).map([this](const QString &provider) {
            return interfaces::toJson(m_control.quota(), provider);
        }));
    };
    m_operations[u"requests"_s] = [this](const QJsonObject &args, const Reply &reply) {
        const auto query = interfaces::parseRequestQuery(parameters(args));
        if (!query) {
            reply(failure(query.error()));
            return;
        }
        m_control.history().page(
            query->filter,
            query->limit,
            query->cursor,
            *this,
            [reply](const Result<interfaces::RequestPage> &page) {
                reply(page.map([](const auto &found) { return interfaces::toJson(found); }));
            });
    };
    m_operations[u"request"_s] = [this](const QJsonObject &args, const Reply &reply) {
        m_control.history().details(
            args.value("id"_L1).toString(),
            *this,
            [reply](const Result<interfaces::RequestDetails> &details) {
                reply(details.map([](const auto &found) { return interfaces::toJson(found); }));
            });
    };
}

void ControlServer::addOrders()
{
    m_operations[u"mode"_s] = [this](const QJsonObject &args, const Reply &reply) {
        const auto mode = common::modeFromString(args.value("mode"_L1).toString());
        if (!mode) {
            reply(failure(ErrorKind::InvalidArgument, u"The mode must be free, paid or auto."_s));
            return;
        }
        reply(m_control.setMode(*mode).map([] { return QJsonObject{}; }));
    };
    m_operations[u"pause"_s] = [this](const QJsonObject &, const Reply &reply) {
        m_control.pause();
        reply(QJsonObject{});
    };
    m_operations[u"resume"_s] = [this](const QJsonObject &, const Reply &reply) {
        m_control.resume();
        reply(QJsonObject{});
    };
    m_operations[u"consent"_s] = [this](const QJsonObject &args, const Reply &reply) {
        reply(m_control
                  .setConsent(
                      args.value("provider"_L1).toString().toUtf8(),
                      args.value("consent"_L1).toBool())
                  .map([] { return QJsonObject{}; }));
    };
    m_operations[u"retry-keychain"_s] = [this](const QJsonObject &, const Reply &reply) {
        m_control.retryKeychain([reply](const Result<void> &result) {
            reply(result.map([] { return QJsonObject{}; }));
        });
    };
    m_operations[u"resend"_s] = [this](const QJsonObject &args, const Reply &reply) {
        m_control.resend(args.value("id"_L1).toString(), [reply](const Result<QString> &id) {
            reply(id.map([](const QString &found) { return QJsonObject{{u"id"_s, found}}; }));
        });
    };
    m_operations[u"show"_s] = [this](const QJsonObject &, const Reply &reply) {
        if (!m_show) {
            reply(failure(ErrorKind::NotFound, u"FreeRelay runs without a window (headless)."_s));
            return;
        }
        m_show();
        reply(QJsonObject{});
    };
    m_operations[u"quit"_s] = [this](const QJsonObject &, const Reply &reply) {
        reply(QJsonObject{});
        m_control.quit();
    };
}

void ControlServer::addKeyOperations()
{
    m_operations[u"key-add"_s] = [this](const QJsonObject &args, const Reply &reply) {
        const auto storage = control::keyStorageFromString(args.value("storage"_L1).toString());
        if (!storage) {
            reply(failure(
                ErrorKind::InvalidArgument, u"Storage must be keychain, session or file."_s));
            return;
        }
        m_control.addKey(
            args.value("provider"_L1).toString().toUtf8(),
            common::Secret(args.value("key"_L1).toString().toUtf8()),
            *storage,
            [reply](const Result<void> &result) {
                reply(result.map([] { return QJsonObject{}; }));
            });
    };
    m_operations[u"key-remove"_s] = [this](const QJsonObject &args, const Reply &reply) {
        m_control.removeKey(
            args.value("provider"_L1).toString().toUtf8(),
            args.value("fingerprint"_L1).toString().toUtf8(),
            [reply](const Result<void> &result) {
                reply(result.map([] { return QJsonObject{}; }));
            });
    };
    m_operations[u"key-test"_s] = [this](const QJsonObject &args, const Reply &reply) {
        m_control.testKey(
            args.value("provider"_L1).toString().toUtf8(),
            args.value("fingerprint"_L1).toString().toUtf8(),
            common::Secret(args.value("key"_L1).toString().toUtf8()),
            [reply](const Result<interfaces::KeyTestResult> &result) {
                reply(result.map([](const auto &found) { return control::toJson(found); }));
            });
    };
}

void ControlServer::onNewConnection()
{
    while (QLocalSocket *socket = m_server.nextPendingConnection()) {
        if (m_clients >= maxClients || !isSameUser(*socket)) {
            socket->abort();
            socket->deleteLater();
            continue;
        }
        ++m_clients;
        socket->setReadBufferSize(control::maxMessageBytes + 1);
        connect(socket, &QLocalSocket::disconnected, this, [this, socket] {
            --m_clients;
            socket->deleteLater();
        });
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] { onReadyRead(socket); });
    }
}

void ControlServer::onReadyRead(QLocalSocket *socket)
{
    while (socket->canReadLine()) {
        handleLine(socket, socket->readLine(control::maxMessageBytes + 1));
    }
    if (socket->bytesAvailable() > control::maxMessageBytes) {
        send(socket, failure(ErrorKind::TooLarge, u"The message is too large."_s));
        socket->disconnectFromServer();
    }
}

void ControlServer::handleLine(QLocalSocket *socket, const QByteArray &line)
{
    const QJsonDocument document = QJsonDocument::fromJson(line);
    if (!document.isObject()) {
        send(socket, failure(ErrorKind::InvalidArgument, u"The message is not a JSON object."_s));
        return;
    }
    const QJsonObject message = document.object();
    if (message.value("v"_L1).toInt() != control::version) {
        send(
            socket,
            failure(
                ErrorKind::InvalidArgument,
                u"This FreeRelay speaks version %1 of the control protocol; is another version of the program running?"_s
                    .arg(control::version)));
        return;
    }
    const QString name = message.value("op"_L1).toString();
    const auto operation = m_operations.constFind(name);
    if (operation == m_operations.constEnd()) {
        send(socket, failure(ErrorKind::NotFound, u"There is no operation “%1”."_s.arg(name)));
        return;
    }
    const QPointer<QLocalSocket> guarded(socket);
    (*operation)(message.value("args"_L1).toObject(), [guarded](const Result<QJsonObject> &result) {
        if (guarded) {
            send(guarded, result);
        }
    });
}

void ControlServer::send(QLocalSocket *socket, const common::Result<QJsonObject> &result)
{
    const QJsonObject reply = result
        ? QJsonObject{{u"ok"_s, true}, {u"data"_s, *result}}
        : QJsonObject{{u"ok"_s, false}, {u"error"_s, control::toJson(result.error())}};
    socket->write(QJsonDocument(reply).toJson(QJsonDocument::Compact) + '\n');
    socket->flush();
}

} // namespace freerelay::services
