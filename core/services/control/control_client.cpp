#include "control_client.h"

#include "core/services/control/control_protocol.h"

#include <QDeadlineTimer>
#include <QJsonDocument>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

using common::ErrorKind;
using common::failure;

ControlClient::ControlClient(QString path)
    : m_path(std::move(path))
{ }

common::Result<void> ControlClient::connect()
{
    if (m_socket.state() == QLocalSocket::ConnectedState) {
        return {};
    }
    constexpr int connectMs = 2'000;
    m_socket.connectToServer(m_path);
    if (!m_socket.waitForConnected(connectMs)) {
        return failure(
            ErrorKind::NotFound, u"FreeRelay is not running. Start it with “freerelay start”."_s);
    }
    return {};
}

common::Result<QJsonObject> ControlClient::call(
    const QString &operation, const QJsonObject &args, std::chrono::milliseconds timeout)
{
    if (const auto connected = connect(); !connected) {
        return failure(connected.error());
    }
    const QJsonObject message{{u"v"_s, control::version}, {u"op"_s, operation}, {u"args"_s, args}};
    m_socket.write(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
    m_socket.flush();
    const auto answer = readAnswer(timeout);
    if (!answer) {
        m_socket.abort();
        return failure(answer.error());
    }
    const QJsonDocument reply = QJsonDocument::fromJson(*answer);
    if (!reply.isObject()) {
        m_socket.abort();
        return failure(
            ErrorKind::ProtocolError, u"FreeRelay sent something that is not an answer."_s);
    }
    const QJsonObject object = reply.object();
    if (!object.value("ok"_L1).toBool()) {
        return failure(control::errorFromJson(object.value("error"_L1).toObject()));
    }
    return object.value("data"_L1).toObject();
}

common::Result<QByteArray> ControlClient::readAnswer(std::chrono::milliseconds timeout)
{
    const QDeadlineTimer deadline(timeout);
    while (!m_socket.canReadLine()) {
        if (m_socket.state() != QLocalSocket::ConnectedState) {
            return failure(ErrorKind::ProtocolError, u"FreeRelay closed the control channel."_s);
        }
        if (deadline.hasExpired()) {
            return failure(ErrorKind::Timeout, u"FreeRelay did not answer in time."_s);
        }
        m_socket.waitForReadyRead(static_cast<int>(deadline.remainingTime()));
    }
    return m_socket.readLine();
}

} // namespace freerelay::services
