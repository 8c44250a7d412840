#include "gateway_service.h"

#include "core/keys/admin_token.h"
#include "core/keys/file_secret_store.h"
#include "core/keys/keychain_secret_store.h"
#include "core/keys/qt_keychain_backend.h"
#include "core/relay/model_directory.h"
#include "core/services/provider_rows.h"
#include "core/services/quota/quota_rows.h"
#include "core/services/worker_handler.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QRandomGenerator>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcServices, "freerelay.services", QtInfoMsg)

using common::ErrorKind;
using common::failure;
using common::Result;

constexpr int instanceIdBytes = 6;
std::vector<settings::ProviderVariables> variablesOf(const catalog::Catalog &catalog)
{
    std::vector<settings::ProviderVariables> result;
    for (const catalog::Provider &provider : catalog.providers()) {
        for (const QByteArray &alias : provider.addressAliases) {
            result.push_back({provider.id, alias, provider.baseUrl, {}});
        }
        result.push_back(
            {provider.id, provider.addressVariable, provider.baseUrl, provider.placeholders});
    }
    return result;
}

} // namespace

GatewayService::GatewayService(ServiceOptions options)
    : m_options(std::move(options))
    , m_startedAt(m_clock.now())
    , m_instanceId(common::randomHex(instanceIdBytes))
    , m_sleep(m_coolDowns, m_clock, [this] { announce(); })
    , m_chaos(m_options.chaos)
    , m_failures(m_coolDowns, m_clock)
    , m_health(m_clock, [] { return QRandomGenerator::global()->generateDouble(); })
    , m_telemetry(m_clock, m_instanceId, m_options.log)
    , m_pages(m_clock)
    , m_lister(m_pages)
{ }

GatewayService::~GatewayService()
{
    if (m_server) {
        m_server->stop(drainDeadline);
    }
    if (m_appKeys) {
        m_appKeys->stop();
    }
    if (m_quota) {
        m_quota->stop();
    }
    if (m_recording) {
        m_recording->stop(recordsDeadline);
    }
    if (m_audit) {
        m_audit->stop(recordsDeadline);
    }
    m_telemetry.stopSampling();
}

Result<std::unique_ptr<GatewayService>> GatewayService::create(ServiceOptions options)
{
    std::unique_ptr<GatewayService> service(new GatewayService(std::move(options)));
    if (const auto opened = service->open(); !opened) {
        return failure(opened.error());
    }
    return service;
}

Result<void> GatewayService::open()
{
    if (const auto folders = m_options.paths.createFolders(); !folders) {
        return folders;
    }
    if (const auto keys = openKeys(); !keys) {
        return keys;
    }
    if (const auto settings = openSettings(); !settings) {
        return settings;
    }
    openRecording();
    m_replies = std::make_unique<gateway::ReplyLogs>(m_options.paths.repliesFolder, m_clock);
    if (const auto catalog = openCatalog(); !catalog) {
        return catalog;
    }
    if (const auto chaos = m_chaos.check(*m_catalog.current()); !chaos) {
        return chaos;
    }
    if (m_chaos.isOn()) {
        m_chaos.announce();
        onChaosChanged();
    }
    follow();
    m_keys->load([this](const Result<void> &loaded) {
        Q_UNUSED(loaded) // it is among the problems of the keys
        onKeysChanged();
    });
    if (const QStringList &ignored = m_keys->ignoredNames(); !ignored.isEmpty()) {
        qCInfo(lcServices).noquote() << "not taken from .env:" << ignored.join(u", "_s);
    }
    return {};
}

Result<void> GatewayService::openKeys()
{
    const settings::Paths &paths = m_options.paths;
    auto client = keys::clientKey(m_options.environment);
    if (!client) {
        return failure(client.error());
    }
    m_clientKey = std::move(*client);
    auto admin = keys::loadOrCreateAdminToken(paths.adminTokenFile);
    if (!admin) {
        return failure(admin.error());
    }
    m_adminToken = std::move(*admin);
    m_appKeys = std::make_unique<AppKeyKeeper>(AppKeyKeeper::Parts{
        paths.appsFile,
        useFingerprintKey(paths.fingerprintKeyFile),
        m_telemetry.background(),
        m_clock,
        [this] { onAppsChanged(); }});
    keys::KeyPlaces places{
        m_options.environment,
        m_options.dotEnvFile,
        std::make_unique<keys::KeychainSecretStore>(
            std::make_unique<keys::QtKeychainBackend>(u"freerelay"_s)),
        std::make_unique<keys::FileSecretStore>(paths.keysFile),
        paths.stateFolder};
    m_keys = std::make_unique<keys::KeyManager>(
        std::move(places), m_catalog.current()->providers());
    hideSecrets();
    return {};
}

