#include "gateway_service.h"

#include "core/catalog/endpoint.h"
#include "core/keys/admin_token.h"
#include "core/keys/file_secret_store.h"
#include "core/keys/keychain_secret_store.h"
#include "core/keys/qt_keychain_backend.h"
#include "core/relay/model_directory.h"
#include "core/services/config_builder.h"
#include "core/services/demo/demo_catalog.h"
#include "core/services/provider_rows.h"
#include "core/services/worker_handler.h"

#include <QCoreApplication>
#include <QLoggingCategory>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcServices, "freerelay.services", QtInfoMsg)

using common::ErrorKind;
using common::failure;
using common::Result;

constexpr int instanceIdBytes = 6;
/// Free rosters change weekly; a day is fresh enough and costs one small request.
constexpr common::Duration listMaxAge = 24h;

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

std::shared_ptr<const relay::RelayConfig> emptyConfig()
{
    auto config = std::make_shared<relay::RelayConfig>();
    config->catalog = catalog::Catalog::shipped();
    config->keys = std::make_shared<const keys::KeyRing>();
    return config;
}

/// Whether any provider may be used: by its key, by consent, or as one of the user's own.
bool hasProvider(const relay::RelayConfig &config)
{
    return std::any_of(
        config.endpoints.begin(), config.endpoints.end(), [](const routing::Endpoint &endpoint) {
            return !endpoint.barred;
        });
}

/// Each problem once, as long as it lasts.
void logNew(const QStringList &problems, QStringList &known)
{
    for (const QString &problem : problems) {
        if (!known.contains(problem)) {
            qCWarning(lcServices).noquote() << problem;
        }
    }
    known = problems;
}

} // namespace

/// Ends one subscription.
class GatewayService::Listener final : public interfaces::Subscription
{
public:
    Listener(GatewayService &service, std::list<std::function<void()>>::iterator position)
        : m_service(&service)
        , m_position(position)
    { }
    ~Listener() override
    {
        if (m_service) {
            m_service->m_listeners.erase(m_position);
        }
    }
    Q_DISABLE_COPY_MOVE(Listener)

private:
    QPointer<GatewayService> m_service;
    std::list<std::function<void()>>::iterator m_position;
};

GatewayService::GatewayService(ServiceOptions options)
    : m_options(std::move(options))
    , m_startedAt(m_clock.now())
    , m_instanceId(common::randomHex(instanceIdBytes))
    , m_lister(m_clock)
    , m_failures(m_coolDowns, m_clock)
    , m_telemetry(m_clock, m_instanceId, m_options.log)
    , m_config(emptyConfig())
{ }

