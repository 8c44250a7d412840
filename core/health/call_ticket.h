#pragma once

#include "core/health/circuit_breaker.h"
#include "core/health/health_view.h"
#include "core/health/latency_digest.h"
#include "core/health/pace.h"

#include <optional>

namespace freerelay::health {

class HealthTable;
struct TargetHealth;

/// What a call went through with.
struct CallPass
{
    TargetHealth *target = nullptr;
    BreakerPass circuit;
    BreakerPass providerCircuit;
    std::uint64_t number = 0; ///< of ConcurrencyLimit
    CallShape shape;
    Pace pace{};
};

/// How long an answer took.
struct CallTimes
{
    std::optional<common::Duration> ttft; ///< nullopt = it was not a stream
    const LatencyDigest *gaps = nullptr; ///< between the parts of the stream
};

/// One call, from before it is sent until its end is known: at the end of the reply, not at its
/// beginning. Destroyed without a word it tells nothing, and gives back what it holds. Move only;
/// one thread at a time.
class CallTicket
{
public:
    /// Counts nothing.
    CallTicket() = default;
    CallTicket(HealthTable &table, const CallPass &pass);
    CallTicket(CallTicket &&other) noexcept;
    CallTicket &operator=(CallTicket &&other) noexcept;
    CallTicket(const CallTicket &) = delete;
    CallTicket &operator=(const CallTicket &) = delete;
    ~CallTicket();

    [[nodiscard]] bool isOpen() const { return m_table != nullptr; }
    /// Whether it finds out if what was broken is well again.
    [[nodiscard]] bool isProbe() const
    {
        return m_pass.circuit.probe || m_pass.providerCircuit.probe;
    }

    /// Of the target, when the call went through.
    [[nodiscard]] const Pace &pace() const { return m_pass.pace; }

    /// The reply is complete. Ends the ticket.
    void succeeded(const CallTimes &times);
    /// The provider did not answer, or not to the end. Ends the ticket.
    void failed(CallFailure failure);
    /// Nobody's fault: the client left, the request was wrong, a quota was used up. Ends the
    /// ticket.
    void ignored();

private:
    HealthTable *m_table = nullptr; ///< null = over
    CallPass m_pass;
};

} // namespace freerelay::health