settings::Layers GatewayService::layers() const
{
    return {
        settings::dotEnvOverrides(m_keys->dotEnvMode()),
        settings::environmentOverrides(m_options.environment, variablesOf(*m_catalog.current())),
        m_options.commandLine};
}

Result<void> GatewayService::openSettings()
{
    auto store = settings::SettingsStore::open(m_options.paths.settingsFile, layers());
    if (!store) {
        return failure(store.error());
    }
    m_settings = std::move(*store);
    return {};
}

void GatewayService::openRecording()
{
    m_quota = std::make_unique<QuotaKeeper>(
        m_options.paths.quotaFile, m_telemetry.background(), m_clock);
    m_telemetry.sample(m_quota->ledger());
    m_telemetry.sample(m_health);
    m_healthWatch = std::make_unique<HealthWatch>(HealthWatch::Parts{
        m_health, m_clock, [this] { return m_config->current(); }, [this] { announce(); }});
    m_quotaWatch = std::make_unique<QuotaWatch>(QuotaWatch::Parts{
        [this] { return m_quota->ledger().isAnyTight() || m_coolDowns.isAnyActive(m_clock.now()); },
        [this] { return look(); },
        [this] { announce(); }});
    m_accounts = std::make_unique<AccountWatch>(AccountWatch::Parts{
        [this] { return m_config->current(); },
        m_pages,
        m_quota->ledger(),
        m_clock,
        [this] { m_quotaWatch->check(); }});
    // The call comes on the store's thread.
    m_recording = std::make_unique<Recording>(
        Recording::Places{m_options.paths.recordsFile, m_options.paths.textsFile},
        m_clock,
        m_options.log.redactor,
        [this] { QMetaObject::invokeMethod(this, [this] { announce(); }); });
    m_audit = std::make_unique<AuditKeeper>(
        AuditKeeper::Parts{
            m_options.paths.auditFolder,
            m_instanceId,
            std::make_unique<keys::QtKeychainBackend>(u"freerelay"_s),
            [this] { QMetaObject::invokeMethod(this, [this] { announce(); }); }},
        m_clock);
    m_resender = std::make_unique<Resender>(
        m_recording->history(), *m_telemetry.background().thread(), m_clock);
    m_telemetry.sample(m_recording->records());
    m_telemetry.sample(m_audit->trail());
    std::vector<relay::OutcomeSink *> sinks = m_telemetry.sinks();
    sinks.push_back(&m_recording->sink());
    sinks.push_back(m_quotaWatch.get());
    sinks.push_back(m_accounts.get());
    sinks.push_back(m_healthWatch.get());
    sinks.push_back(&m_freeModels);
    m_outcomes = std::make_unique<OutcomeFanOut>(std::move(sinks));
}

/// The user's providers bring variables of their own, so the settings are layered once more.
Result<void> GatewayService::openCatalog()
{
    const settings::Paths &paths = m_options.paths;
    const QString own = m_settings->current().providersFile;
    m_catalog.loadUserProviders(own.isEmpty() ? paths.providersFile : own);
    m_catalog.loadCache(paths.dataFolder + "/models.json"_L1);
    m_catalog.loadProven(paths.dataFolder + "/proven_models.json"_L1);
    m_keys->setProviders(m_catalog.current()->providers());
    return m_settings->setLayers(layers());
}

/// From here on changes of keys and settings are obeyed.
void GatewayService::follow()
{
    m_config = std::make_unique<ConfigKeeper>(ConfigSources{
        m_catalog,
        *m_keys,
        *m_settings,
        m_lister,
        m_telemetry,
        m_clock,
        m_instanceId,
        m_options.threeDemos});
    m_keyActions = std::make_unique<KeyActions>(KeyActions::Parts{
        *m_keys, *m_settings, m_lister, m_coolDowns, m_health, *m_config, [this] { announce(); }});
    connect(m_config.get(), &ConfigKeeper::rebuilt, this, [this] {
        m_quotaWatch->check();
        m_accounts->follow();
        announce();
    });
    connect(m_keys.get(), &keys::KeyManager::ringChanged, this, &GatewayService::onKeysChanged);
    connect(
        m_settings.get(),
        &settings::SettingsStore::changed,
        this,
        &GatewayService::onSettingsChanged);
    connect(
        m_settings.get(),
        &settings::SettingsStore::reloadFailed,
        this,
        [this](const common::Error &error) {
            qCWarning(lcServices).noquote() << error.message;
            announce();
        });
    m_recording->follow(m_settings->current());
    m_telemetry.follow(m_settings->current());
    m_audit->follow(m_settings->current());
    m_healthWatch->follow(m_settings->current().brownout);
    m_config->rebuild();
}

