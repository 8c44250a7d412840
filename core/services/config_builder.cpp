#include "config_builder.h"

#include "core/catalog/endpoint.h"
#include "core/keys/key_binding.h"
#include "core/services/demo/demo_catalog.h"
#include "core/upstream/endpoint.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using catalog::Provider;
using routing::Disqualified;
using routing::Endpoint;

/// Builds one snapshot; lives only inside buildConfig().
class Builder
{
public:
    explicit Builder(const ConfigParts &parts)
        : m_parts(parts)
        , m_config(std::make_shared<relay::RelayConfig>())
    { }

    BuiltConfig build()
    {
        const settings::Settings &settings = m_parts.settings;
        m_config->catalog = m_parts.catalog;
        m_config->keys = m_parts.keys;
        m_config->mode = settings.mode;
        m_config->allowPaidInAuto = settings.allowPaidInAuto;
        m_config->paused = m_parts.paused;
        m_config->keysUnreadable = m_parts.keys->unreadable;
        m_config->keysAreBeingRead = m_parts.keys->isBeingRead;
        m_config->requestDeadline = settings.requestDeadline;
        m_config->firstContentTimeout = settings.firstContentTimeout;
        m_config->wholeReplyTimeout = settings.wholeReplyTimeout;
        m_config->gapTimeout = settings.gapTimeout;
        m_config->quotaWait = settings.quotaWait;
        m_config->continueStreams = settings.continueStreams;
        m_config->hedging = settings.hedging;
        m_config->resumeKeep = settings.resumeKeep;
        m_config->responsesKeep = settings.responsesKeep;
        m_config->resumeGrace = settings.resumeGrace;
        m_config->maxAttempts = settings.maxAttempts;
        m_config->instanceId = m_parts.instanceId;
        m_config->tracing = !m_parts.settings.otlpEndpoint.isEmpty();
        m_config->version = m_parts.version;
        for (const Provider &provider : m_parts.catalog->providers()) {
            m_config->endpoints.push_back(endpointOf(provider));
        }
        m_config->rank();
        return {std::move(m_config), std::move(m_problems)};
    }

private:
    Endpoint endpointOf(const Provider &provider)
    {
        const settings::ProviderSettings own = m_parts.settings.provider(provider.id);
        Endpoint endpoint;
        endpoint.provider = &provider;
        endpoint.trialAsFree = own.trialAsFree;
        if (!own.enabled) {
            endpoint.barred = Disqualified::Disabled;
            return endpoint;
        }
        const QByteArray address = addressOf(provider, own);
        if (address.isEmpty()) {
            endpoint.barred = Disqualified::NoAddress;
            return endpoint;
        }
        m_config->baseUrls.insert(provider.id, address);
        endpoint.keys = usableKeys(provider, address);
        if (endpoint.keys.empty()) {
            endpoint.barred = barWithoutKey(provider, own);
            endpoint.keys.emplace_back();
        }
        return endpoint;
    }

    /// "" when there is none that may be used.
    QByteArray addressOf(const Provider &provider, const settings::ProviderSettings &own)
    {
        auto address = catalog::baseUrlOf(provider, own.baseUrl, own.extra);
        if (!address) {
            if (!own.baseUrl.isEmpty()) {
                addProblem(provider, address.error().message);
            }
            return {};
        }
        // The demo provider is a listener of ours, but another one than the gateway's.
        const auto foreign = upstream::checkNotOwnListener(*address, m_parts.ownPort);
        if (m_parts.ownPort != 0 && !foreign) {
            if (isWanted(provider, own)) {
                addProblem(provider, foreign.error().message);
            }
            return {};
        }
        return *address;
    }

    /// A shipped local server that nobody asked for may stand on our port without a word.
    [[nodiscard]] bool
    isWanted(const Provider &provider, const settings::ProviderSettings &own) const
    {
        return !own.baseUrl.isEmpty() || own.consent || provider.userDefined
            || !m_parts.keys->keysFor(provider.id).empty();
    }

    std::vector<QByteArray> usableKeys(const Provider &provider, const QByteArray &address)
    {
        std::vector<QByteArray> fingerprints;
        for (const keys::Key &key : m_parts.keys->keysFor(provider.id)) {
            if (const auto allowed = keys::mayUse(key, provider, address)) {
                fingerprints.push_back(key.fingerprint);
            } else {
                addProblem(provider, allowed.error().message);
            }
        }
        return fingerprints;
    }

    static std::optional<Disqualified>
    barWithoutKey(const Provider &provider, const settings::ProviderSettings &own)
    {
        if (catalog::needsKey(provider)) {
            return Disqualified::NoKey;
        }
        const bool asks = provider.consentRequired || provider.tier == catalog::Tier::Local;
        if (asks && !own.consent && !provider.userDefined && !isDemo(provider)) {
            return Disqualified::NoConsent;
        }
        return std::nullopt;
    }

    void addProblem(const Provider &provider, const QString &reason)
    {
        m_problems << u"%1: %2"_s.arg(QString::fromUtf8(provider.name), reason);
    }

    const ConfigParts &m_parts;
    std::shared_ptr<relay::RelayConfig> m_config;
    QStringList m_problems;
};

} // namespace

BuiltConfig buildConfig(const ConfigParts &parts)
{
    return Builder(parts).build();
}

} // namespace freerelay::services
