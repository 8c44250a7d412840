#pragma once

#include "core/common/clock.h"
#include "core/common/environment.h"
#include "core/settings/paths.h"

#include <QJsonObject>
#include <QString>

#include <vector>

namespace freerelay::services {

enum class Verdict : std::uint8_t {
    Ok,
    Warning, ///< it works, but not as one would wish
    Failure, ///< something does not work
};

/// One thing that was looked at.
struct CheckResult
{
    QString name; ///< "records file"; the same in each release, for scripts
    Verdict verdict = Verdict::Ok;
    QString finding; ///< a sentence
    QString advice; ///< what to do about it; "" with Ok
};

/// What is to be examined.
struct Patient
{
    settings::Paths paths;
    common::Environment environment;
    common::WallTime now;
    /// What the running gateway says of itself, as the control channel's "status"; empty = none.
    QJsonObject status;
};

/// Looks at everything that FreeRelay needs on this machine: files, port, keychain, records. Reads
/// only; asks neither providers nor the network. Blocks for as long as reading the records takes
/// (about a second for 100 MiB), and turns the event loop of its thread for the keychain's answer.
[[nodiscard]] std::vector<CheckResult> examine(const Patient &patient);

} // namespace freerelay::services