gateway::AccessRules GatewayService::accessRules() const
{
    return gateway::accessRules(
        m_started.accessOptions(m_settings->current()),
        m_clientKey,
        m_adminToken,
        m_appKeys->table());
}

gateway::ServerConfig GatewayService::serverConfig()
{
    const settings::Settings &current = m_settings->current();
    gateway::ServerConfig config;
    config.host = current.host;
    config.port = current.port;
    config.workers = current.workers;
    config.rules = accessRules();
    config.processes = &m_processes;
    config.bridgeAddress = current.bridgeAddress;
    config.handlerFactory = [this](int, const common::Published<gateway::AccessRules> &rules) {
        const SharedParts parts{
            m_config->config(),
            {m_coolDowns, m_quota->ledger(), m_failures, m_health, m_signatures},
            *m_outcomes,
            m_clock,
            *this,
            m_recording->history(),
            *this,
            m_telemetry.metrics(),
            m_telemetry.background(),
            [this] { return m_recording->status(); },
            m_audit->rules(),
            m_audit->trail(),
            [this] { return m_audit->status(); },
            *m_replies,
            m_recording->texts(),
            m_chaos};
        return std::make_unique<WorkerHandler>(parts, rules);
    };
    return config;
}

Result<void> GatewayService::listen()
{
    m_started = StartSettings(m_settings->current());
    auto server = gateway::GatewayServer::start(serverConfig());
    if (!server) {
        m_listenProblem = server.error().message;
        // The listener's detail is the next free port in digits, for this kind only.
        m_nextFreePort = server.error().kind == ErrorKind::AlreadyExists
            ? server.error().detail.toUShort()
            : quint16(0);
        announce();
        return failure(server.error());
    }
    m_server = std::move(*server);
    m_telemetry.sample(m_server->counters());
    logNew(m_server->problems(), m_bridgeProblems);
    m_listenProblem.clear();
    m_nextFreePort = 0;
    // It may be another one than the settings', and addresses are checked against it.
    m_config->setOwnPort(m_server->port());
    return {};
}

void GatewayService::onKeysChanged()
{
    hideSecrets();
    logNew(m_keys->problems(), m_keyProblems);
    m_config->rebuild();
    m_config->discover();
}

void GatewayService::hideSecrets(const common::Secret &candidate)
{
    m_telemetry.hideSecrets(*m_keys, *m_catalog.current(), {m_clientKey, m_adminToken, candidate});
}

void GatewayService::onSettingsChanged()
{
    onAppsChanged();
    logNew(m_started.waiting(m_settings->current()), m_waiting);
    m_recording->follow(m_settings->current());
    m_telemetry.follow(m_settings->current());
    m_audit->follow(m_settings->current());
    m_healthWatch->follow(m_settings->current().brownout);
    m_config->rebuild();
    m_config->discover();
}

/// What is counted of quotas while faults are played did not happen at the provider.
void GatewayService::onChaosChanged()
{
    if (m_chaos.isOn()) {
        m_quota->keepNoMore();
    }
    announce();
}

QString GatewayService::problem() const
{
    if (!m_listenProblem.isEmpty()) {
        return m_listenProblem;
    }
    if (const auto &settingsProblem = m_settings->problem()) {
        return settingsProblem->message;
    }
    if (!m_catalog.problem().isEmpty()) {
        return m_catalog.problem();
    }
    const std::shared_ptr<const keys::KeyRing> ring = m_keys->ring().load();
    if (!ring->unreadable.isEmpty()) {
        return ring->unreadable;
    }
    const QStringList all = m_keys->problems() + m_config->problems() + m_bridgeProblems
        + m_waiting;
    if (!all.isEmpty()) {
        return all.first();
    }
    const QString unaudited = m_audit->problem();
    return unaudited.isEmpty() ? m_recording->problem() : unaudited;
}

/// Demo providers stand in for real ones and are not counted.
void GatewayService::countProviders(interfaces::GatewayStatus &status) const
{
    const std::vector<quota::QuotaConstraint> quotas = m_quota->ledger().constraints({});
    for (const relay::ProviderHealth &provider :
         relay::providerHealth(*m_config->current(), {m_coolDowns, quotas, m_clock.now()})) {
        if (status.demo && provider.id.startsWith("demo")) {
            continue;
        }
        const bool isUsedUp = std::any_of(
            status.outlook.usedUp.begin(), status.outlook.usedUp.end(), [&](const auto &one) {
                return one.id == provider.id;
            });
        ++status.providersConfigured;
        status.providersReady += provider.state == "ready" && !isUsedUp ? 1 : 0;
    }
}

