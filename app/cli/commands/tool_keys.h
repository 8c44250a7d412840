#pragma once

#include "app/cli/context.h"
#include "core/common/secret.h"

namespace freerelay::app {

/// Keys of tools, of the running program or, when none is, of its file. Prints what went wrong.
class ToolKeys
{
public:
    explicit ToolKeys(CommandContext &context)
        : m_context(context)
    { }

    /// `recorded`, when it still opens something, else a new one that opens nothing yet; empty
    /// after a failure.
    [[nodiscard]] common::Secret propose(const QString &tool, const common::Secret &recorded);
    /// Makes it the tool's.
    [[nodiscard]] bool issue(const QString &tool, const QString &name, const common::Secret &key);
    /// The key of what is launched as `tool`: apart from that of its settings, and each time the
    /// same; empty after a failure.
    [[nodiscard]] common::Secret ofLaunch(const QString &tool, const QString &name);
    /// The tool's opens nothing any more; true when it has none.
    bool revoke(const QString &tool);
    /// With what the program itself asks its gateway; empty after a failure.
    [[nodiscard]] common::Secret own();

private:
    [[nodiscard]] bool revokeInFile(const QString &tool);

    CommandContext &m_context;
};

} // namespace freerelay::app
