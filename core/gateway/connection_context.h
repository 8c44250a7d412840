#pragma once

#include "core/common/clock.h"
#include "core/common/published.h"
#include "core/gateway/access_policy.h"

#include <QByteArray>

#include <atomic>
#include <cstdint>
#include <unordered_set>

namespace freerelay::gateway {

class ConnectionGuard;
class RequestHandler;

/// Live numbers of the whole server. Any thread.
struct ServerCounters
{
    std::atomic<int> connections{0};
    std::atomic<int> requestsInFlight{0};
    std::atomic<std::int64_t> bufferedBytes{0}; ///< request bodies held, queued and in flight
    std::atomic<std::uint64_t> requests{0}; ///< handed to a handler
    std::atomic<std::uint64_t> refused{0}; ///< answered by the guard itself
};

/// What the connections of one worker share. Lives on that worker's thread and outlives them.
struct ConnectionContext
{
    ConnectionContext(
        ServerCounters &serverCounters,
        const common::Published<AccessRules> &publishedRules,
        const common::Clock &sharedClock)
        : counters(serverCounters)
        , rules(publishedRules)
        , clock(sharedClock)
        , scratch(readSize, Qt::Uninitialized)
    { }

    static constexpr qsizetype readSize = 64 * 1024;

    ServerCounters &counters;
    common::Published<AccessRules>::Reader rules;
    const common::Clock &clock;
    RequestHandler *handler = nullptr;
    std::unordered_set<ConnectionGuard *> guards;
    QByteArray scratch; ///< one read's bytes, before they are parsed
    bool stopping = false;
};

} // namespace freerelay::gateway
