#pragma once

#include "core/common/clock.h"
#include "core/upstream/http_client.h"

#include <optional>

namespace freerelay::upstream {

/// The limits of one call against a clock: first body byte, gap between body reads, total.
///
/// While the call is paused only `total` runs. (The connect limit is libcurl's.) One thread.
class CallDeadlines
{
public:
    enum class Limit { FirstByte, Gap, Total };

    CallDeadlines(const CallLimits &limits, common::SteadyTime now);

    void onBody(common::SteadyTime now);
    void onPaused(common::SteadyTime now);
    void onResumed(common::SteadyTime now);

    /// The limit that has passed at `now`: at exactly its end it has.
    [[nodiscard]] std::optional<Limit> expired(common::SteadyTime now) const;
    /// When expired() can first become true if nothing happens; SteadyTime::max() for never.
    [[nodiscard]] common::SteadyTime next() const;

private:
    [[nodiscard]] common::SteadyTime waitEnd() const;

    CallLimits m_limits;
    common::SteadyTime m_started;
    common::SteadyTime m_waitingSince; ///< start, or the last body read; moved on by pauses
    std::optional<common::SteadyTime> m_pausedSince;
    bool m_hasBody = false;
};

/// How a call ends when one of its limits has passed. Pure; any thread.
[[nodiscard]] common::Error limitError(CallDeadlines::Limit limit);

} // namespace freerelay::upstream
