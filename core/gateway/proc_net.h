#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <functional>
#include <optional>

namespace freerelay::gateway {

/// One line of /proc/net/tcp or tcp6 (proc(5)).
struct ProcSocket
{
    QByteArray local; ///< "0100007F:1F90": address and port as the kernel prints them
    QByteArray remote;
    int state = 0; ///< 10 = LISTEN
    std::uint32_t uid = 0;
    QByteArray inode;
};

/// Calls `visit` for each TCP socket of this network namespace until it returns false. Reads
/// /proc; milliseconds with thousands of sockets.
void visitTcpSockets(const std::function<bool(const ProcSocket &)> &visit);

/// A running program.
struct ProgramName
{
    qint64 pid = 0; ///< 0 = not visible to us (another user's)
    QString name;
};

/// The program that listens on TCP `port` here; nullopt when none is found.
[[nodiscard]] std::optional<ProgramName> programListeningOn(std::uint16_t port);

} // namespace freerelay::gateway
