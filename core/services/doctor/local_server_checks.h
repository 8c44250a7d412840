#pragma once

#include "core/services/doctor/doctor.h"
#include "core/settings/settings.h"

namespace freerelay::services {

/// Servers of models on this computer: which of the catalogue's there seem to be, by who listens
/// on their ports (nothing is asked), and whether those that the person agreed to are there.
void checkLocalServers(const settings::Settings &settings, std::vector<CheckResult> &results);

} // namespace freerelay::services
