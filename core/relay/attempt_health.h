#pragma once

#include "core/health/call_ticket.h"
#include "core/health/health_table.h"
#include "core/relay/attempt.h"
#include "core/relay/relay_request.h"

#include <utility>

namespace freerelay::relay {

/// One attempt's part of the health table: admitted before it is sent, and told how it ended when
/// its reply is over. One thread.
class AttemptHealth
{
public:
    explicit AttemptHealth(health::CallTicket ticket)
        : m_ticket(std::move(ticket))
    { }

    /// The attempt is over. What is nobody's fault (the client left or was in a hurry, its request
    /// was wrong) or nothing of health (keys, quotas) counts for nothing.
    /// @param outOfTime  the request's deadline left it less time than the provider may take
    void onEnd(const Attempt &attempt, bool outOfTime);

private:
    health::CallTicket m_ticket;
};

/// What of the request may be broken at a provider while other requests work.
[[nodiscard]] health::CallShape shapeOf(const RelayRequest &request);

} // namespace freerelay::relay
