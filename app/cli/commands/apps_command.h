#pragma once

#include "app/cli/context.h"

#include <string>
#include <vector>

namespace freerelay::app {

/// What `apps` was asked for.
struct AppsOptions
{
    std::string app; ///< id or name
    std::string name; ///< another one
    std::vector<std::string> scopes;
    std::vector<std::string> models; ///< patterns; "all" = all
    std::string mode; ///< "default" = the configured one
    std::string budget; ///< dollars a day; "none" = without a limit
    bool json = false;
};

/// The apps, what they may and what they have used today.
int appsListCommand(CommandContext &context, const AppsOptions &options);
/// A new key, which is printed; it is not told again.
int appsAddCommand(CommandContext &context, const AppsOptions &options);
int appsSetCommand(CommandContext &context, const AppsOptions &options);
int appsRevokeCommand(CommandContext &context, const AppsOptions &options);
/// Takes a revocation back.
int appsRestoreCommand(CommandContext &context, const AppsOptions &options);

} // namespace freerelay::app
