#pragma once

#include "core/catalog/catalog.h"
#include "core/common/clock.h"
#include "core/interfaces/chaos_figures.h"
#include "core/upstream/chaos/chaos.h"
#include "core/upstream/http_client.h"

#include <memory>
#include <optional>

namespace freerelay::services {

/// Owns the faults that are played on purpose, for as long as the program runs: nothing of them is
/// stored anywhere. Main thread, where nothing else is said.
class ChaosKeeper final
{
public:
    /// @param start  nullopt = the program was not started for it, so nothing is ever played
    explicit ChaosKeeper(std::optional<upstream::ChaosRules> start);
    ~ChaosKeeper() = default;
    Q_DISABLE_COPY_MOVE(ChaosKeeper)

    [[nodiscard]] bool isAvailable() const { return m_chaos != nullptr; }
    /// Any thread.
    [[nodiscard]] bool isOn() const;
    /// Says in the log what is played, or that nothing is any more.
    void announce() const;

    /// `client` behind one that plays the faults; `client` itself when nothing is ever played. Any
    /// thread.
    /// @param clock  outlives the client
    [[nodiscard]] std::unique_ptr<upstream::HttpClient>
    around(std::unique_ptr<upstream::HttpClient> client, const common::Clock &clock);

    /// @return InvalidArgument when a rule names a provider that there is not
    [[nodiscard]] common::Result<void> check(const catalog::Catalog &catalog) const;
    /// Replaces the rules.
    /// @return InvalidArgument for a rule that is none; Unavailable when the program was not
    ///         started for it
    [[nodiscard]] common::Result<void>
    setRules(const interfaces::ChaosRules &rules, const catalog::Catalog &catalog);

    /// Any thread.
    [[nodiscard]] interfaces::ChaosFigures figures() const;
    [[nodiscard]] quint64 played() const { return m_chaos ? m_chaos->playedInAll() : 0; }

private:
    std::unique_ptr<upstream::Chaos> m_chaos; ///< null = not available
};

} // namespace freerelay::services
