#pragma once

#include "core/common/result.h"

#include <QJsonObject>
#include <QString>

#include <chrono>
#include <deque>
#include <map>

namespace freerelay::services {

/// "completed", "failed", "timeout": how a skill ended once.
struct SkillResult
{
    QString skill; ///< "coding-supervisor"
    QString status;
    QString output;
    QString error;
    std::chrono::milliseconds duration{0};
    QJsonObject metadata;

    [[nodiscard]] QJsonObject toJson() const;
    [[nodiscard]] static SkillResult fromJson(const QJsonObject &object);
};

/// What skills have done and are doing, kept in one private file.
struct SkillState
{
    static constexpr std::size_t maxResults = 100; ///< the oldest go

    std::deque<SkillResult> results; ///< newest last
    std::map<QString, QJsonObject> sessions; ///< of the supervisor, that run; by their id

    void add(SkillResult result);
    /// Null when it never ended.
    [[nodiscard]] const SkillResult *last(const QString &skill) const;
};

/// @return an empty state when there is no file; else as common::readTrustedFile(), ProtocolError
///         when it is not one of ours
[[nodiscard]] common::Result<SkillState> readSkills(const QString &path);
[[nodiscard]] common::Result<void> writeSkills(const QString &path, const SkillState &state);

} // namespace freerelay::services
