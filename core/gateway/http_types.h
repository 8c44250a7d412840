#pragma once

#include "core/apps/app_table.h"
#include "core/common/http_headers.h"
#include "core/relay/peer_process.h"

#include <QByteArray>

#include <cstdint>
#include <memory>

namespace freerelay::gateway {

enum class Method : std::uint8_t { Get, Head, Post, Put, Patch, Delete, Options, Other };

/// Who is at the other end of the connection.
enum class PeerOwner : std::uint8_t {
    SameUser,
    OtherUser,
    Unknown, ///< could not be found out (container, other network namespace)
};

/// The other end of a connection.
struct Peer
{
    PeerOwner owner = PeerOwner::Unknown;
    std::uint32_t inode = 0; ///< of its socket; 0 = not known
};

/// Where a connection came in.
enum class Entrance : std::uint8_t {
    Usual,
    Bridge, ///< the address for tools in containers: only apps with keys, no admin routes
};

/// What is known of a connection from its beginning.
struct ConnectionPeer
{
    PeerOwner owner = PeerOwner::Unknown;
    Entrance entrance = Entrance::Usual;
    std::shared_ptr<relay::PeerProcess> process{}; ///< null = it cannot be found out
};

/// One request, complete and checked by the guard.
struct HttpRequest
{
    Method method = Method::Get;
    QByteArray methodName; ///< as sent
    QByteArray path; ///< percent-decoded, starts with '/', no query, no "//" or dot segments
    QByteArray query; ///< raw, without '?'
    QByteArray route; ///< pattern of the route that has it; "" = none yet
    common::HeaderList headers;
    QByteArray body; ///< has simdjson's padding as spare capacity
    PeerOwner peer = PeerOwner::Unknown;
    apps::Caller caller; ///< set by the router
    std::shared_ptr<relay::PeerProcess> process; ///< null = it cannot be found out
    Entrance entrance = Entrance::Usual;
    bool keepAlive = true;
    bool http10 = false;
};

} // namespace freerelay::gateway
