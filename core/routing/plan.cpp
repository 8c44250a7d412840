#include "route_plan.h"

#include "core/catalog/name_rules.h"
#include "core/routing/active_rests.h"
#include "core/routing/ranked_catalog.h"
#include "core/routing/tight_quotas.h"

#include <algorithm>

namespace freerelay::routing {

namespace {

using catalog::NameTarget;
using catalog::Task;
using common::Mode;
using Position = RankedCatalog::Position;

/// Whether the client asked for exactly this model, or for whatever is best.
enum class Naming : std::uint8_t { Named, Found };

/// A candidate in the making. `rank` orders all of them: class, then turn, then their order.
struct Choice
{
    std::uint64_t rank;
    const RankedModel *model;
    const QByteArray *key;
    bool beyondQuota;
    bool runsLow; ///< its quota
    const quota::CoolDown *advice; ///< null = it is well
};

constexpr std::uint64_t unwellBit = std::uint64_t(1) << 63;
constexpr std::uint64_t paidBit = std::uint64_t(1) << 62;
constexpr std::uint64_t beyondBit = std::uint64_t(1) << 61;
constexpr std::uint64_t localBit = std::uint64_t(1) << 60;
constexpr int turnShift = 32;
/// Unwell or not, paid or not, beyond a quota or not, local or not.
constexpr std::size_t classes = 16;

/// One request's decision; lives only inside plan().
class Planner
{
public:
    Planner(
        const RoutingSnapshot &snapshot,
        Mode mode,
        const Requirements &needs,
        common::SteadyTime now)
        : m_ranked(*snapshot.ranked)
        , m_endpoints(*snapshot.endpoints)
        , m_mode(mode)
        , m_needs(needs)
        , m_paidInAuto(snapshot.allowPaidInAuto)
        , m_freeOnly(snapshot.freeOnly)
        , m_allowed(snapshot.allowed)
        , m_rests(*snapshot.coolDowns, snapshot.unwell, *snapshot.catalog, *snapshot.ranked, now)
        , m_quotas(snapshot.quotas, *snapshot.ranked)
        , m_turns(classes * m_endpoints.size(), 0)
    {
        m_plan.mode = mode;
        m_plan.task = needs.task;
    }

    RoutePlan planFor(const NameTarget &target);

private:
    void considerNamed(const NameTarget &target);
    void considerProvider(const QByteArray &provider);
    void considerOneOfTask(const NameTarget &target);
    void consider(const RankedModel &model, Naming naming);
    void considerKey(const RankedModel &model, const QByteArray &key, Naming naming);
    void reject(const RankedModel &model, Disqualified reason);
    void
    rejectUntil(const RankedModel &model, Disqualified reason, const quota::CoolDown &coolDown);
    void putLowOnesBehindTheirEquals();
    void giveTurns();
    [[nodiscard]] std::optional<Disqualified> unfit(const RankedModel &model, Naming naming) const;
    [[nodiscard]] bool modeAllows(bool paid) const;
    [[nodiscard]] bool isAllowed(const catalog::Model &model) const;
    void takeCandidates();

