#include "quota_rows.h"

#include "core/catalog/enum_names.h"
#include "core/services/demo/demo_catalog.h"

#include <QSet>
#include <QTimeZone>

#include <algorithm>
#include <map>

namespace freerelay::services {

namespace {

using interfaces::CoolDownFigures;
using interfaces::ProviderQuota;
using interfaces::QuotaFigures;
using interfaces::QuotaOutlook;
using interfaces::QuotaWindowFigures;
using interfaces::UsedUpProvider;
using std::chrono::milliseconds;

constexpr qsizetype shownDigits = 8;

/// Times of a picture that is taken at one moment.
class Moments
{
public:
    explicit Moments(const common::Clock &clock)
        : m_steady(clock.now())
        , m_wall(clock.wallNow())
    { }

    [[nodiscard]] common::SteadyTime steady() const { return m_steady; }
    [[nodiscard]] common::WallTime wall() const { return m_wall; }
    [[nodiscard]] QDateTime in(common::Duration time) const
    {
        const auto sinceEpoch = std::chrono::floor<milliseconds>(m_wall.time_since_epoch());
        return QDateTime::fromMSecsSinceEpoch(
            (sinceEpoch + std::chrono::ceil<milliseconds>(time)).count());
    }
    [[nodiscard]] QDateTime at(common::SteadyTime time) const { return in(time - m_steady); }

private:
    common::SteadyTime m_steady;
    common::WallTime m_wall;
};

QString shortKey(const QByteArray &fingerprint)
{
    return QString::fromLatin1(fingerprint.left(shownDigits));
}

QuotaWindowFigures figuresOf(const quota::QuotaWindowView &view, const Moments &now)
{
    QuotaWindowFigures figures;
    figures.key = shortKey(view.pool.key);
    figures.subject = QString::fromUtf8(view.pool.subject);
    figures.shared = view.pool.shared;
    figures.window = QString::fromLatin1(shortName(view.window));
    figures.unit = QString::fromLatin1(catalog::toName(view.window.unit));
    figures.period = QString::fromLatin1(catalog::toName(view.window.period));
    figures.used = view.used;
    figures.limit = view.limit;
    figures.remaining = view.remaining;
    figures.blocked = view.blocked;
    figures.soft = view.soft;
    if (view.limit) {
        figures.source = QString::fromLatin1(quota::toString(view.source));
        figures.age = std::chrono::floor<std::chrono::seconds>(view.age);
        figures.confidence = view.confidence;
    }
    const bool comesBack = view.window.period != catalog::QuotaPeriod::Total;
    if (comesBack && view.untilReset > common::Duration::zero()) {
        figures.resetsAt = now.in(view.untilReset);
    }
    if (comesBack && view.forecast.empty) {
        figures.emptyAt = now.in(*view.forecast.empty);
        figures.forecast = quota::forecastSentence(view, now.wall(), QTimeZone::systemTimeZone());
    }
    return figures;
}

CoolDownFigures figuresOf(const quota::CoolDown &rest, const Moments &now)
{
    return {
        shortKey(rest.scope.key),
        QString::fromUtf8(rest.scope.model),
        QString::fromLatin1(quota::toString(rest.reason)),
        QString::fromUtf8(rest.detail),
        now.at(rest.until),
        quota::isOnlyAdvice(rest.reason)};
}

/// The provider when its figures are to be shown.
const catalog::Provider *
shown(const relay::RelayConfig &config, const QByteArray &provider, const QByteArray &key)
{
    const catalog::Provider *found = config.catalog->provider(provider);
    if (found == nullptr || isDemo(*found)) {
        return nullptr;
    }
    return key.isEmpty() || config.key(provider, key) != nullptr ? found : nullptr;
}

bool isForQuota(const routing::Rejection &rejection)
{
    return rejection.coolDown && quota::isOfQuota(rejection.coolDown->reason);
}

QString nameOf(const catalog::Provider &provider)
{
    return QString::fromUtf8(provider.name);
}

/// @return the providers that could answer
QSet<QByteArray> addNext(QuotaOutlook &outlook, const std::vector<routing::Candidate> &candidates)
{
    QSet<QByteArray> answering;
    for (const routing::Candidate &candidate : candidates) {
        const catalog::Provider &provider = *candidate.provider;
        if (answering.contains(provider.id)) {
            continue;
        }
        answering.insert(provider.id);
        if (outlook.next.size() < QuotaOutlook::mostNext) {
            outlook.next.push_back(
                {provider.id, nameOf(provider), QString::fromUtf8(candidate.model->id)});
        }
    }
    return answering;
}

void addUsedUp(
    QuotaOutlook &outlook,
    const std::vector<routing::Rejection> &rejections,
    const QSet<QByteArray> &answering,
    const Moments &now)
{
    std::map<QByteArray, UsedUpProvider> usedUp;
    for (const routing::Rejection &rejection : rejections) {
        const catalog::Provider &provider = *rejection.provider;
        if (!isForQuota(rejection) || answering.contains(provider.id)) {
            continue;
        }
        const QDateTime until = now.at(rejection.coolDown->until);
        UsedUpProvider &one = usedUp[provider.id];
        one = {
            provider.id, nameOf(provider), one.id.isEmpty() ? until : std::min(one.until, until)};
    }
    for (auto &[id, one] : usedUp) {
        outlook.usedUp.push_back(std::move(one));
    }
    std::stable_sort(
        outlook.usedUp.begin(), outlook.usedUp.end(), [](const auto &a, const auto &b) {
            return a.until < b.until;
        });
}

} // namespace

QByteArray shortName(quota::WindowId window)
{
    using catalog::QuotaPeriod;
    using catalog::QuotaUnit;
    static const std::map<QuotaUnit, QByteArray> units{
        {QuotaUnit::Requests, "r"},
        {QuotaUnit::Tokens, "t"},
        {QuotaUnit::InputTokens, "it"},
        {QuotaUnit::OutputTokens, "ot"},
        {QuotaUnit::Credits, "c"}};
    static const std::map<QuotaPeriod, QByteArray> periods{
        {QuotaPeriod::Second, "ps"},
        {QuotaPeriod::Minute, "pm"},
        {QuotaPeriod::Hour, "ph"},
        {QuotaPeriod::Day, "pd"},
        {QuotaPeriod::Month, "pmo"},
        {QuotaPeriod::Total, "total"}};
    return units.at(window.unit) + periods.at(window.period);
}

QuotaFigures quotaFigures(const QuotaParts &parts)
{
    const Moments now(parts.clock);
    std::map<QByteArray, ProviderQuota> providers;
    const auto entry = [&](const QByteArray &id, const QByteArray &key) -> ProviderQuota * {
        const catalog::Provider *provider = shown(parts.config, id, key);
        if (provider == nullptr) {
            return nullptr;
        }
        ProviderQuota &found = providers[id];
        found.id = id;
        found.name = nameOf(*provider);
        return &found;
    };
    for (const quota::QuotaWindowView &view : parts.ledger.view()) {
        if (ProviderQuota *provider = entry(view.pool.provider, view.pool.key)) {
            provider->windows.push_back(figuresOf(view, now));
        }
    }
    for (const quota::CoolDown &rest : parts.coolDowns.active(now.steady())) {
        if (ProviderQuota *provider = entry(rest.scope.provider, rest.scope.key)) {
            provider->coolDowns.push_back(figuresOf(rest, now));
        }
    }
    QuotaFigures figures;
    figures.takenAt = now.in(common::Duration::zero());
    for (auto &[id, provider] : providers) {
        figures.providers.push_back(std::move(provider));
    }
    figures.outlook = quotaOutlook(parts);
    return figures;
}

QuotaOutlook quotaOutlook(const QuotaParts &parts)
{
    const Moments now(parts.clock);
    const std::vector<quota::QuotaConstraint> tight = parts.ledger.constraints({});
    routing::RoutingSnapshot snapshot = parts.config.routingSnapshot(parts.coolDowns);
    snapshot.quotas = tight;
    const auto plan = routing::plan(snapshot, parts.config.mode, "auto", {}, now.steady());
    QuotaOutlook outlook;
    if (plan) {
        const QSet<QByteArray> answering = addNext(outlook, plan->candidates);
        addUsedUp(outlook, plan->rejections, answering, now);
    }
    return outlook;
}

} // namespace freerelay::services
