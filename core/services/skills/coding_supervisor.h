#pragma once

#include "core/services/skills/skill_file.h"

#include <QDateTime>

namespace freerelay::services {

/// The log of a session of coding: what was changed, what was said to it, and a summary. Works on
/// a state that its caller keeps. Pure but for new ids.
class CodingSupervisor
{
public:
    static constexpr auto id = "coding-supervisor";
    static constexpr qsizetype maxDiff = 1'000; ///< characters; the rest is cut off
    static constexpr std::size_t maxSessions = 32; ///< that run at a time
    static constexpr qsizetype maxEntries = 1'000; ///< of changes, and of feedback, in a session

    /// @param order  {"action": "start" | "change" | "feedback" | "end", …}
    /// @return the answer; see interfaces::Skills::supervise() for the errors
    [[nodiscard]] static common::Result<QJsonObject>
    carryOut(SkillState &state, const QJsonObject &order, const QDateTime &now);
};

} // namespace freerelay::services
