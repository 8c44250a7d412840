#pragma once

#include "core/common/result.h"

#include <QJsonObject>
#include <QLocalSocket>
#include <QString>

#include <chrono>

namespace freerelay::services {

/// The command line's end of the control channel. Blocks its caller: for programs without an event
/// loop to keep alive, never for the GUI or a worker.
class ControlClient
{
public:
    /// @param path  socket file of the running program
    explicit ControlClient(QString path);

    /// Does nothing when connected already.
    /// @return NotFound when no program is running
    [[nodiscard]] common::Result<void> connect();

    /// Connects, sends one operation and waits for its answer. After a failure of the channel
    /// itself the next call connects anew: a late answer is never taken for another one's.
    /// @return NotFound when no program is running; Timeout; ProtocolError for an answer that is
    ///         none; else the error that the program answered with
    [[nodiscard]] common::Result<QJsonObject> call(
        const QString &operation,
        const QJsonObject &args = {},
        std::chrono::milliseconds timeout = std::chrono::seconds(10));

private:
    [[nodiscard]] common::Result<QByteArray> readAnswer(std::chrono::milliseconds timeout);

    QString m_path;
    QLocalSocket m_socket;
};

} // namespace freerelay::services
