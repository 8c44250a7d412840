#pragma once

#include "core/common/result.h"
#include "core/gateway/unique_fd.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::gateway {

/// The server's listening sockets, each exclusive to this process (never SO_REUSEPORT: a second
/// process could join the port and take part of the connections).
struct Listeners
{
    std::vector<UniqueFd> sockets;
    std::uint16_t port = 0; ///< the same for all of them
};

/// Where to listen.
struct ListenAddress
{
    QString host = QStringLiteral(
        "127.0.0.1"); ///< "localhost", "127.0.0.1" and "::1" mean both loopbacks
    std::uint16_t port = 0; ///< 0 = any free one
    bool hasClientKey = false;
};

/// Opens them: 127.0.0.1 and ::1 always (::1 where the machine has IPv6), and `host` besides.
/// @return AlreadyExists when the port is taken: names the program and the next free port, which
///         is also in `detail` as digits; PermissionDenied for an address other than loopback
///         without a client key, or a port that needs privileges; InvalidArgument for a host that
///         is no address of this machine.
[[nodiscard]] common::Result<Listeners> openListeners(const ListenAddress &address);

/// A socket on one more address, for tools in containers.
/// @param address  of this machine: neither loopback nor a wildcard
/// @return InvalidArgument when it is none; AlreadyExists when the port is taken there, also by
///         openListeners(); PermissionDenied, Unavailable
[[nodiscard]] common::Result<UniqueFd> openBridge(const QString &address, std::uint16_t port);

/// The first port above `port` that is free on both loopbacks; nullopt after 100 tries.
[[nodiscard]] std::optional<std::uint16_t> nextFreePort(std::uint16_t port);

/// Raises the soft limit of open descriptors towards what the connection limit needs.
void raiseDescriptorLimit();

} // namespace freerelay::gateway