interfaces::GatewayStatus GatewayService::status() const
{
    interfaces::GatewayStatus status;
    status.listening = m_server != nullptr;
    status.endpoint = m_server ? m_server->endpoint() : QString();
    status.mode = m_config->current()->mode;
    status.paused = m_config->isPaused();
    status.demo = m_config->isDemo();
    status.brownout = m_healthWatch->brownout();
    status.outlook = m_quotaWatch->outlook();
    countProviders(status);
    status.requestsTotal = m_recording->log().total();
    status.requestsFailed = m_recording->log().failed();
    status.requestsInFlight = m_server ? m_server->counters().requestsInFlight.load() : 0;
    status.problem = problem();
    status.recording = m_recording->status();
    status.audit = m_audit->status();
    status.chaos = {m_chaos.isOn(), m_chaos.played()};
    status.nextFreePort = m_nextFreePort;
    status.version = QStringLiteral(FREERELAY_VERSION);
    status.pid = QCoreApplication::applicationPid();
    status.uptime = std::chrono::duration_cast<std::chrono::seconds>(m_clock.now() - m_startedAt);
    return status;
}

std::vector<interfaces::ProviderRow> GatewayService::providers() const
{
    return providerRows(*m_config->current(), m_coolDowns, look().usedUp, m_clock);
}

std::vector<interfaces::ModelRow> GatewayService::models(bool all) const
{
    const std::shared_ptr<const relay::RelayConfig> config = m_config->current();
    std::vector<interfaces::ModelRow> rows;
    const std::vector<quota::QuotaConstraint> quotas = m_quota->ledger().constraints({});
    for (const relay::ListedModel &model :
         relay::listModels(*config, {m_coolDowns, quotas, m_clock.now()}, all)) {
        rows.push_back(
            {QString::fromUtf8(model.id),
             QString::fromUtf8(model.ownedBy),
             QString::fromLatin1(model.tier),
             model.usable,
             model.contextWindow});
    }
    return rows;
}

std::vector<interfaces::RequestRow> GatewayService::recentRequests(int limit, quint64 after) const
{
    return m_recording->log().rows(limit, after);
}

interfaces::QuotaOutlook GatewayService::look() const
{
    return quotaOutlook({*m_config->current(), m_quota->ledger(), m_coolDowns, m_clock});
}

interfaces::QuotaFigures GatewayService::quota() const
{
    m_accounts->look();
    return quotaFigures({*m_config->current(), m_quota->ledger(), m_coolDowns, m_clock});
}

Result<void> GatewayService::setMode(common::Mode mode)
{
    return m_settings->set(u"mode"_s, common::toString(mode));
}

Result<void> GatewayService::listenOn(quint16 port)
{
    if (m_server) {
        return failure(common::ErrorKind::AlreadyExists, u"FreeRelay listens on a port already."_s);
    }
    const Result<void> stored = port == 0 ? Result<void>()
                                          : m_settings->set(u"port"_s, QString::number(port));
    const bool inForce = stored || stored.error().kind == common::ErrorKind::StorageFailed
        || stored.error().kind == common::ErrorKind::PermissionDenied;
    if (!inForce) {
        return stored;
    }
    if (const Result<void> listening = listen(); !listening) {
        return listening;
    }
    return stored;
}

void GatewayService::addKey(
    const QByteArray &provider,
    const common::Secret &key,
    interfaces::KeyStorage storage,
    Callback<void> done)
{
    hideSecrets(key);
    m_keyActions->add(provider, key, storage, std::move(done));
}

void GatewayService::removeKey(
    const QByteArray &provider, const QByteArray &fingerprint, Callback<void> done)
{
    m_keyActions->remove(provider, fingerprint, std::move(done));
}

void GatewayService::testKey(
    const QByteArray &provider,
    const QByteArray &fingerprint,
    const common::Secret &candidate,
    Callback<interfaces::KeyTestResult> done)
{
    hideSecrets(candidate);
    m_keyActions->test(provider, fingerprint, candidate, std::move(done));
}

Result<void> GatewayService::setConsent(const QByteArray &provider, bool consent)
{
    return m_keyActions->setConsent(provider, consent);
}

void GatewayService::retryKeychain(Callback<void> done)
{
    m_keys->load(std::move(done));
    m_audit->retryKeys();
}

void GatewayService::resend(const QString &requestId, Callback<QString> done)
{
    m_resender->resend(
        requestId, {m_server ? m_server->endpoint() : QString(), ownKey()}, std::move(done));
}

Result<void> GatewayService::setChaos(const interfaces::ChaosRules &rules)
{
    const Result<void> set = m_chaos.setRules(rules, *m_catalog.current());
    if (set) {
        onChaosChanged();
    }
    return set;
}

void GatewayService::quit()
{
    if (m_options.quit) {
        m_options.quit();
    }
}

std::unique_ptr<interfaces::Subscription> GatewayService::subscribe(std::function<void()> changed)
{
    return m_subscribers.subscribe(std::move(changed));
}

} // namespace freerelay::services
