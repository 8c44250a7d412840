#include "record_checks.h"

#include "core/store/record_check.h"
#include "core/store/salvage.h"

#include <QFileInfo>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::services {

namespace {

using common::ErrorKind;

/// Clocks of machines that are set by the network differ by less.
constexpr std::chrono::minutes tolerance = 5min;

QString sizeText(std::int64_t bytes)
{
    constexpr double mebibyte = 1'024.0 * 1'024.0;
    return u"%1 MiB"_s.arg(double(bytes) / mebibyte, 0, 'f', 1);
}

CheckResult resultOf(const QString &name, const common::Error &error)
{
    switch (error.kind) {
    case ErrorKind::NotFound:
        return {name, Verdict::Ok, error.message, {}};
    case ErrorKind::ProtocolError:
        return {
            name,
            Verdict::Failure,
            error.message,
            u"Start FreeRelay: it sets the file aside and begins a new one; then: freerelay doctor "
            "--recover"_s};
    case ErrorKind::Unavailable:
        return {
            name,
            Verdict::Warning,
            error.message,
            u"End the program that holds it, or look again later."_s};
    default:
        return {
            name,
            Verdict::Failure,
            error.message,
            u"Look at the mode of the file and its folder, and at the space on the disk."_s};
    }
}

CheckResult
resultOf(const QString &name, const store::RecordFileState &state, const Patient &patient)
{
    if (!state.damage.isEmpty()) {
        return {
            name,
            Verdict::Failure,
            u"It is damaged: "_s % QString::fromUtf8(state.damage).simplified(),
            u"Start FreeRelay: within a minute it sets the file aside and begins a new one; then: "
            "freerelay doctor --recover"_s};
    }
    if (state.version > state.newestVersion) {
        return {
            name,
            Verdict::Failure,
            u"A newer version of FreeRelay has written it; nothing is recorded."_s,
            u"Update FreeRelay, or move the file away: %1"_s.arg(patient.paths.recordsFile)};
    }
    if (state.newest && *state.newest > patient.now + tolerance) {
        return {
            name,
            Verdict::Warning,
            u"Its newest request is from the future: the clock was or is wrong."_s,
            u"Set the clock: timedatectl set-ntp true"_s};
    }
    const QString age = state.version < state.newestVersion
        ? u", layout %1 (the next start brings it to %2)"_s.arg(state.version)
              .arg(state.newestVersion)
        : u", layout %1"_s.arg(state.version);
    return {
        name,
        Verdict::Ok,
        u"Whole: %1 requests in %2"_s.arg(state.requests).arg(sizeText(state.bytes)) % age % u'.',
        {}};
}

} // namespace

void checkRecords(const Patient &patient, std::vector<CheckResult> &results)
{
    const QString name = u"records file"_s;
    const auto state = store::checkRecordFile(patient.paths.recordsFile);
    results.push_back(state ? resultOf(name, *state, patient) : resultOf(name, state.error()));
    const QStringList aside = store::filesSetAside(patient.paths.recordsFile);
    if (!aside.isEmpty()) {
        QStringList names;
        for (const QString &path : aside) {
            names.append(QFileInfo(path).fileName());
        }
        results.push_back(
            {u"damaged files"_s,
             Verdict::Warning,
             u"Set aside: "_s % names.join(", "_L1),
             u"Bring over what can be read: freerelay doctor --recover; or delete them."_s});
    }
}

} // namespace freerelay::services
