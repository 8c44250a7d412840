#pragma once

#include "core/gateway/http_types.h"
#include "core/gateway/unique_fd.h"

namespace freerelay::gateway {

/// Finds the user that owns the other end of an accepted loopback connection.
///
/// Asks the kernel by NETLINK_SOCK_DIAG (sock_diag(7), inet_diag_req_v2) for exactly that socket:
/// some 10 µs, whatever the number of connections. Where sock_diag does not answer, the kernel's
/// table in /proc/net/tcp is read instead. One object per worker; its netlink socket is reused.
/// Not thread-safe.
class PeerOwnerLookup final
{
public:
    PeerOwnerLookup();

    /// @param socket  accepted, connected TCP socket (IPv4, IPv6 or IPv4-mapped)
    /// @return        Unknown when the peer is on another machine or in another network namespace
    [[nodiscard]] Peer peerOf(int socket);

private:
    UniqueFd m_netlink;
    unsigned m_sequence = 0;
};

} // namespace freerelay::gateway
