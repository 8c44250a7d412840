#pragma once

#include "core/common/published.h"
#include "core/common/result.h"
#include "core/settings/layers.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

namespace freerelay::settings {

/// The settings in force: the file, what lies above it, and its changes while running.
///
/// Main thread only; other threads read published(). The file is watched, also across editors that
/// replace it; a bad file leaves the settings as they were and says why.
class SettingsStore final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SettingsStore)

public:
    ~SettingsStore() override = default;

    /// Reads the file (a missing one means defaults) and starts to watch it.
    /// @return InvalidArgument for a bad file or override, PermissionDenied for a file that must
    ///         not be trusted, StorageFailed; the message says where and why
    [[nodiscard]] static common::Result<std::unique_ptr<SettingsStore>>
    open(const QString &settingsFile, Layers layers);

    [[nodiscard]] const common::Published<Settings> &published() const { return m_published; }
    [[nodiscard]] const Settings &current() const { return m_effective.value; }
    [[nodiscard]] Origin originOf(const QString &path) const { return m_effective.originOf(path); }
    [[nodiscard]] const QString &fileName() const { return m_fileName; }
    /// Why the file on disk is not the one in force; nullopt when it is.
    [[nodiscard]] const std::optional<common::Error> &problem() const { return m_problem; }

    /// Sets one scalar, in force at once and (also above an override) until the program ends or
    /// the setting is changed again; written into the file, keeping its comments.
    /// @return InvalidArgument or NotFound when the value or the setting is not acceptable: nothing
    ///         changed. StorageFailed or PermissionDenied when it is in force but could not be
    ///         written (the reason is in the message).
    [[nodiscard]] common::Result<void> set(const QString &path, const QString &value);

    /// Replaces what lies above the file (the catalogue has changed its variables, for example).
    /// On failure the settings stay as they were.
    [[nodiscard]] common::Result<void> setLayers(Layers layers);

    /// Reads the file again now. On failure the settings stay as they were, and reloadFailed() is
    /// emitted.
    common::Result<void> reload();

Q_SIGNALS:
    /// published() holds other settings than before.
    void changed();
    void reloadFailed(const freerelay::common::Error &error);

private:
    SettingsStore(QString settingsFile, Layers layers);

    [[nodiscard]] common::Result<QByteArray> readText() const;
    [[nodiscard]] common::Result<void> load(const QByteArray &text);
    [[nodiscard]] common::Result<void> writeEdited(const QString &path, const QString &value);
    [[nodiscard]] common::Result<void>
    apply(const ParsedSettings &file, const Layers &layers, const std::vector<Override> &runtime);
    void overrideAtRuntime(const QString &path, const QString &value);
    void watch();
    void onFileTouched();

    QString m_fileName;
    Layers m_layers;
    std::vector<Override> m_runtime;
    ParsedSettings m_file;
    QByteArray m_text; ///< last content read, good or bad
    EffectiveSettings m_effective;
    std::optional<common::Error> m_problem;
    common::Published<Settings> m_published;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
};

} // namespace freerelay::settings
