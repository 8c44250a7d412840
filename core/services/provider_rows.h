#pragma once

#include "core/common/clock.h"
#include "core/interfaces/gateway_control.h"
#include "core/quota/cool_down_table.h"
#include "core/relay/relay_config.h"

#include <vector>

namespace freerelay::services {

/// Every provider of the catalogue as the window and the command line show it: configured ones
/// first, then keyless ones, then by tier and name. Demo providers are left out. Pure.
/// @param usedUp  those that rest until their quota is back
[[nodiscard]] std::vector<interfaces::ProviderRow> providerRows(
    const relay::RelayConfig &config,
    const quota::CoolDownTable &coolDowns,
    const std::vector<interfaces::UsedUpProvider> &usedUp,
    const common::Clock &clock);

} // namespace freerelay::services
