#pragma once

#include "app/cli/context.h"

namespace freerelay::app {

/// `quota`: what is used of the providers' quotas, what rests, and who would answer next.
/// @param provider  only this one's; "" = all
int quotaCommand(CommandContext &context, const QString &provider, bool json);

} // namespace freerelay::app
