#pragma once

#include "core/common/clock.h"
#include "core/interfaces/quota_figures.h"
#include "core/quota/cool_down_table.h"
#include "core/quota/quota_ledger.h"
#include "core/relay/relay_config.h"

#include <QByteArray>

namespace freerelay::services {

/// What the pictures of the quotas are made of.
struct QuotaParts
{
    const relay::RelayConfig &config;
    const quota::QuotaLedger &ledger;
    const quota::CoolDownTable &coolDowns;
    const common::Clock &clock;
};

/// Every window and cool-down as the window and the command line show it, and the outlook. Keys
/// that are gone and demo providers are left out. Any thread.
[[nodiscard]] interfaces::QuotaFigures quotaFigures(const QuotaParts &parts);

/// Which providers are used up, and who would answer a small request for any model: asks
/// routing::plan(). Any thread.
[[nodiscard]] interfaces::QuotaOutlook quotaOutlook(const QuotaParts &parts);

/// "rpm", "rpd", "tpm", "tpd"; "itpm" and "otpm" for tokens of one direction, "cpmo" for credits a
/// month, "ctotal" for those that do not come back: the field's words, and those made like them.
[[nodiscard]] QByteArray shortName(quota::WindowId window);

} // namespace freerelay::services