    const RankedCatalog &m_ranked;
    const std::vector<Endpoint> &m_endpoints;
    Mode m_mode;
    const Requirements &m_needs;
    bool m_paidInAuto;
    bool m_freeOnly;
    std::span<const QByteArray> m_allowed;
    ActiveRests m_rests;
    TightQuotas m_quotas;
    std::vector<std::uint32_t> m_turns; ///< choices so far, by class and endpoint
    std::vector<Choice> m_choices;
    bool m_runsLow = false; ///< one of them does
    RoutePlan m_plan;
};

bool Planner::modeAllows(bool paid) const
{
    if (paid && m_freeOnly) {
        return false;
    }
    switch (m_mode) {
    case Mode::Free:
        return !paid;
    case Mode::Paid:
        return paid;
    case Mode::Auto:
        return !paid || m_paidInAuto;
    }
    return false;
}

bool Planner::isAllowed(const catalog::Model &model) const
{
    return m_allowed.empty()
        || std::any_of(m_allowed.begin(), m_allowed.end(), [&model](const QByteArray &pattern) {
               return catalog::matchesPattern(pattern, model.id)
                   || catalog::matchesPattern(pattern, model.name);
           });
}

std::optional<Disqualified> Planner::unfit(const RankedModel &model, Naming naming) const
{
    if (model.unusable && (model.unusable != Disqualified::NotChat || m_needs.task == Task::Chat)) {
        return model.unusable;
    }
    if (model.task != m_needs.task) {
        return Disqualified::WrongTask;
    }
    if (!isAllowed(*model.model)) {
        return Disqualified::NotAllowed;
    }
    if (model.deprecated && naming == Naming::Found) {
        return Disqualified::Deprecated;
    }
    if (m_needs.tools && model.refusesTools) {
        return Disqualified::NoTools;
    }
    if (m_needs.vision && model.refusesVision) {
        return Disqualified::NoVision;
    }
    if (m_needs.jsonSchema && model.refusesJsonSchema) {
        return Disqualified::NoJsonSchema;
    }
    if (model.contextWindow < m_needs.tokens) {
        return Disqualified::ContextTooSmall;
    }
    return modeAllows(model.paid) ? std::nullopt : std::optional(Disqualified::ModeForbids);
}

void Planner::reject(const RankedModel &model, Disqualified reason)
{
    m_plan.rejections.push_back({m_endpoints[model.endpoint].provider, model.model, reason});
}

void Planner::consider(const RankedModel &model, Naming naming)
{
    if (const auto reason = unfit(model, naming)) {
        reject(model, *reason);
        return;
    }
    for (const QByteArray &key : m_endpoints[model.endpoint].keys) {
        considerKey(model, key, naming);
    }
}

void Planner::considerKey(const RankedModel &model, const QByteArray &key, Naming naming)
{
    const auto position = static_cast<Position>(&model - m_ranked.models().data());
    const quota::CoolDown *rest = m_rests.covering(position, model, key);
    if (rest != nullptr && !quota::isOnlyAdvice(rest->reason)) {
        rejectUntil(model, Disqualified::CoolingDown, *rest);
        return;
    }
    const catalog::Provider &provider = *m_endpoints[model.endpoint].provider;
    const quota::QuotaConstraint *quota = m_quotas.covering(provider, model, key);
    if (quota != nullptr && quota->fit == quota::Fit::Exhausted) {
        rejectUntil(
            model,
            Disqualified::QuotaExhausted,
            quota::usedUp({provider.id, key, model.model->id}, quota->window, quota->until));
        return;
    }
    const bool runsLow = naming == Naming::Found && m_quotas.runsLow(provider, model, key);
    m_runsLow = m_runsLow || runsLow;
    m_choices.push_back({0, &model, &key, quota != nullptr, runsLow, rest});
}

void Planner::rejectUntil(
    const RankedModel &model, Disqualified reason, const quota::CoolDown &coolDown)
{
    reject(model, reason);
    m_plan.rejections.back().coolDown = coolDown;
}

/// Only an advice: between models that are equally good it decides, and nowhere else.
void Planner::putLowOnesBehindTheirEquals()
{
    if (m_runsLow) {
        std::stable_sort(m_choices.begin(), m_choices.end(), [](const auto &a, const auto &b) {
            return std::pair(a.model->level, a.runsLow) < std::pair(b.model->level, b.runsLow);
        });
    }
}

/// Providers take turns within each class: a choice's turn is how many better ones its provider
/// has in the same class.
void Planner::giveTurns()
{
    std::uint64_t order = 0;
    for (Choice &choice : m_choices) {
        const RankedModel &model = *choice.model;
        const bool unwell = choice.advice != nullptr;
        const std::size_t group = (unwell ? 8 : 0) + (model.paid ? 4 : 0)
            + (choice.beyondQuota ? 2 : 0) + (model.local ? 1 : 0);
        const std::uint64_t turn = m_turns[group * m_endpoints.size() + model.endpoint]++;
        choice.rank = (unwell ? unwellBit : 0) | (model.paid ? paidBit : 0)
            | (choice.beyondQuota ? beyondBit : 0) | (model.local ? localBit : 0)
            | (turn << turnShift) | order++;
    }
}

void Planner::takeCandidates()
{
    putLowOnesBehindTheirEquals();
    giveTurns();
    std::sort(m_choices.begin(), m_choices.end(), [](const Choice &a, const Choice &b) {
        return a.rank < b.rank;
    });
    m_plan.candidates.reserve(m_choices.size());
    for (const Choice &choice : m_choices) {
        m_plan.candidates.push_back(
            {m_endpoints[choice.model->endpoint].provider,
             choice.model->model,
             *choice.key,
             choice.beyondQuota,
             choice.advice != nullptr ? std::optional(choice.advice->until) : std::nullopt});
    }
}

void Planner::considerNamed(const NameTarget &target)
{
    for (const catalog::Model *model : target.models) {
        if (const auto position = m_ranked.positionOf(*model)) {
            consider(m_ranked.models()[*position], Naming::Named);
        }
    }
}

void Planner::considerProvider(const QByteArray &provider)
{
    const auto endpoint = m_ranked.endpointOf(provider);
    for (const RankedModel &model : m_ranked.models()) {
        if (endpoint && model.endpoint == *endpoint && model.model->chat) {
            consider(model, Naming::Found);
        }
    }
}

/// All that the name may mean, in their order; and of these the first that could answer and whoever
/// else serves the same model.
void Planner::considerOneOfTask(const NameTarget &target)
{
    const bool isNamed = target.kind == NameTarget::Kind::Models;
    const Naming naming = isNamed ? Naming::Named : Naming::Found;
    std::vector<const RankedModel *> meant;
    for (const catalog::Model *model : target.models) {
        if (const auto position = m_ranked.positionOf(*model)) {
            meant.push_back(&m_ranked.models()[*position]);
        }
    }
    for (const RankedModel &model : m_ranked.models()) {
        const bool isBarred = model.unusable && model.unusable != Disqualified::NotChat;
        const bool isOfProvider = target.kind == NameTarget::Kind::Provider
            ? model.model->provider == target.provider
            : !isBarred;
        if (!isNamed && model.task == m_needs.task && isOfProvider) {
            meant.push_back(&model);
        }
    }
    const auto chosen = std::find_if(meant.begin(), meant.end(), [&](const RankedModel *model) {
        return !unfit(*model, naming);
    });
    for (const RankedModel *model : meant) {
        if (chosen == meant.end()
            || catalog::isSameEmbedder((*chosen)->model->name, model->model->name)) {
            consider(*model, naming);
        }
    }
}

RoutePlan Planner::planFor(const NameTarget &target)
{
    m_plan.asked = target.kind;
    m_choices.reserve(m_ranked.usable().size());
    if (m_needs.task != Task::Chat) {
        considerOneOfTask(target);
    } else if (target.kind == NameTarget::Kind::Models) {
        considerNamed(target);
    } else if (target.kind == NameTarget::Kind::Provider) {
        considerProvider(target.provider);
    } else {
        for (const RankedModel &model : m_ranked.usable()) {
            consider(model, Naming::Found);
        }
    }
    takeCandidates();
    return std::move(m_plan);
}

} // namespace

const char *toString(Disqualified reason)
{
    switch (reason) {
    case Disqualified::NoKey:
        return "no_key";
    case Disqualified::NoConsent:
        return "no_consent";
    case Disqualified::Disabled:
        return "disabled";
    case Disqualified::NoAddress:
        return "no_address";
    case Disqualified::ModeForbids:
        return "mode_forbids";
    case Disqualified::ContextTooSmall:
        return "context_too_small";
    case Disqualified::NoTools:
        return "no_tools";
    case Disqualified::NoVision:
        return "no_vision";
    case Disqualified::NoJsonSchema:
        return "no_json_schema";
    case Disqualified::CoolingDown:
        return "cooling_down";
    case Disqualified::QuotaExhausted:
        return "quota_exhausted";
    case Disqualified::Deprecated:
        return "deprecated";
    case Disqualified::WireNotSpoken:
        return "wire_not_spoken";
    case Disqualified::NotChat:
        return "not_chat";
    case Disqualified::WrongTask:
        return "wrong_task";
    case Disqualified::NotAllowed:
        return "not_allowed";
    }
    return "unknown";
}

common::Result<RoutePlan> plan(
    const RoutingSnapshot &snapshot,
    Mode mode,
    QByteArrayView requested,
    const Requirements &requirements,
    common::SteadyTime now)
{
    auto target = snapshot.catalog->resolve(requested);
    if (!target) {
        return common::failure(target.error());
    }
    if (target->kind == NameTarget::Kind::Free) {
        mode = Mode::Free;
    } else if (target->kind == NameTarget::Kind::Paid) {
        mode = Mode::Paid;
    }
    if (snapshot.ranked == nullptr) {
        return RoutePlan{target->kind, mode, requirements.task};
    }
    return Planner(snapshot, mode, requirements, now).planFor(*target);
}

} // namespace freerelay::routing
