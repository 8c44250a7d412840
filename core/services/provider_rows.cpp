#include "provider_rows.h"

#include "core/catalog/endpoint.h"
#include "core/relay/model_directory.h"
#include "core/services/demo/demo_catalog.h"

#include <algorithm>
#include <set>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using interfaces::KeyState;
using interfaces::ProviderRow;
using routing::Disqualified;

QString tierText(catalog::Tier tier)
{
    switch (tier) {
    case catalog::Tier::Free:
        return u"free"_s;
    case catalog::Tier::Trial:
        return u"trial"_s;
    case catalog::Tier::UnverifiedFree:
        return u"unverified free"_s;
    case catalog::Tier::Paid:
        return u"paid"_s;
    case catalog::Tier::Subscription:
        return u"subscription"_s;
    case catalog::Tier::Local:
        return u"local"_s;
    }
    return {};
}

QString termsText(const catalog::Provider &provider)
{
    QStringList parts;
    if (provider.freeLimits.requestsPerMinute) {
        parts << u"at most %1 requests a minute"_s.arg(*provider.freeLimits.requestsPerMinute);
    }
    if (provider.freeLimits.requestsPerDay) {
        parts << u"at most %1 requests a day"_s.arg(*provider.freeLimits.requestsPerDay);
    }
    if (!provider.terms.isEmpty()) {
        parts << QString::fromUtf8(provider.terms);
    }
    if (!provider.trainingUse.isEmpty()) {
        parts << u"training: %1"_s.arg(QString::fromUtf8(provider.trainingUse));
    }
    return parts.join(u"; "_s);
}

std::vector<interfaces::KeyRow>
keyRows(const relay::RelayConfig &config, const QByteArray &provider)
{
    std::vector<interfaces::KeyRow> rows;
    for (const keys::Key &key : config.keys->keysFor(provider)) {
        const bool removable = key.source == keys::KeySource::Session
            || key.source == keys::KeySource::Keychain || key.source == keys::KeySource::File;
        rows.push_back({key.fingerprint, key.secret.masked(), key.sourceName, removable});
    }
    return rows;
}

void setBarred(ProviderRow &row, Disqualified reason, const QString &keysUnreadable)
{
    switch (reason) {
    case Disqualified::NoConsent:
        row.state = KeyState::ConsentNeeded;
        row.stateText = u"works without a key, once you agree"_s;
        return;
    case Disqualified::Disabled:
        row.state = KeyState::Disabled;
        row.stateText = u"switched off in the settings"_s;
        return;
    case Disqualified::NoAddress:
        row.state = KeyState::Disabled;
        row.stateText = u"its address is missing or may not be used"_s;
        return;
    default:
        row.state = keysUnreadable.isEmpty() ? KeyState::NoKey : KeyState::KeychainLocked;
        row.stateText = keysUnreadable.isEmpty() ? u"no key"_s : keysUnreadable;
        if (!row.keys.empty()) {
            row.stateText = u"its key may not be sent to its address"_s;
        }
        return;
    }
}

QString timeText(const quota::CoolDown &rest, const common::Clock &clock, ProviderRow &row)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(rest.until - clock.now());
    const auto wall = std::chrono::duration_cast<std::chrono::milliseconds>(
        clock.wallNow().time_since_epoch());
    row.coolDownUntil = QDateTime::fromMSecsSinceEpoch((wall + left).count());
    return row.coolDownUntil->toString(u"HH:mm:ss"_s);
}

/// Nothing of the provider can be used: says why, and until when.
void setResting(ProviderRow &row, const quota::CoolDown &rest, const common::Clock &clock)
{
    if (rest.reason == quota::CoolDownReason::KeyRejected) {
        row.state = KeyState::Rejected;
        row.stateText = u"the key was rejected: %1"_s.arg(QString::fromUtf8(rest.detail));
        return;
    }
    row.state = KeyState::CoolingDown;
    const QString time = timeText(rest, clock, row);
    row.stateText = u"resting until %1: %2"_s.arg(time, QString::fromUtf8(rest.detail));
}

