#pragma once

#include "core/common/environment.h"
#include "core/dialects/gemini/signature_book.h"
#include "core/gateway/gateway_server.h"
#include "core/gateway/process_finder.h"
#include "core/gateway/replay/reply_logs.h"
#include "core/interfaces/gateway_control.h"
#include "core/keys/key_manager.h"
#include "core/quota/cool_down_table.h"
#include "core/relay/failure_policy.h"
#include "core/services/apps/app_key_keeper.h"
#include "core/services/audit_keeper.h"
#include "core/services/catalog_keeper.h"
#include "core/services/chaos_keeper.h"
#include "core/services/cli/cli_runner.h"
#include "core/services/config_keeper.h"
#include "core/services/connect/app_keeper.h"
#include "core/services/free_model_watch.h"
#include "core/services/health/health_watch.h"
#include "core/services/key_actions.h"
#include "core/services/model_lister.h"
#include "core/services/provider_pages.h"
#include "core/services/quota/account_watch.h"
#include "core/services/quota/quota_keeper.h"
#include "core/services/quota/quota_watch.h"
#include "core/services/recording.h"
#include "core/services/resender.h"
#include "core/services/skills/skill_keeper.h"
#include "core/services/sleep_watch.h"
#include "core/services/start_settings.h"
#include "core/services/subscribers.h"
#include "core/services/telemetry_hub.h"
#include "core/settings/paths.h"
#include "core/settings/settings_store.h"

#include <QObject>
#include <QStringList>

#include <memory>

