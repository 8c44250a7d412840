#include "running_attempts.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace freerelay::relay {

AttemptRun *RunningAttempts::firstDecided() const
{
    const auto found = std::find_if(
        m_runs.begin(), m_runs.end(), [](const auto &run) { return run->attempt().isDecided(); });
    return found == m_runs.end() ? nullptr : found->get();
}

void RunningAttempts::remove(const AttemptRun &run)
{
    std::erase_if(m_runs, [&run](const auto &other) { return other.get() == &run; });
}

std::vector<std::unique_ptr<AttemptRun>> RunningAttempts::takeBeside(const AttemptRun &run)
{
    const auto others = std::partition(
        m_runs.begin(), m_runs.end(), [&run](const auto &other) { return other.get() == &run; });
    std::vector<std::unique_ptr<AttemptRun>> taken(
        std::make_move_iterator(others), std::make_move_iterator(m_runs.end()));
    m_runs.erase(others, m_runs.end());
    return taken;
}

void RunningAttempts::each(const std::function<void(Attempt &)> &use)
{
    std::vector<const AttemptRun *> runs;
    for (const auto &run : m_runs) {
        runs.push_back(run.get());
    }
    for (const AttemptRun *run : runs) {
        const auto place = std::find_if(
            m_runs.begin(), m_runs.end(), [run](const auto &other) { return other.get() == run; });
        if (place != m_runs.end()) {
            use((*place)->attempt());
        }
    }
}

void RunningAttempts::cancelAll()
{
    each([](Attempt &attempt) { attempt.cancel(); });
}

void RunningAttempts::checkLimits(common::SteadyTime now)
{
    each([now](Attempt &attempt) { attempt.checkLimits(now); });
}

} // namespace freerelay::relay
