#pragma once

#include "core/common/clock.h"
#include "core/common/published.h"
#include "core/keys/key_manager.h"
#include "core/relay/relay_config.h"
#include "core/services/catalog_keeper.h"
#include "core/services/config_builder.h"
#include "core/services/demo/demo_provider.h"
#include "core/services/model_lister.h"
#include "core/services/telemetry_hub.h"
#include "core/settings/settings_store.h"

#include <QObject>
#include <QSet>
#include <QStringList>

#include <memory>

namespace freerelay::services {

/// What a relay configuration follows from. All outlive the keeper.
struct ConfigSources
{
    CatalogKeeper &catalog;
    keys::KeyManager &keys;
    settings::SettingsStore &settings;
    ModelLister &lister;
    TelemetryHub &telemetry;
    const common::Clock &clock;
    QByteArray instanceId;
    bool threeDemos = false;
};

/// Keeps the relay's configuration in step with keys, settings, catalogue and the lists of models
/// that providers give; lets the demo stand in where nothing is configured. Main thread, except for
/// config().
class ConfigKeeper final : public QObject
{
    Q_OBJECT

public:
    explicit ConfigKeeper(ConfigSources sources);

    /// The snapshots. Any thread.
    [[nodiscard]] const common::Published<relay::RelayConfig> &config() const { return m_config; }
    [[nodiscard]] std::shared_ptr<const relay::RelayConfig> current() const
    {
        return m_config.load();
    }

    /// Publishes the configuration that follows from what is known now.
    void rebuild();
    /// Asks the providers that may be used for their models, once per address and key in a run,
    /// unless a list is fresh.
    void discover();

    void setPaused(bool paused);
    /// 0 = not listening: the settings' port stands for it.
    void setOwnPort(quint16 port);

    [[nodiscard]] bool isPaused() const { return m_paused; }
    [[nodiscard]] bool isDemo() const { return m_demo != nullptr; }
    /// What had to be left out, one sentence each.
    [[nodiscard]] const QStringList &problems() const { return m_problems; }

Q_SIGNALS:
    void rebuilt();

private:
    [[nodiscard]] ConfigParts parts() const;
    void updateDemo();
    void ask(const catalog::Provider &provider, const QByteArray &address, const QByteArray &key);

    ConfigSources m_sources;
    common::Published<relay::RelayConfig> m_config;
    QSet<QByteArray> m_askedForModels; ///< in this run: provider, address, key fingerprint
    QStringList m_problems;
    bool m_paused = false;
    quint16 m_ownPort = 0;
    std::unique_ptr<DemoProvider> m_demo;
};

/// Logs those of `problems` that are not among `known`, which becomes `problems`.
void logNew(const QStringList &problems, QStringList &known);

} // namespace freerelay::services
