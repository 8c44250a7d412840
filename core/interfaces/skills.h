#pragma once

#include "core/common/result.h"

#include <QJsonObject>

namespace freerelay::interfaces {

/// What FreeRelay can do for an agent beside answering it: run OpenCode or Codex (CliRuns), and
/// keep the log of a session of coding. Main thread; never blocks but for a small file. The answers
/// are those of docs/integrations.md#skills.
class Skills
{
public:
    virtual ~Skills() = default;

    /// GET /skills: how each stands, without what any of them said
    [[nodiscard]] virtual QJsonObject overview() const = 0;
    /// GET /skills/results: what the last ones said
    [[nodiscard]] virtual QJsonObject results() const = 0;
    /// GET /skills/config
    [[nodiscard]] virtual QJsonObject config() const = 0;
    /// POST /skills/coding-supervisor
    /// @return InvalidArgument naming the member that is wrong; NotFound for a session that does
    /// not
    ///         run; RateLimited when too many do, or one has grown too long; StorageFailed
    [[nodiscard]] virtual common::Result<QJsonObject> supervise(const QJsonObject &order) = 0;
};

} // namespace freerelay::interfaces
