#pragma once

#include "core/upstream/chaos/chaos.h"
#include "core/upstream/chaos/chaos_plan.h"
#include "core/upstream/chaos/ticker.h"
#include "core/upstream/http_client.h"

#include <memory>

namespace freerelay::upstream {

/// Speaks HTTP to providers through another client, and plays faults on purpose in some calls: to
/// who made the call they look as true ones do. Calls whose callee is not named pass as they are.
/// One per worker thread; must not be destroyed from within an observer.
class ChaosClient final : public HttpClient
{
public:
    /// @param chaos  what all workers share; outlives the client
    /// @param clock  for delays and limits; outlives the client
    ChaosClient(std::unique_ptr<HttpClient> inner, Chaos &chaos, const common::Clock &clock);
    ~ChaosClient() override;
    Q_DISABLE_COPY_MOVE(ChaosClient)

    [[nodiscard]] std::unique_ptr<Call> start(HttpCall call, CallObserver &observer) override;
    /// Those that are at a provider; what is played instead of one is not.
    [[nodiscard]] int callsInFlight() const override { return m_inner->callsInFlight(); }

    /// Does what is due on the clock. A timer does it in time; a test that moves its own clock
    /// calls it.
    void tick() { m_ticker->tick(); }

private:
    [[nodiscard]] std::unique_ptr<Call>
    play(const PlannedFault &planned, HttpCall call, CallObserver &observer);

    std::unique_ptr<HttpClient> m_inner;
    Chaos &m_chaos;
    common::Published<ChaosRules>::Reader m_rules;
    const common::Clock &m_clock;
    std::shared_ptr<Ticker> m_ticker; ///< shared with the calls, which may outlive the client
};

} // namespace freerelay::upstream
