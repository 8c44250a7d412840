#pragma once

#include "core/apps/app.h"
#include "core/common/mode.h"
#include "core/common/trace_context.h"
#include "core/dialects/chat_request.h"
#include "core/relay/client_app.h"
#include "core/relay/latency_class.h"
#include "core/relay/peer_process.h"

#include <QByteArray>

#include <chrono>
#include <optional>

namespace freerelay::relay {

/// One chat request as it came in.
struct RelayRequest
{
    dialects::ChatRequest chat;
    std::optional<common::Mode> mode; ///< asked for by the client; else the configured one
    QByteArray requestId;
    QByteArray hops; ///< hop header to send on
    QByteArray route{}; ///< where it came in: a pattern of ours, nothing of the client's
    ClientApp app{}; ///< who asks
    std::shared_ptr<PeerProcess> process{}; ///< that asks; null = it cannot be found out
    apps::AppPtr caller{}; ///< whose key it brought; null = none of ours
    /// Its caller has spent today's budget, and gets a new one after this.
    std::optional<std::chrono::milliseconds> budgetReturns{};
    common::TraceContext trace{};
    std::chrono::nanoseconds parseTime{0}; ///< what it took to read `chat`
    /// How long the client waits in all, when it said so.
    std::optional<std::chrono::milliseconds> deadline{};
    LatencyClass latency = LatencyClass::Interactive;
    bool isPrecise = false; ///< nothing is left out for it, whatever fails
};

} // namespace freerelay::relay
