#pragma once

#include "core/services/doctor/doctor.h"
#include "core/settings/settings.h"

namespace freerelay::services {

/// Port, proxies, keychain, tray and clock.
void checkMachine(
    const Patient &patient, const settings::Settings &settings, std::vector<CheckResult> &results);

} // namespace freerelay::services