namespace freerelay::services {

/// How the program was started.
struct ServiceOptions
{
    settings::Paths paths;
    common::Environment environment = common::Environment::ofProcess();
    QString dotEnvFile; ///< "" = none is read
    std::vector<settings::Override> commandLine; ///< above everything else
    bool threeDemos = false; ///< --demo
    /// --chaos, --developer: faults may be played on purpose; nullopt = never
    std::optional<upstream::ChaosRules> chaos{};
    std::function<void()> quit; ///< ends the event loop
    TelemetryHub::Log log{};
};

/// The whole gateway behind one object: settings, keys, catalogue, workers, and the control that
/// front ends see. Main thread. Destroying it stops accepting, drains, and joins all threads.
class GatewayService final : public QObject, public interfaces::GatewayControl
{
    Q_OBJECT

public:
    /// How long requests in progress may go on when the program ends.
    static constexpr std::chrono::milliseconds drainDeadline{3'000};
    /// And how long their records may take to be written after that.
    static constexpr std::chrono::milliseconds recordsDeadline{2'000};

    /// Reads settings and keys; nothing listens yet.
    /// @return the error of the settings file, the folders, the admin token or FREERELAY_API_KEY
    [[nodiscard]] static common::Result<std::unique_ptr<GatewayService>>
    create(ServiceOptions options);
    ~GatewayService() override;
    Q_DISABLE_COPY_MOVE(GatewayService)

    /// Opens the port of the settings and starts to answer.
    /// @return see gateway::openListeners(): AlreadyExists names the program that has the port
    [[nodiscard]] common::Result<void> listen();

    [[nodiscard]] const settings::Settings &settings() const { return m_settings->current(); }

    [[nodiscard]] interfaces::GatewayStatus status() const override;
    [[nodiscard]] std::vector<interfaces::ProviderRow> providers() const override;
    [[nodiscard]] std::vector<interfaces::ModelRow> models(bool all) const override;
    [[nodiscard]] std::vector<interfaces::RequestRow>
    recentRequests(int limit, quint64 after) const override;
    [[nodiscard]] interfaces::QuotaFigures quota() const override;
    [[nodiscard]] interfaces::ChaosFigures chaos() const override { return m_chaos.figures(); }
    [[nodiscard]] interfaces::HealthFigures health(const QByteArray &provider) const override
    {
        return m_healthWatch->figures(provider);
    }
    [[nodiscard]] interfaces::RequestHistory &history() override { return m_recording->history(); }
    [[nodiscard]] interfaces::AppConnections &apps() override { return m_apps; }
    [[nodiscard]] interfaces::AppKeys &appKeys() override { return *m_appKeys; }
    [[nodiscard]] interfaces::CliRuns &cliRuns() override { return m_skills; }
    [[nodiscard]] interfaces::Skills &skills() override { return m_skills; }
    common::Result<void> setMode(common::Mode mode) override;
    common::Result<void> listenOn(quint16 port) override;
    void pause() override { m_config->setPaused(true); }
    void resume() override { m_config->setPaused(false); }
    void addKey(
        const QByteArray &provider,
        const common::Secret &key,
        interfaces::KeyStorage storage,
        Callback<void> done) override;
    void removeKey(
        const QByteArray &provider, const QByteArray &fingerprint, Callback<void> done) override;
    void testKey(
        const QByteArray &provider,
        const QByteArray &fingerprint,
        const common::Secret &candidate,
        Callback<interfaces::KeyTestResult> done) override;
    common::Result<void> setConsent(const QByteArray &provider, bool consent) override;
    void retryKeychain(Callback<void> done) override;
    void resend(const QString &requestId, Callback<QString> done) override;
    common::Result<void> setChaos(const interfaces::ChaosRules &rules) override;
    void quit() override;
    [[nodiscard]] std::unique_ptr<interfaces::Subscription>
    subscribe(std::function<void()> changed) override;

private:
    explicit GatewayService(ServiceOptions options);
    [[nodiscard]] common::Result<void> open();
    [[nodiscard]] common::Result<void> openKeys();
    [[nodiscard]] common::Result<void> openSettings();
    [[nodiscard]] common::Result<void> openCatalog();
    void openRecording();
    void follow();
    [[nodiscard]] settings::Layers layers() const;
    [[nodiscard]] gateway::AccessRules accessRules() const;
    [[nodiscard]] gateway::ServerConfig serverConfig();
    void onKeysChanged();
    void onSettingsChanged();
    void onChaosChanged();
    void onAppsChanged()
    {
        if (m_server) {
            m_server->replaceRules(accessRules());
        }
    }
    /// Empty: any will do.
    [[nodiscard]] common::Secret ownKey() const
    {
        return settings().requireKeys && m_clientKey.isEmpty() ? m_appKeys->ownKey() : m_clientKey;
    }
    void hideSecrets(const common::Secret &candidate = {});
    void announce() { m_subscribers.announce(); }
    [[nodiscard]] connect::Endpoint endpointForTools() const
    {
        return {m_server ? m_server->endpoint().toUtf8() : QByteArray(), ownKey().reveal()};
    }
    [[nodiscard]] interfaces::QuotaOutlook look() const;
    void countProviders(interfaces::GatewayStatus &status) const;
    [[nodiscard]] QString problem() const;

    ServiceOptions m_options;
    common::SystemClock m_clock;
    common::SteadyTime m_startedAt;
    QByteArray m_instanceId;
    common::Secret m_clientKey;
    common::Secret m_adminToken;

    CatalogKeeper m_catalog;
    std::unique_ptr<settings::SettingsStore> m_settings;
    std::unique_ptr<keys::KeyManager> m_keys;
    std::unique_ptr<AppKeyKeeper> m_appKeys;
    quota::CoolDownTable m_coolDowns;
    SleepWatch m_sleep;
    ChaosKeeper m_chaos;
    std::unique_ptr<QuotaKeeper> m_quota;
    std::unique_ptr<gateway::ReplyLogs> m_replies;
    relay::FailurePolicy m_failures;
    dialects::SignatureBook m_signatures;
    health::HealthTable m_health;
    std::unique_ptr<HealthWatch> m_healthWatch;
    std::unique_ptr<Recording> m_recording;
    std::unique_ptr<AuditKeeper> m_audit;
    TelemetryHub m_telemetry;
    gateway::ProcessFinder m_processes{m_telemetry.background()};
    std::unique_ptr<QuotaWatch> m_quotaWatch;
    std::unique_ptr<AccountWatch> m_accounts;
    FreeModelWatch m_freeModels{[this](const QByteArray &model, bool isFree) {
        if (m_catalog.setProven(model, isFree)) {
            m_config->rebuild();
        }
    }};
    std::unique_ptr<OutcomeFanOut> m_outcomes;
    std::unique_ptr<ConfigKeeper> m_config;
    std::unique_ptr<KeyActions> m_keyActions;
    ProviderPages m_pages; ///< after those that its answers change
    ModelLister m_lister;
    std::unique_ptr<Resender> m_resender;
    AppKeeper m_apps{AppKeeper::Parts{
        connect::Machine::current(),
        m_options.paths.connectionsFolder,
        [this] { return endpointForTools(); },
        [this]() -> interfaces::AppKeys & { return *m_appKeys; },
        m_clock}};
    SkillKeeper m_skills{
        m_options.paths.skillsFile,
        std::make_unique<CliRunner>(CliRunner::Surroundings{
            connect::Machine::current(),
            [this] { return settings().cliRuns; },
            [this] { return endpointForTools(); },
            m_options.paths.cliRunsFolder}),
        m_clock};

    QString m_listenProblem;
    quint16 m_nextFreePort = 0;
    QStringList m_keyProblems; ///< those that were logged
    QStringList m_bridgeProblems; ///< likewise
    StartSettings m_started;
    QStringList m_waiting; ///< for the next start: a sentence, or none
    Subscribers m_subscribers;
    std::unique_ptr<gateway::GatewayServer> m_server; ///< last: stopped before what it uses
};

} // namespace freerelay::services