/// What rests of a provider that can be used all the same. What only advises against a model (it
/// failed a moment ago) is no rest.
void tellPartlyResting(ProviderRow &row, const std::vector<quota::CoolDown> &resting)
{
    std::set<QByteArray> keys;
    std::set<QByteArray> models;
    for (const quota::CoolDown &rest : resting) {
        if (rest.scope.provider != row.id || quota::isOnlyAdvice(rest.reason)) {
            continue;
        }
        if (rest.scope.model.isEmpty()) {
            keys.insert(rest.scope.key);
        } else {
            models.insert(rest.scope.model);
        }
    }
    QStringList parts;
    if (!keys.empty()) {
        parts << u"%1 of %2 keys"_s.arg(keys.size()).arg(row.keys.size());
    }
    if (!models.empty()) {
        parts << u"%1 of %2 models"_s.arg(models.size()).arg(row.models);
    }
    if (!parts.isEmpty()) {
        row.stateText += u"; at rest: %1"_s.arg(parts.join(u", "_s));
    }
}

/// The state of a provider that is configured.
void setHealth(
    ProviderRow &row,
    const relay::ProviderHealth &health,
    const std::vector<quota::CoolDown> &resting,
    const common::Clock &clock)
{
    if (health.rest) {
        setResting(row, *health.rest, clock);
    } else if (health.state == "ready") {
        tellPartlyResting(row, resting);
    } else {
        row.stateText = u"it has no model that can be used"_s;
    }
}

/// A rest that is told already says more.
void setUsedUp(ProviderRow &row, const std::vector<interfaces::UsedUpProvider> &usedUp)
{
    if (row.state != KeyState::Ready && row.state != KeyState::Keyless) {
        return;
    }
    for (const interfaces::UsedUpProvider &one : usedUp) {
        if (one.id == row.id) {
            row.state = KeyState::CoolingDown;
            row.coolDownUntil = one.until;
            row.stateText = u"used up until %1"_s.arg(
                one.until.toLocalTime().toString(u"HH:mm:ss"_s));
        }
    }
}

int rankOf(const ProviderRow &row)
{
    if (row.state != KeyState::NoKey && row.state != KeyState::ConsentNeeded) {
        return 0;
    }
    return row.state == KeyState::ConsentNeeded ? 1 : 2;
}

} // namespace

std::vector<ProviderRow> providerRows(
    const relay::RelayConfig &config,
    const quota::CoolDownTable &coolDowns,
    const std::vector<interfaces::UsedUpProvider> &usedUp,
    const common::Clock &clock)
{
    const std::vector<quota::CoolDown> resting = coolDowns.active(clock.now());
    QHash<QByteArray, relay::ProviderHealth> health;
    // Who is used up is told by `usedUp`, as the mode in force sees it.
    for (const relay::ProviderHealth &one :
         relay::providerHealth(config, {coolDowns, {}, clock.now()})) {
        health.insert(one.id, one);
    }
    std::vector<ProviderRow> rows;
    for (const routing::Endpoint &endpoint : config.endpoints) {
        const catalog::Provider &provider = *endpoint.provider;
        if (isDemo(provider)) {
            continue;
        }
        ProviderRow row;
        row.id = provider.id;
        row.name = QString::fromUtf8(provider.name);
        row.tier = tierText(provider.tier);
        row.keys = keyRows(config, provider.id);
        row.models = static_cast<int>(config.catalog->modelsOf(provider.id).size());
        row.keyUrl = QString::fromUtf8(provider.keyUrl);
        row.keySteps = config.catalog->keyStepsFor(provider.id);
        row.keyPrefix = provider.keyPrefixes.empty()
            ? QString()
            : QString::fromUtf8(provider.keyPrefixes.front());
        row.variable = provider.keyVariables.empty()
            ? QString()
            : QString::fromUtf8(provider.keyVariables.front());
        for (const QByteArray &name : provider.offerVariables) {
            row.offeredVariables << QString::fromUtf8(name);
        }
        row.terms = termsText(provider);
        row.keyless = !catalog::needsKey(provider);
        row.state = row.keys.empty() ? KeyState::Keyless : KeyState::Ready;
        row.stateText = row.keys.empty() ? u"ready, without a key"_s : u"ready"_s;
        if (endpoint.barred) {
            setBarred(row, *endpoint.barred, config.keysUnreadable);
        } else {
            setHealth(row, health.value(provider.id), resting, clock);
            setUsedUp(row, usedUp);
        }
        rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const ProviderRow &a, const ProviderRow &b) {
        return rankOf(a) < rankOf(b);
    });
    return rows;
}

} // namespace freerelay::services
