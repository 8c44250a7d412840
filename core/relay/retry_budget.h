#pragma once

#include "core/common/clock.h"

namespace freerelay::relay {

/// Bounds how many extra attempts a worker makes, so that an outage is not answered with a storm.
///
/// A token bucket as in Twitter Finagle's RetryBudget: each request deposits 0.2 tokens (retries
/// may add at most 20 % load), ten more come back per second whatever the traffic, and at most
/// `capacity` are saved. One thread.
class RetryBudget
{
public:
    explicit RetryBudget(common::SteadyTime now)
        : m_refilledAt(now)
    { }

    /// A request has come in.
    void deposit();
    /// Takes one token; false when there is none: the request must end with what it has.
    [[nodiscard]] bool withdraw(common::SteadyTime now);

    static constexpr double capacity = 100;
    static constexpr double perRequest = 0.2;
    static constexpr double perSecond = 10;

private:
    double m_tokens = capacity;
    common::SteadyTime m_refilledAt;
};

} // namespace freerelay::relay