GatewayService::~GatewayService()
{
    if (m_server) {
        m_server->stop(drainDeadline);
    }
    if (m_recording) {
        m_recording->stop(recordsDeadline);
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
    const settings::Paths &paths = m_options.paths;
    if (const auto folders = paths.createFolders(); !folders) {
        return folders;
    }
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

    settings::Layers layers{
        settings::dotEnvOverrides(m_keys->dotEnvMode()),
        settings::environmentOverrides(m_options.environment, variablesOf(*m_catalog.current())),
        m_options.commandLine};
    auto store = settings::SettingsStore::open(paths.settingsFile, layers);
    if (!store) {
        return failure(store.error());
    }
    m_settings = std::move(*store);

    // The call comes on the store's thread.
    m_recording = std::make_unique<Recording>(paths.recordsFile, m_clock, [this] {
        QMetaObject::invokeMethod(this, [this] { announce(); });
    });
    m_telemetry.sample(m_recording->records());
    std::vector<relay::OutcomeSink *> sinks = m_telemetry.sinks();
    sinks.push_back(&m_recording->sink());
    m_outcomes = std::make_unique<OutcomeFanOut>(std::move(sinks));

    const QString own = m_settings->current().providersFile;
    m_catalog.loadUserProviders(own.isEmpty() ? paths.providersFile : own);
    m_catalog.loadCache(paths.dataFolder + "/models.json"_L1);
    m_keys->setProviders(m_catalog.current()->providers());
    layers.environment = settings::environmentOverrides(
        m_options.environment, variablesOf(*m_catalog.current()));
    if (const auto layered = m_settings->setLayers(std::move(layers)); !layered) {
        return layered;
    }
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
    rebuild();
    m_keys->load([this](const Result<void> &loaded) {
        Q_UNUSED(loaded) // it is among the problems of the keys
        onKeysChanged();
    });
    if (const QStringList &ignored = m_keys->ignoredNames(); !ignored.isEmpty()) {
        qCInfo(lcServices).noquote() << "not taken from .env:" << ignored.join(u", "_s);
    }
    return {};
}

gateway::AccessRules GatewayService::accessRules() const
{
    const settings::Settings &current = m_settings->current();
    return gateway::accessRules(
        {current.host,
         current.allowedHosts,
         current.allowedOrigins,
         current.sameUserOnly,
         current.unknownPeer,
         current.limits},
        m_clientKey,
        m_adminToken);
}

Result<void> GatewayService::listen()
{
    const settings::Settings &current = m_settings->current();
    gateway::ServerConfig config;
    config.host = current.host;
    config.port = current.port;
    config.workers = current.workers;
    config.rules = accessRules();
    config.handlerFactory = [this](int, const common::Published<gateway::AccessRules> &rules) {
        const SharedParts parts{
            m_config,
            m_coolDowns,
            m_failures,
            *m_outcomes,
            m_clock,
            *this,
            *this,
            m_telemetry.metrics(),
            m_telemetry.background(),
            [this] { return m_recording->status(); }};
        return std::make_unique<WorkerHandler>(parts, rules);
    };
    auto server = gateway::GatewayServer::start(config);
    if (!server) {
        m_listenProblem = server.error().message;
        // The listener's detail is the next free port in digits, for this kind only.
        m_nextFreePort = server.error().kind == common::ErrorKind::AlreadyExists
            ? server.error().detail.toUShort()
            : quint16(0);
        announce();
        return failure(server.error());
    }
    m_server = std::move(*server);
    m_telemetry.sample(m_server->counters());
    m_listenProblem.clear();
    m_nextFreePort = 0;
    rebuild(); // the port may be another one than the settings', and addresses are checked against
               // it
    return {};
}

void GatewayService::onKeysChanged()
{
    hideSecrets();
    logNew(m_keys->problems(), m_keyProblems);
    rebuild();
    discover();
}

void GatewayService::hideSecrets(const common::Secret &candidate)
{
    m_telemetry.hideSecrets(*m_keys, *m_catalog.current(), {m_clientKey, m_adminToken, candidate});
}

void GatewayService::onSettingsChanged()
{
    if (m_server) {
        m_server->replaceRules(accessRules());
    }
    m_recording->follow(m_settings->current());
    m_telemetry.follow(m_settings->current());
    rebuild();
    discover();
}

/// Publishes the configuration that follows from what is known now.
void GatewayService::rebuild()
{
    ConfigParts parts;
    parts.catalog = m_catalog.current();
    parts.keys = m_keys->ring().load();
    parts.settings = m_settings->current();
    parts.paused = m_paused;
    parts.ownPort = m_server ? m_server->port() : parts.settings.port;
    parts.instanceId = m_instanceId;
    parts.version = m_config.version();
    BuiltConfig built = buildConfig(parts);
    if (hasProvider(*built.config)) {
        m_keys->markConfigured();
    }
    updateDemo();
    if (m_demo) {
        parts.catalog = withDemo(
            *m_catalog.current(),
            m_demo->port(),
            m_options.threeDemos ? DemoSize::Three : DemoSize::One);
        built = buildConfig(parts);
    }
    logNew(built.problems, m_configProblems);
    m_telemetry.setCatalog(*parts.catalog);
    m_config.publish(std::move(built.config));
    announce();
}

/// The demo stands in only as long as nothing was ever configured and nothing may be hidden in a
/// keychain that cannot be read.
void GatewayService::updateDemo()
{
    const std::shared_ptr<const keys::KeyRing> ring = m_keys->ring().load();
    const bool wanted = ring->isEmpty() && ring->unreadable.isEmpty() && !m_keys->everConfigured();
    if (!wanted) {
        m_demo.reset();
        return;
    }
    if (m_demo) {
        return;
    }
    auto demo = DemoProvider::start();
    if (demo) {
        m_demo = std::move(*demo);
    } else {
        qCWarning(lcServices).noquote() << demo.error().message;
    }
}

void GatewayService::discover()
{
    const std::shared_ptr<const relay::RelayConfig> config = m_config.load();
    for (const routing::Endpoint &endpoint : config->endpoints) {
        const catalog::Provider &provider = *endpoint.provider;
        const QByteArray address = config->baseUrls.value(provider.id);
        if (endpoint.barred || isDemo(provider) || provider.modelsPath.isEmpty()
            || m_catalog.isFresh(provider.id, address, m_clock.wallNow(), listMaxAge)) {
            continue;
        }
        const QByteArray question = provider.id + ' ' + address + ' ' + endpoint.keys.front();
        if (m_askedForModels.contains(question)) {
            continue;
        }
        m_askedForModels.insert(question);
        const keys::Key *key = config->key(provider.id, endpoint.keys.front());
        ListRequest request{
            provider,
            address,
            m_settings->current().provider(provider.id).extra,
            key != nullptr ? key->secret : common::Secret()};
        m_lister.list(
            std::move(request), [this, id = provider.id, address](const Result<ModelList> &found) {
                if (!found) {
                    qCInfo(lcServices).noquote()
                        << "models of" << id << "not listed:" << found.error().message;
                    return;
                }
                m_catalog.setDiscovered(id, address, found->names, m_clock.wallNow());
                rebuild();
            });
    }
}

void GatewayService::announce()
{
    for (const std::function<void()> &listener : m_listeners) {
        listener();
    }
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
    const QStringList all = m_keys->problems() + m_configProblems;
    return all.isEmpty() ? m_recording->problem() : all.first();
}

interfaces::GatewayStatus GatewayService::status() const
{
    const std::shared_ptr<const relay::RelayConfig> config = m_config.load();
    interfaces::GatewayStatus status;
    status.listening = m_server != nullptr;
    status.endpoint = m_server ? m_server->endpoint() : QString();
    status.mode = config->mode;
    status.paused = m_paused;
    status.demo = m_demo != nullptr;
    for (const relay::ProviderHealth &provider :
         relay::providerHealth(*config, m_coolDowns, m_clock.now())) {
        const bool real = !m_demo || !provider.id.startsWith("demo");
        status.providersConfigured += real ? 1 : 0;
        status.providersReady += real && provider.state == "ready" ? 1 : 0;
    }
    status.requestsTotal = m_recording->log().total();
    status.requestsFailed = m_recording->log().failed();
    status.requestsInFlight = m_server ? m_server->counters().requestsInFlight.load() : 0;
    status.problem = problem();
    status.recording = m_recording->status();
    status.nextFreePort = m_nextFreePort;
    status.version = QStringLiteral(FREERELAY_VERSION);
    status.pid = QCoreApplication::applicationPid();
    status.uptime = std::chrono::duration_cast<std::chrono::seconds>(m_clock.now() - m_startedAt);
    return status;
}

std::vector<interfaces::ProviderRow> GatewayService::providers() const
{
    return providerRows(*m_config.load(), m_coolDowns, m_clock);
}

std::vector<interfaces::ModelRow> GatewayService::models(bool all) const
{
    const std::shared_ptr<const relay::RelayConfig> config = m_config.load();
    std::vector<interfaces::ModelRow> rows;
    for (const relay::ListedModel &model :
         relay::listModels(*config, m_coolDowns, all, m_clock.now())) {
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

void GatewayService::pause()
{
    m_paused = true;
    rebuild();
}

void GatewayService::resume()
{
    m_paused = false;
    rebuild();
}

QByteArray GatewayService::addressOf(const QByteArray &provider) const
{
    return m_config.load()->baseUrls.value(provider);
}

void GatewayService::addKey(
    const QByteArray &provider,
    const common::Secret &key,
    interfaces::KeyStorage storage,
    Callback<void> done)
{
    hideSecrets(key);
    keys::KeySource source = keys::KeySource::Keychain;
    if (storage == interfaces::KeyStorage::Session) {
        source = keys::KeySource::Session;
    } else if (storage == interfaces::KeyStorage::File) {
        source = keys::KeySource::File;
    }
    m_keys->add(
        provider,
        key,
        addressOf(provider),
        source,
        [this, provider, done = std::move(done)](Result<void> added) {
            if (added) {
                m_coolDowns.clear(provider);
            }
            done(std::move(added));
        });
}

void GatewayService::removeKey(
    const QByteArray &provider, const QByteArray &fingerprint, Callback<void> done)
{
    m_keys->remove(provider, fingerprint, std::move(done));
}

void GatewayService::testKey(
    const QByteArray &provider,
    const QByteArray &fingerprint,
    const common::Secret &candidate,
    Callback<interfaces::KeyTestResult> done)
{
    hideSecrets(candidate);
    const std::shared_ptr<const relay::RelayConfig> config = m_config.load();
    const catalog::Provider *known = config->catalog->provider(provider);
    const keys::Key *stored = known != nullptr ? config->key(provider, fingerprint) : nullptr;
    if (known == nullptr
        || (stored == nullptr && candidate.isEmpty() && catalog::needsKey(*known))) {
        done(failure(ErrorKind::NotFound, u"There is no such key."_s));
        return;
    }
    ListRequest request{
        *known,
        config->baseUrls.value(provider),
        m_settings->current().provider(provider).extra,
        candidate.isEmpty() && stored != nullptr ? stored->secret : candidate};
    m_lister.list(
        std::move(request),
        [this, provider, fingerprint, done = std::move(done)](const Result<ModelList> &found) {
            if (!found) {
                done(failure(found.error()));
                return;
            }
            if (!fingerprint.isEmpty()) {
                m_coolDowns.clear(provider, fingerprint);
                announce();
            }
            const auto count = static_cast<int>(found->names.size());
            done(interfaces::KeyTestResult{
                found->latency,
                count,
                u"It works: %1 models, answered in %2 ms."_s.arg(count).arg(
                    found->latency.count())});
        });
}

Result<void> GatewayService::setConsent(const QByteArray &provider, bool consent)
{
    if (m_config.load()->catalog->provider(provider) == nullptr) {
        return failure(ErrorKind::NotFound, u"There is no such provider."_s);
    }
    if (consent) {
        m_keys->markConfigured();
    }
    return m_settings->set(
        u"providers.%1.consent"_s.arg(QString::fromUtf8(provider)),
        consent ? u"true"_s : u"false"_s);
}

void GatewayService::retryKeychain(Callback<void> done)
{
    m_keys->load(std::move(done));
}

void GatewayService::quit()
{
    if (m_options.quit) {
        m_options.quit();
    }
}

std::unique_ptr<interfaces::Subscription> GatewayService::subscribe(std::function<void()> changed)
{
    return std::make_unique<Listener>(
        *this, m_listeners.insert(m_listeners.end(), std::move(changed)));
}

} // namespace freerelay::services
