#pragma once

#include "core/services/doctor/doctor.h"
#include "core/settings/settings.h"

namespace freerelay::services {

/// The settings file with the environment above it. @return those in force, or the defaults
[[nodiscard]] settings::Settings
checkSettings(const Patient &patient, std::vector<CheckResult> &results);
/// Folders, providers file, and the files that hold secrets.
void checkFiles(
    const Patient &patient, const settings::Settings &settings, std::vector<CheckResult> &results);

} // namespace freerelay::services
