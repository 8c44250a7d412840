#pragma once

#include "app/cli/context.h"

#include <string>
#include <vector>

namespace freerelay::app {

/// What the `audit` commands were asked for. They read the files; nothing has to be running.
struct AuditArguments
{
    std::string folder; ///< of the trail; "" = this user's
    std::vector<std::string> publicKeys; ///< files, or hex digits
    std::string checkpoint; ///< a file; "" = none
    bool partial = false; ///< the trail may begin later than with record 1
    bool json = false;
    std::string target; ///< of an export
    std::string from; ///< a day or time; "" = from the beginning
    std::string to; ///< the last day, or a time; "" = to the end
};

/// Exit code 1 when something is wrong with the trail; the first thing is named.
int auditVerifyCommand(CommandContext &context, const AuditArguments &arguments);
/// Prints the end of the trail, to be kept elsewhere.
int auditHeadCommand(CommandContext &context, const AuditArguments &arguments);
int auditExportCommand(CommandContext &context, const AuditArguments &arguments);

} // namespace freerelay::app
