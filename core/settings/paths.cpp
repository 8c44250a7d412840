#include "paths.h"

#include "core/common/private_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#ifdef Q_OS_UNIX
#include <unistd.h>
#endif

using namespace Qt::Literals::StringLiterals;

namespace freerelay::settings {

namespace {

constexpr auto folderName = "/freerelay"_L1;
constexpr auto socketName = "/control.sock"_L1;

#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)

/// sun_path of sockaddr_un holds 108 bytes with the final zero (unix(7)).
constexpr qsizetype longestSocketPath = 107;

QString baseFolder(
    const common::Environment &environment, const QByteArray &variable, QLatin1StringView fallback)
{
    const QString value = QFile::decodeName(environment.value(variable).value_or(QByteArray()));
    if (QDir::isAbsolutePath(value)) {
        return QDir::cleanPath(value) % folderName;
    }
    const QString home = QFile::decodeName(environment.value("HOME"_ba).value_or(QByteArray()));
    return (QDir::isAbsolutePath(home) ? QDir::cleanPath(home) : QDir::homePath()) % fallback
        % folderName;
}

QString runtimeFolderFor(const common::Environment &environment, const QString &stateFolder)
{
    const QString value = QFile::decodeName(
        environment.value("XDG_RUNTIME_DIR"_ba).value_or(QByteArray()));
    const QFileInfo info(value);
    // After "su" it may still name the folder of the user before.
    const bool usable = info.isAbsolute() && info.isDir() && info.ownerId() == ::geteuid();
    const QString folder = usable ? QString(QDir::cleanPath(value) % folderName)
                                  : QString(stateFolder % "/run"_L1);
    if (QFile::encodeName(folder % socketName).size() <= longestSocketPath) {
        return folder;
    }
    return u"/tmp/freerelay-%1"_s.arg(::geteuid());
}

Paths folders(const common::Environment &environment)
{
    Paths paths;
    paths.configFolder = baseFolder(environment, "XDG_CONFIG_HOME"_ba, "/.config"_L1);
    paths.dataFolder = baseFolder(environment, "XDG_DATA_HOME"_ba, "/.local/share"_L1);
    paths.stateFolder = baseFolder(environment, "XDG_STATE_HOME"_ba, "/.local/state"_L1);
    paths.runtimeFolder = runtimeFolderFor(environment, paths.stateFolder);
    return paths;
}

#else

Paths folders(const common::Environment &)
{
    using Standard = QStandardPaths;
    Paths paths;
    paths.configFolder = Standard::writableLocation(Standard::GenericConfigLocation) % folderName;
    paths.dataFolder = Standard::writableLocation(Standard::GenericDataLocation) % folderName;
    paths.stateFolder = paths.dataFolder % "/state"_L1;
    paths.runtimeFolder = paths.stateFolder % "/run"_L1;
    return paths;
}

#endif

} // namespace

Paths Paths::resolve(const common::Environment &environment)
{
    Paths paths = folders(environment);
    paths.settingsFile = paths.configFolder % "/settings.yaml"_L1;
    paths.providersFile = paths.configFolder % "/providers.yaml"_L1;
    paths.keysFile = paths.dataFolder % "/keys.json"_L1;
    paths.recordsFile = paths.dataFolder % "/records.db"_L1;
    paths.textsFile = paths.dataFolder % "/texts.db"_L1;
    paths.quotaFile = paths.dataFolder % "/quota.json"_L1;
    paths.auditFolder = paths.dataFolder % "/audit"_L1;
    paths.skillsFile = paths.dataFolder % "/skills.json"_L1;
    paths.appsFile = paths.dataFolder % "/apps.json"_L1;
    paths.cliRunsFolder = paths.dataFolder % "/cli-runs"_L1;
    paths.connectionsFolder = paths.dataFolder % "/connections"_L1;
    paths.adminTokenFile = paths.stateFolder % "/admin-token"_L1;
    paths.fingerprintKeyFile = paths.stateFolder % "/fingerprint-key"_L1;
    paths.controlSocket = paths.runtimeFolder % socketName;
    paths.lockFile = paths.runtimeFolder % "/freerelay.lock"_L1;
    paths.repliesFolder = paths.stateFolder % "/replies"_L1;
    paths.logFolder = paths.stateFolder % "/log"_L1;
    return paths;
}

common::Result<void> Paths::createFolders() const
{
    for (const QString &folder : {configFolder, stateFolder, runtimeFolder}) {
        if (auto made = common::ensurePrivateFolder(folder); !made) {
            return made;
        }
    }
    // Requests are answered without it as well. Whoever writes there tries again and says so.
    (void)common::ensurePrivateFolder(dataFolder);
    return {};
}

} // namespace freerelay::settings
