#include "candidate_queue.h"

#include <algorithm>
#include <utility>

namespace freerelay::relay {

namespace {

using quota::Reach;

Turn usualTurn(const routing::Candidate &candidate)
{
    return {candidate, candidate.beyondQuota ? Reach::Probe : Reach::Within, health::Need::Usual};
}

std::optional<Turn>
takeFirst(std::vector<routing::Candidate> &candidates, std::size_t index, Reach reach)
{
    if (index >= candidates.size()) {
        return std::nullopt;
    }
    const auto place = candidates.begin() + std::ptrdiff_t(index);
    Turn turn{std::move(*place), reach, health::Need::LastResort};
    candidates.erase(place);
    return turn;
}

} // namespace

std::optional<Turn> CandidateQueue::next()
{
    if (!m_planned) {
        return std::nullopt;
    }
    if (std::exchange(m_isRankedTurn, false)) {
        ++m_untried;
    }
    while (isTakenAhead(m_untried)) {
        ++m_untried;
    }
    if (m_untried < ranked().size()) {
        const routing::Candidate &candidate = ranked()[m_untried];
        if (m_planned->isPaid(candidate)) {
            if (auto unpaid = unpaidBusy()) {
                return unpaid;
            }
        }
        m_isRankedTurn = true;
        return usualTurn(candidate);
    }
    if (auto turn = takeFirst(m_busy, 0, Reach::Within)) {
        return turn;
    }
    if (auto turn = takeFirst(m_lastResorts, 0, Reach::Anyway)) {
        return turn;
    }
    return takeFirst(m_unwell, 0, Reach::Anyway);
}

std::optional<Turn> CandidateQueue::unpaidBusy()
{
    const auto unpaid = std::find_if(m_busy.begin(), m_busy.end(), [this](const auto &candidate) {
        return !m_planned->isPaid(candidate);
    });
    return takeFirst(m_busy, std::size_t(unpaid - m_busy.begin()), Reach::Within);
}

std::optional<Turn>
CandidateQueue::takeAhead(const std::function<bool(const routing::Candidate &)> &suits)
{
    const std::size_t count = m_planned ? ranked().size() : 0;
    for (std::size_t i = m_untried + (m_isRankedTurn ? 1 : 0); i < count; ++i) {
        if (!isTakenAhead(i) && suits(ranked()[i])) {
            m_takenAhead.push_back(i);
            return usualTurn(ranked()[i]);
        }
    }
    return std::nullopt;
}

bool CandidateQueue::isTakenAhead(std::size_t index) const
{
    return std::find(m_takenAhead.begin(), m_takenAhead.end(), index) != m_takenAhead.end();
}

void CandidateQueue::spare(const routing::Candidate &candidate, Spared why)
{
    switch (why) {
    case Spared::Busy:
        m_busy.push_back(candidate);
        break;
    case Spared::LastResort:
        m_lastResorts.push_back(candidate);
        break;
    case Spared::Unwell:
        m_unwell.push_back(candidate);
        break;
    }
}

} // namespace freerelay::relay
