#include "model_directory.h"

#include "core/catalog/enum_names.h"

#include <QDate>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

constexpr auto ourName = "freerelay";

routing::RoutingSnapshot snapshotOf(const RelayConfig &config, const Supplies &supplies)
{
    routing::RoutingSnapshot snapshot = config.routingSnapshot(supplies.coolDowns);
    snapshot.quotas = supplies.quotas;
    return snapshot;
}

/// The one that comes back first; null = waiting helps none of them.
const routing::Rejection *firstBack(const routing::RoutePlan &plan)
{
    const routing::Rejection *first = nullptr;
    for (const routing::Rejection &rejection : plan.rejections) {
        if (rejection.coolDown
            && (first == nullptr || rejection.coolDown->until < first->coolDown->until)) {
            first = &rejection;
        }
    }
    return first;
}

QByteArray stateOf(const routing::Rejection &rejection)
{
    if (rejection.reason == routing::Disqualified::QuotaExhausted) {
        return "quota_exhausted"_ba;
    }
    const bool rejected = rejection.coolDown->reason == quota::CoolDownReason::KeyRejected;
    return rejected ? "key_rejected"_ba : "cooling_down"_ba;
}

std::int64_t secondsUntil(const routing::Rejection &rejection, common::SteadyTime now)
{
    return std::chrono::ceil<std::chrono::seconds>(rejection.coolDown->until - now).count();
}

/// Notes whether a request for the name and task would be tried now, and if not when.
void judge(
    ListedModel &listed, catalog::Task task, const RelayConfig &config, const Supplies &supplies)
{
    routing::Requirements needs;
    needs.task = task;
    const auto plan = routing::plan(
        snapshotOf(config, supplies), config.mode, listed.id, needs, supplies.now);
    listed.usable = plan && !plan->candidates.empty();
    const routing::Rejection *first = plan && !listed.usable ? firstBack(*plan) : nullptr;
    if (first != nullptr) {
        listed.state = stateOf(*first);
        listed.retryAfterSeconds = secondsUntil(*first, supplies.now);
    }
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

Abilities abilitiesOf(const catalog::Model &model)
{
    const catalog::Capabilities &can = model.capabilities;
    return {
        model.chat,
        catalog::taskOf(model) == catalog::Task::Embeddings,
        can.tools != catalog::Known::No,
        can.vision == catalog::Known::Yes,
        can.reasoning == catalog::Known::Yes};
}

/// A provider is ready as long as one of its models is. When none is, the first to come back
/// tells the state.
ProviderHealth
healthOf(const QByteArray &provider, const routing::RoutePlan &plan, common::SteadyTime now)
{
    ProviderHealth health{provider, plan.candidates.empty() ? "no_models"_ba : "ready"_ba, {}, {}};
    const routing::Rejection *first = plan.candidates.empty() ? firstBack(plan) : nullptr;
    if (first != nullptr) {
        health.state = stateOf(*first);
        health.retryAfterSeconds = secondsUntil(*first, now);
        health.rest = first->coolDown;
    }
    return health;
}

/// Collects the names; usable ones only unless all are wanted.
class Lister
{
public:
    Lister(const RelayConfig &config, const Supplies &supplies, bool all)
        : m_config(config)
        , m_supplies(supplies)
        , m_all(all)
    { }

    void addName(QByteArray id, QByteArray ownedBy = ourName)
    {
        add({std::move(id), std::move(ownedBy), 0, {}, false, std::nullopt}, catalog::Task::Chat);
    }

    void addModel(const catalog::Model &model)
    {
        ListedModel listed{
            model.id,
            model.provider,
            releasedUnix(model),
            tierName(model),
            false,
            model.contextWindow};
        listed.abilities = abilitiesOf(model);
        add(std::move(listed), catalog::taskOf(model));
    }

    std::vector<ListedModel> take() { return std::move(m_list); }

private:
    void add(ListedModel listed, catalog::Task task)
    {
        judge(listed, task, m_config, m_supplies);
        if (listed.usable || m_all) {
            m_list.push_back(std::move(listed));
        }
    }

    const RelayConfig &m_config;
    const Supplies &m_supplies;
    bool m_all;
    std::vector<ListedModel> m_list;
};

} // namespace

std::vector<ListedModel> listModels(const RelayConfig &config, const Supplies &supplies, bool all)
{
    Lister lister(config, supplies, all);
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

std::optional<ListedModel>
findModel(const RelayConfig &config, const Supplies &supplies, QByteArrayView id)
{
    const auto target = config.catalog->resolve(id);
    if (!target) {
        return std::nullopt;
    }
    ListedModel found{id.toByteArray(), ourName, 0, {}, false, std::nullopt};
    const bool isModel = target->kind == catalog::NameTarget::Kind::Models
        && !target->models.empty();
    const auto task = isModel ? catalog::taskOf(*target->models.front()) : catalog::Task::Chat;
    judge(found, task, config, supplies);
    if (isModel) {
        const catalog::Model &model = *target->models.front();
        found.ownedBy = model.provider;
        found.createdUnix = releasedUnix(model);
        found.tier = tierName(model);
        found.contextWindow = model.contextWindow;
        found.abilities = abilitiesOf(model);
    }
    return found;
}

std::vector<ProviderHealth> providerHealth(const RelayConfig &config, const Supplies &supplies)
{
    // Whatever the mode: this is about the provider, not about what may be spent.
    routing::RoutingSnapshot snapshot = snapshotOf(config, supplies);
    snapshot.allowPaidInAuto = true;
    std::vector<ProviderHealth> result;
    for (const routing::Endpoint &endpoint : config.endpoints) {
        if (endpoint.barred) {
            continue;
        }
        const QByteArray &id = endpoint.provider->id;
        const QByteArray name = "freerelay-" + id;
        const auto plan = routing::plan(snapshot, common::Mode::Auto, name, {}, supplies.now);
        result.push_back(
            plan ? healthOf(id, *plan, supplies.now) : ProviderHealth{id, "no_models"_ba, {}, {}});
    }
    return result;
}

} // namespace freerelay::relay
