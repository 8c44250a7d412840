#include "route_plan.h"

#include <QHash>

#include <algorithm>
#include <tuple>

namespace freerelay::routing {

namespace {

using catalog::Known;
using catalog::Model;
using catalog::NameTarget;
using catalog::Tier;
using common::Mode;

constexpr double unknownQuality = 0.35;

struct Choice
{
    Candidate candidate;
    bool paid = false;
    bool unwell = false; ///< failed a moment ago: last resort, not excluded
    std::size_t order = 0;
};

/// One request's decision; lives only inside plan().
class Planner
{
public:
    Planner(
        const RoutingSnapshot &snapshot,
        Mode mode,
        const Requirements &needs,
        common::SteadyTime now)
        : m_snapshot(snapshot)
        , m_mode(mode)
        , m_needs(needs)
        , m_now(now)
    { }

    RoutePlan planFor(const NameTarget &target);

private:
    void consider(const Endpoint &endpoint, const Model &model, bool exactlyNamed);
    [[nodiscard]] std::optional<Disqualified>
    unfit(const Endpoint &endpoint, const Model &model, bool exactlyNamed) const;
    [[nodiscard]] std::optional<Disqualified> incapable(const Model &model) const;
    [[nodiscard]] bool modeAllows(bool paid) const;
    [[nodiscard]] const Endpoint *endpointOf(QByteArrayView provider) const;
    void rank();
    [[nodiscard]] std::vector<Candidate> interleaved();

    const RoutingSnapshot &m_snapshot;
    Mode m_mode;
    const Requirements &m_needs;
    common::SteadyTime m_now;
    std::vector<Choice> m_choices;
    RoutePlan m_plan;
};

bool isPaid(const Endpoint &endpoint, const Model &model)
{
    switch (model.tier) {
    case Tier::Free:
    case Tier::Local:
        return false;
    case Tier::Trial:
        return !endpoint.trialAsFree;
    case Tier::UnverifiedFree:
    case Tier::Paid:
    case Tier::Subscription:
        return true;
    }
    return true;
}

bool Planner::modeAllows(bool paid) const
{
    switch (m_mode) {
    case Mode::Free:
        return !paid;
    case Mode::Paid:
        return paid;
    case Mode::Auto:
        return !paid || m_snapshot.allowPaidInAuto;
    }
    return false;
}

std::optional<Disqualified> Planner::incapable(const Model &model) const
{
    if (m_needs.tools && model.capabilities.tools == Known::No) {
        return Disqualified::NoTools;
    }
    if (m_needs.vision && model.capabilities.vision == Known::No) {
        return Disqualified::NoVision;
    }
    if (m_needs.jsonSchema && model.capabilities.jsonSchema == Known::No) {
        return Disqualified::NoJsonSchema;
    }
    if (model.contextWindow && *model.contextWindow < m_needs.tokens) {
        return Disqualified::ContextTooSmall;
    }
    return std::nullopt;
}

std::optional<Disqualified>
Planner::unfit(const Endpoint &endpoint, const Model &model, bool exactlyNamed) const
{
    if (endpoint.barred) {
        return endpoint.barred;
    }
    if (model.wire.value_or(endpoint.provider->wire) == catalog::Wire::OpenAiResponses) {
        return Disqualified::WireNotSpoken;
    }
    if (model.deprecated && !exactlyNamed) {
        return Disqualified::Deprecated;
    }
    if (!modeAllows(isPaid(endpoint, model))) {
        return Disqualified::ModeForbids;
    }
    return incapable(model);
}

void Planner::consider(const Endpoint &endpoint, const Model &model, bool exactlyNamed)
{
    if (const auto reason = unfit(endpoint, model, exactlyNamed)) {
        m_plan.rejections.push_back({&model, *reason, {}});
        return;
    }
    for (const QByteArray &key : endpoint.keys) {
        auto resting = m_snapshot.coolDowns->covering(endpoint.provider->id, key, model.id, m_now);
        const bool unwell = resting && resting->reason == quota::CoolDownReason::Unhealthy;
        if (resting && !unwell) {
            m_plan.rejections.push_back({&model, Disqualified::CoolingDown, std::move(resting)});
            continue;
        }
        m_choices.push_back(
            {{endpoint.provider, &model, key}, isPaid(endpoint, model), unwell, m_choices.size()});
    }
}

const Endpoint *Planner::endpointOf(QByteArrayView provider) const
{
    const auto found = std::find_if(
        m_snapshot.endpoints->begin(),
        m_snapshot.endpoints->end(),
        [provider](const Endpoint &endpoint) { return endpoint.provider->id == provider; });
    return found == m_snapshot.endpoints->end() ? nullptr : &*found;
}

void Planner::rank()
{
    std::sort(m_choices.begin(), m_choices.end(), [](const Choice &a, const Choice &b) {
        if (a.unwell != b.unwell) {
            return b.unwell;
        }
        if (a.paid != b.paid) {
            return b.paid;
        }
        const double qualityA = a.candidate.model->priorQuality.value_or(unknownQuality);
        const double qualityB = b.candidate.model->priorQuality.value_or(unknownQuality);
        if (qualityA != qualityB) {
            return qualityA > qualityB;
        }
        const auto windowA = a.candidate.model->contextWindow.value_or(0);
        const auto windowB = b.candidate.model->contextWindow.value_or(0);
        return windowA != windowB ? windowA > windowB : a.order < b.order;
    });
}

/// Within each class (well and free, well and paid, unwell) the providers take turns: a choice's
/// turn is how many better ones its provider has in the same class.
std::vector<Candidate> Planner::interleaved()
{
    QHash<QByteArrayView, std::size_t> turns;
    const Choice *previous = nullptr;
    for (Choice &choice : m_choices) {
        if (previous != nullptr
            && (previous->paid != choice.paid || previous->unwell != choice.unwell)) {
            turns.clear();
        }
        choice.order = turns[choice.candidate.provider->id]++;
        previous = &choice;
    }
    std::stable_sort(m_choices.begin(), m_choices.end(), [](const Choice &a, const Choice &b) {
        return std::tie(a.unwell, a.paid, a.order) < std::tie(b.unwell, b.paid, b.order);
    });
    std::vector<Candidate> result;
    result.reserve(m_choices.size());
    for (Choice &choice : m_choices) {
        result.push_back(std::move(choice.candidate));
    }
    return result;
}

RoutePlan Planner::planFor(const NameTarget &target)
{
    if (target.kind == NameTarget::Kind::Models) {
        for (const Model *model : target.models) {
            if (const Endpoint *endpoint = endpointOf(model->provider)) {
                consider(*endpoint, *model, true);
            }
        }
    } else {
        for (const Endpoint &endpoint : *m_snapshot.endpoints) {
            if (target.kind == NameTarget::Kind::Provider
                && endpoint.provider->id != target.provider) {
                continue;
            }
            if (endpoint.barred && target.kind != NameTarget::Kind::Provider) {
                continue;
            }
            for (const Model *model : m_snapshot.catalog->modelsOf(endpoint.provider->id)) {
                consider(endpoint, *model, false);
            }
        }
    }
    rank();
    m_plan.candidates = interleaved();
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
    case Disqualified::Deprecated:
        return "deprecated";
    case Disqualified::WireNotSpoken:
        return "wire_not_spoken";
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
    return Planner(snapshot, mode, requirements, now).planFor(*target);
}

} // namespace freerelay::routing
