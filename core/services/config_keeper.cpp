#include "config_keeper.h"

#include "core/services/demo/demo_catalog.h"

#include <QLoggingCategory>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcServices, "freerelay.services", QtInfoMsg)

/// Free rosters change weekly; a day is fresh enough and costs one small request.
constexpr common::Duration listMaxAge = 24h;

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

} // namespace

void logNew(const QStringList &problems, QStringList &known)
{
    for (const QString &problem : problems) {
        if (!known.contains(problem)) {
            qCWarning(lcServices).noquote() << problem;
        }
    }
    known = problems;
}

ConfigKeeper::ConfigKeeper(ConfigSources sources)
    : m_sources(std::move(sources))
    , m_config(emptyConfig())
{ }

ConfigParts ConfigKeeper::parts() const
{
    ConfigParts parts;
    parts.catalog = m_sources.catalog.current();
    parts.keys = m_sources.keys.ring().load();
    parts.settings = m_sources.settings.current();
    parts.paused = m_paused;
    parts.ownPort = m_ownPort != 0 ? m_ownPort : parts.settings.port;
    parts.instanceId = m_sources.instanceId;
    parts.version = m_config.version();
    return parts;
}

void ConfigKeeper::rebuild()
{
    ConfigParts from = parts();
    BuiltConfig built = buildConfig(from);
    if (hasProvider(*built.config)) {
        m_sources.keys.markConfigured();
    }
    updateDemo();
    if (m_demo) {
        from.catalog = withDemo(
            *from.catalog, m_demo->port(), m_sources.threeDemos ? DemoSize::Three : DemoSize::One);
        built = buildConfig(from);
    }
    logNew(built.problems, m_problems);
    m_sources.telemetry.setCatalog(*from.catalog);
    m_config.publish(std::move(built.config));
    Q_EMIT rebuilt();
}

/// The demo stands in only as long as nothing was ever configured and nothing may be hidden in a
/// keychain that cannot be read.
void ConfigKeeper::updateDemo()
{
    const keys::KeyManager &keys = m_sources.keys;
    const std::shared_ptr<const keys::KeyRing> ring = keys.ring().load();
    const bool wanted = ring->isEmpty() && ring->unreadable.isEmpty() && !keys.everConfigured();
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

void ConfigKeeper::discover()
{
    const std::shared_ptr<const relay::RelayConfig> config = current();
    for (const routing::Endpoint &endpoint : config->endpoints) {
        const catalog::Provider &provider = *endpoint.provider;
        const QByteArray address = config->baseUrls.value(provider.id);
        if (endpoint.barred || services::isDemo(provider) || provider.modelsPath.isEmpty()
            || m_sources.catalog.isFresh(
                provider.id, address, m_sources.clock.wallNow(), listMaxAge)) {
            continue;
        }
        ask(provider, address, endpoint.keys.front());
    }
}

void ConfigKeeper::ask(
    const catalog::Provider &provider, const QByteArray &address, const QByteArray &key)
{
    const QByteArray question = provider.id + ' ' + address + ' ' + key;
    if (m_askedForModels.contains(question)) {
        return;
    }
    m_askedForModels.insert(question);
    const keys::Key *known = current()->key(provider.id, key);
    ListRequest request{
        provider,
        address,
        m_sources.settings.current().provider(provider.id).extra,
        known != nullptr ? known->secret : common::Secret()};
    m_sources.lister.list(
        std::move(request),
        [this, id = provider.id, address](const common::Result<ModelList> &found) {
            if (!found) {
                qCInfo(lcServices).noquote()
                    << "models of" << id << "not listed:" << found.error().message;
                return;
            }
            m_sources.catalog.setDiscovered(id, address, found->names, m_sources.clock.wallNow());
            rebuild();
        });
}

void ConfigKeeper::setPaused(bool paused)
{
    m_paused = paused;
    rebuild();
}

void ConfigKeeper::setOwnPort(quint16 port)
{
    m_ownPort = port;
    rebuild();
}

} // namespace freerelay::services
