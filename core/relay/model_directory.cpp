#include "model_directory.h"

#include "core/catalog/enum_names.h"

#include <QDate>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

constexpr auto ourName = "freerelay";

bool isUsable(
    const RelayConfig &config,
    const quota::CoolDownTable &coolDowns,
    QByteArrayView name,
    common::SteadyTime now)
{
    const auto plan = routing::plan(config.routingSnapshot(coolDowns), config.mode, name, {}, now);
    return plan && !plan->candidates.empty();
}

std::int64_t releasedUnix(const catalog::Model &model)
{
    const QDate date = QDate::fromString(QString::fromLatin1(model.released), Qt::ISODate);
    return date.isValid() ? date.startOfDay(Qt::UTC).toSecsSinceEpoch() : 0;
}

QByteArray tierName(const catalog::Model &model)
{
    return catalog::toName(model.tier).toByteArray();
}

/// A provider is ready as long as one of its models is. When none is, the first to come back
/// tells the state.
ProviderHealth
healthOf(const QByteArray &provider, const routing::RoutePlan &plan, common::SteadyTime now)
{
    ProviderHealth health{provider, plan.candidates.empty() ? "no_models"_ba : "ready"_ba, {}, {}};
    const quota::CoolDown *first = nullptr;
    for (const routing::Rejection &rejection : plan.rejections) {
        const auto &rest = rejection.coolDown;
        if (rest && (first == nullptr || rest->until < first->until)) {
            first = &*rest;
        }
    }
    if (plan.candidates.empty() && first != nullptr) {
        const bool rejected = first->reason == quota::CoolDownReason::KeyRejected;
        health.state = rejected ? "key_rejected"_ba : "cooling_down"_ba;
        health.retryAfterSeconds
            = std::chrono::ceil<std::chrono::seconds>(first->until - now).count();
        health.rest = *first;
    }
    return health;
}

/// Collects the names; usable ones only unless all are wanted.
class Lister
{
public:
    Lister(
        const RelayConfig &config,
        const quota::CoolDownTable &coolDowns,
        bool all,
        common::SteadyTime now)
        : m_config(config)
        , m_coolDowns(coolDowns)
        , m_all(all)
        , m_now(now)
    { }

    void addName(QByteArray id, QByteArray ownedBy = ourName)
    {
        const bool usable = isUsable(m_config, m_coolDowns, id, m_now);
        if (usable || m_all) {
            m_list.push_back({std::move(id), std::move(ownedBy), 0, {}, usable, std::nullopt});
        }
    }

    void addModel(const catalog::Model &model)
    {
        const bool usable = isUsable(m_config, m_coolDowns, model.id, m_now);
        if (usable || m_all) {
            m_list.push_back(
                {model.id,
                 model.provider,
                 releasedUnix(model),
                 tierName(model),
                 usable,
                 model.contextWindow});
        }
    }

    std::vector<ListedModel> take() { return std::move(m_list); }

private:
    const RelayConfig &m_config;
    const quota::CoolDownTable &m_coolDowns;
    bool m_all;
    common::SteadyTime m_now;
    std::vector<ListedModel> m_list;
};

} // namespace

std::vector<ListedModel> listModels(
    const RelayConfig &config,
    const quota::CoolDownTable &coolDowns,
    bool all,
    common::SteadyTime now)
{
    Lister lister(config, coolDowns, all, now);
    for (const char *name :
         {"freerelay-auto",
          "freerelay/auto",
          "auto",
          "freerelay-free",
          "freerelay-paid",
          "claude-freerelay-auto"}) {
        lister.addName(name);
    }
    for (const routing::Endpoint &endpoint : config.endpoints) {
        if (!endpoint.barred || all) {
            lister.addName("freerelay-" + endpoint.provider->id);
        }
    }
    for (const catalog::Alias &alias : config.catalog->aliases()) {
        lister.addName(alias.id);
    }
    for (const routing::Endpoint &endpoint : config.endpoints) {
        if (endpoint.barred && !all) {
            continue;
        }
        for (const catalog::Model *model : config.catalog->modelsOf(endpoint.provider->id)) {
            lister.addModel(*model);
        }
    }
    return lister.take();
}

std::optional<ListedModel> findModel(
    const RelayConfig &config,
    const quota::CoolDownTable &coolDowns,
    QByteArrayView id,
    common::SteadyTime now)
{
    const auto target = config.catalog->resolve(id);
    if (!target) {
        return std::nullopt;
    }
    ListedModel found{
        id.toByteArray(), ourName, 0, {}, isUsable(config, coolDowns, id, now), std::nullopt};
    if (target->kind == catalog::NameTarget::Kind::Models && !target->models.empty()) {
        const catalog::Model &model = *target->models.front();
        found.ownedBy = model.provider;
        found.createdUnix = releasedUnix(model);
        found.tier = tierName(model);
        found.contextWindow = model.contextWindow;
    }
    return found;
}

std::vector<ProviderHealth> providerHealth(
    const RelayConfig &config, const quota::CoolDownTable &coolDowns, common::SteadyTime now)
{
    // Whatever the mode: this is about the provider, not about what may be spent.
    routing::RoutingSnapshot snapshot = config.routingSnapshot(coolDowns);
    snapshot.allowPaidInAuto = true;
    std::vector<ProviderHealth> result;
    for (const routing::Endpoint &endpoint : config.endpoints) {
        if (endpoint.barred) {
            continue;
        }
        const QByteArray &id = endpoint.provider->id;
        const QByteArray name = "freerelay-" + id;
        const auto plan = routing::plan(snapshot, common::Mode::Auto, name, {}, now);
        result.push_back(
            plan ? healthOf(id, *plan, now) : ProviderHealth{id, "no_models"_ba, {}, {}});
    }
    return result;
}

} // namespace freerelay::relay
