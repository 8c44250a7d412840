#pragma once

#include "core/common/mode.h"
#include "core/dialects/chat_request.h"

#include <QByteArray>

#include <optional>

namespace freerelay::relay {

/// One chat request as it came in.
struct RelayRequest
{
    dialects::ChatRequest chat;
    std::optional<common::Mode> mode; ///< asked for by the client; else the configured one
    QByteArray requestId;
    QByteArray hops; ///< hop header to send on
};

} // namespace freerelay::relay
