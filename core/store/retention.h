#pragma once

#include "core/common/clock.h"
#include "core/store/database.h"

#include <chrono>
#include <cstdint>

namespace freerelay::store {

/// How long what is kept.
struct RetentionRules
{
    std::chrono::hours requests{24 * 30}; ///< single requests with attempts and decisions
    std::chrono::hours minutes{24 * 3};
    std::chrono::hours hours{24 * 100}; ///< a chart over 90 days reads hours
    std::chrono::hours days{24 * 365 * 3};
    std::int64_t maxBytes = 512LL * 1024 * 1024; ///< above, the oldest requests go

    bool operator==(const RetentionRules &) const = default;
};

/// Deletes what is too old or too much, and gives the space back, in small steps between which
/// the writer may write. Store thread.
class Retention
{
public:
    /// Requests in one step; some ten milliseconds of work.
    static constexpr int requestsPerStep = 500;
    static constexpr int pagesPerStep = 256;

    explicit Retention(RetentionRules rules)
        : m_rules(rules)
    { }

    enum class Progress {
        More, ///< call again
        Done, ///< nothing is left to do until begin()
    };

    /// From the next round on.
    void setRules(const RetentionRules &rules) { m_rules = rules; }
    [[nodiscard]] const RetentionRules &rules() const { return m_rules; }

    /// Starts another round, with the first step.
    void begin() { m_phase = Phase::OldRequests; }
    /// Does the next step. @return errors of Database
    [[nodiscard]] common::Result<Progress> step(Database &database, common::WallTime now);
    /// Whether a step has deleted decision sets since the last call.
    [[nodiscard]] bool takeDeletedSets() { return std::exchange(m_deletedSets, false); }

private:
    enum class Phase { OldRequests, TooMany, Totals, DecisionSets, Vacuum, Done };

    [[nodiscard]] common::Result<bool>
    deleteRequestsBefore(Database &database, std::int64_t timeUs);
    [[nodiscard]] common::Result<bool> deleteOldestWhenTooLarge(Database &database);
    [[nodiscard]] common::Result<bool> deleteTotals(Database &database, common::WallTime now);
    [[nodiscard]] common::Result<bool> deleteDecisionSets(Database &database);
    [[nodiscard]] common::Result<bool> vacuum(Database &database);
    [[nodiscard]] common::Result<bool> runPhase(Database &database, common::WallTime now);

    RetentionRules m_rules;
    Phase m_phase = Phase::Done;
    bool m_shrinking = false; ///< the file was too large in this round
    bool m_deletedSets = false;
};

} // namespace freerelay::store
