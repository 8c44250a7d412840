#pragma once

#include "core/services/doctor/doctor.h"

namespace freerelay::services {

/// The records file, and the damaged ones that were set aside.
void checkRecords(const Patient &patient, std::vector<CheckResult> &results);

} // namespace freerelay::services
