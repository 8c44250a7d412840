#pragma once

#include "core/common/result.h"
#include "core/interfaces/gateway_control.h"
#include "core/services/control/app_operations.h"

#include <QJsonObject>
#include <QLocalServer>
#include <QObject>
#include <QPointer>

#include <functional>

class QLocalSocket;

namespace freerelay::services {

/// The local control socket: lets the command line and a second start talk to the running program.
///
/// Main thread. The socket file is 0600 in a 0700 folder and the peer's user id is checked as
/// well. Messages are bounded (control::maxMessageBytes), clients too; bad input is answered, never
/// fatal. Keys travel over this socket only, never through arguments.
class ControlServer final : public QObject
{
    Q_OBJECT

public:
    static constexpr int maxClients = 16;

    /// @param show  brings the window up; empty when there is none
    ControlServer(
        interfaces::GatewayControl &control, std::function<void()> show, QObject *parent = nullptr);
    Q_DISABLE_COPY_MOVE(ControlServer)
    ~ControlServer() override = default;

    /// Listens at `path`; a stale socket file is replaced (the instance lock is held by now).
    /// @return StorageFailed with the reason
    [[nodiscard]] common::Result<void> listen(const QString &path);

private:
    using Reply = control::Reply;

    void addQueries();
    void addHistory();
    void addOrders();
    void addKeyOperations();
    void onNewConnection();
    void onReadyRead(QLocalSocket *socket);
    void handleLine(QLocalSocket *socket, const QByteArray &line);
    static void send(QLocalSocket *socket, const common::Result<QJsonObject> &result);

    interfaces::GatewayControl &m_control;
    std::function<void()> m_show;
    control::Operations m_operations;
    int m_clients = 0;
    QLocalServer m_server; ///< last: its sockets say goodbye to what is above
};

} // namespace freerelay::services
