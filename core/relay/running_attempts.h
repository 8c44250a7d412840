#pragma once

#include "core/relay/attempt_run.h"

#include <functional>
#include <memory>
#include <vector>

namespace freerelay::relay {

/// The attempts of one request that are under way: one, or two while it is hedged. What is done to
/// one of them may end others, and have them removed, before the call returns. One thread.
class RunningAttempts
{
public:
    RunningAttempts() = default;
    Q_DISABLE_COPY_MOVE(RunningAttempts)
    ~RunningAttempts() = default;

    void add(std::unique_ptr<AttemptRun> run) { m_runs.push_back(std::move(run)); }
    [[nodiscard]] bool isEmpty() const { return m_runs.empty(); }
    /// The oldest; null = there is none.
    [[nodiscard]] AttemptRun *first() const
    {
        return m_runs.empty() ? nullptr : m_runs.front().get();
    }
    /// The oldest that is decided (Attempt::isDecided()); null = none is.
    [[nodiscard]] AttemptRun *firstDecided() const;
    void remove(const AttemptRun &run);
    void clear() { m_runs.clear(); }

    /// Removes all others and hands them out.
    [[nodiscard]] std::vector<std::unique_ptr<AttemptRun>> takeBeside(const AttemptRun &run);

    void cancelAll();
    void checkLimits(common::SteadyTime now);

private:
    void each(const std::function<void(Attempt &)> &use);

    std::vector<std::unique_ptr<AttemptRun>> m_runs;
};

} // namespace freerelay::relay
