#pragma once

#include "core/health/health_table.h"
#include "core/quota/quota_ledger.h"
#include "core/relay/planned_candidates.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace freerelay::relay {

/// A candidate whose turn has come, and how far it may be asked.
struct Turn
{
    routing::Candidate candidate;
    quota::Reach reach = quota::Reach::Within;
    health::Need need = health::Need::Usual;
};

/// Whose turn is next, while one request goes through its plan: in the plan's order; then those
/// that others were preferred to: what was only busy, what is beyond a quota or broke off, and at
/// last what fails. But before a paid candidate comes one that costs nothing and is only busy.
/// Value; one thread.
class CandidateQueue
{
public:
    /// Why a candidate is asked only when nobody else is left.
    enum class Spared : std::uint8_t {
        Busy, ///< as many calls are under way there as it bears
        LastResort, ///< beyond a limit that may be out of date, or broken off once
        Unwell, ///< it fails
    };

    CandidateQueue() = default;
    explicit CandidateQueue(std::shared_ptr<const PlannedCandidates> planned)
        : m_planned(std::move(planned))
    { }

    /// nullopt when nobody is left.
    [[nodiscard]] std::optional<Turn> next();
    /// The first that `suits` of those whose turn in the plan's order is still to come; next()
    /// passes it over from now on.
    [[nodiscard]] std::optional<Turn>
    takeAhead(const std::function<bool(const routing::Candidate &)> &suits);
    /// It is asked again when nobody else is left.
    void spare(const routing::Candidate &candidate, Spared why);

    /// In the plan's order, the first candidate whose turn is not over.
    [[nodiscard]] std::size_t untried() const { return m_untried; }

private:
    [[nodiscard]] const std::vector<routing::Candidate> &ranked() const
    {
        return m_planned->plan().candidates;
    }
    [[nodiscard]] bool isTakenAhead(std::size_t index) const;
    [[nodiscard]] std::optional<Turn> unpaidBusy();

    std::shared_ptr<const PlannedCandidates> m_planned; ///< null = there is nobody
    std::size_t m_untried = 0;
    bool m_isRankedTurn = false; ///< the turn of m_untried is under way
    std::vector<std::size_t> m_takenAhead;
    std::vector<routing::Candidate> m_busy;
    std::vector<routing::Candidate> m_lastResorts;
    std::vector<routing::Candidate> m_unwell;
};

} // namespace freerelay::relay
