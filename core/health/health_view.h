#pragma once

#include "core/health/circuit_breaker.h"
#include "core/health/degradation.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::health {

/// What went wrong with a call; see dialects::FailureClass.
enum class CallFailure : std::uint8_t { Overloaded, Timeout, Network, Malformed };

/// Why a call should go elsewhere.
enum class Unwell : std::uint8_t {
    ProviderOpen, ///< most of the provider's models and keys fail
    CircuitOpen, ///< this model with this key fails
    ProbeUnderWay, ///< another call is finding out whether it is well again
    Degraded, ///< what the call needs is broken there
    Busy, ///< as many calls are under way as it bears
};

/// Stable lower-case name of a reason ("circuit_open").
[[nodiscard]] const char *toString(Unwell reason);

/// What calls should avoid for now. An empty key and model stand for all of the provider.
struct UnwellTarget
{
    QByteArray provider;
    QByteArray key; ///< fingerprint
    QByteArray model; ///< full model id
    Unwell reason = Unwell::CircuitOpen;
    common::SteadyTime until;
};

struct Quantiles
{
    std::optional<common::Duration> p50;
    std::optional<common::Duration> p95;
    std::optional<common::Duration> p99;
};

/// One model with one key, for people and metrics.
struct TargetView
{
    QByteArray provider;
    QByteArray key;
    QByteArray model;
    CircuitState state = CircuitState::Closed;
    common::Duration untilHalfOpen{0}; ///< while it is open
    int calls = 0; ///< that the rates are of
    double failureRate = 0; ///< 0..1
    double slowRate = 0; ///< 0..1
    int limit = 0; ///< of calls at once; 0 = none
    int inFlight = 0;
    Quantiles ttft; ///< time to the first token
    Quantiles gap; ///< between two parts of a stream
    std::vector<Degradation> degraded;
    std::optional<CallFailure> lastFailure;
};

/// A provider as a whole.
struct ProviderView
{
    QByteArray provider;
    CircuitState state = CircuitState::Closed;
    common::Duration untilHalfOpen{0};
    int targets = 0; ///< models × keys that were called
    int openTargets = 0; ///< of these, those whose circuits are not closed
    /// Nothing goes there at the moment: its own circuit is open, or those of all its targets.
    bool isOpen = false;
    CircuitState worst = CircuitState::Closed; ///< of its own circuit and those of its targets
    std::uint64_t answered = 0; ///< calls to all of them, since the program began
    std::uint64_t failed = 0;
    int limit = 0; ///< of calls at once to all of them; 0 = none
    int inFlight = 0;
    Quantiles ttft; ///< of all of them
};

struct HealthView
{
    std::vector<ProviderView> providers; ///< by name
    std::vector<TargetView> targets; ///< by provider, model, key
};

/// Calls of all targets together.
struct CallCounts
{
    std::uint64_t begun = 0;
    std::uint64_t ended = 0;
    std::uint64_t answered = 0; ///< of these, at providers that are not local
    std::uint64_t failed = 0; ///< likewise
};

} // namespace freerelay::health
