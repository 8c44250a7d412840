#pragma once

#include "core/apps/app_table.h"
#include "core/common/http_headers.h"

#include <QByteArray>

#include <cstdint>

namespace freerelay::gateway {

enum class Method : std::uint8_t { Get, Head, Post, Put, Patch, Delete, Options, Other };

/// Who is at the other end of the connection.
enum class PeerOwner : std::uint8_t {
    SameUser,
    OtherUser,
    Unknown, ///< could not be found out (container, other network namespace)
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
    bool keepAlive = true;
    bool http10 = false;
};

} // namespace freerelay::gateway
