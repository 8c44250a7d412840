#pragma once

#include "core/common/environment.h"
#include "core/common/result.h"

#include <QString>

namespace freerelay::settings {

/// Where the program keeps its files. On Linux the XDG base directories (variables that are unset
/// or relative are ignored, as the specification says); elsewhere Qt's standard folders.
struct Paths
{
    QString configFolder; ///< $XDG_CONFIG_HOME/freerelay
    QString dataFolder; ///< $XDG_DATA_HOME/freerelay
    QString stateFolder; ///< $XDG_STATE_HOME/freerelay
    QString runtimeFolder; ///< $XDG_RUNTIME_DIR/freerelay; stateFolder/run when there is none

    QString settingsFile; ///< configFolder/settings.yaml
    QString providersFile; ///< configFolder/providers.yaml, unless the settings name another
    QString keysFile; ///< dataFolder/keys.json, only after consent
    QString recordsFile; ///< dataFolder/records.db
    QString quotaFile; ///< dataFolder/quota.json
    QString textsFile; ///< dataFolder/texts.db, only while texts are kept
    QString auditFolder; ///< dataFolder/audit
    QString skillsFile; ///< dataFolder/skills.json
    QString appsFile; ///< dataFolder/apps.json: apps and hashes of their keys
    QString cliRunsFolder; ///< dataFolder/cli-runs: where tools work unless the settings say
    QString connectionsFolder; ///< dataFolder/connections: what was written for which tool
    QString adminTokenFile; ///< stateFolder/admin-token, kept over restarts
    QString fingerprintKeyFile; ///< stateFolder/fingerprint-key, kept over restarts
    QString controlSocket; ///< runtimeFolder/control.sock; its length suits a local socket
    QString lockFile; ///< runtimeFolder/freerelay.lock
    QString repliesFolder; ///< stateFolder/replies, of this run only
    QString logFolder; ///< stateFolder/log

    /// Pure but for `environment`, the home folder and a look at XDG_RUNTIME_DIR.
    [[nodiscard]] static Paths resolve(const common::Environment &environment);

    /// Makes the four folders, 0700. PermissionDenied or StorageFailed naming the folder; not for
    /// the data folder, without which the program runs.
    [[nodiscard]] common::Result<void> createFolders() const;
};

} // namespace freerelay::settings
