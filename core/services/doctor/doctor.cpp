#include "doctor.h"

#include "core/services/doctor/file_checks.h"
#include "core/services/doctor/local_server_checks.h"
#include "core/services/doctor/machine_checks.h"
#include "core/services/doctor/record_checks.h"

namespace freerelay::services {

std::vector<CheckResult> examine(const Patient &patient)
{
    std::vector<CheckResult> results;
    const settings::Settings settings = checkSettings(patient, results);
    checkFiles(patient, settings, results);
    checkMachine(patient, settings, results);
    checkLocalServers(settings, results);
    checkRecords(patient, results);
    return results;
}

} // namespace freerelay::services
