#pragma once

#include "core/catalog/catalog.h"
#include "core/catalog/model_task.h"
#include "core/common/clock.h"
#include "core/common/mode.h"
#include "core/common/result.h"
#include "core/health/health_view.h"
#include "core/quota/cool_down_table.h"
#include "core/quota/quota_view.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace freerelay::routing {

class RankedCatalog;

/// Why a model was left out; kept so that every decision can be explained.
enum class Disqualified : std::uint8_t {
    NoKey,
    NoConsent,
    Disabled,
    NoAddress,
    ModeForbids,
    ContextTooSmall,
    NoTools,
    NoVision,
    NoJsonSchema,
    CoolingDown,
    QuotaExhausted,
    Deprecated,
    WireNotSpoken,
    NotChat,
    WrongTask, ///< it answers requests of another kind
    NotAllowed, ///< the app that asks may not use it
};

/// Stable lower-case name of a reason ("no_key").
[[nodiscard]] const char *toString(Disqualified reason);

/// One provider as the user's keys and settings make it.
struct Endpoint
{
    const catalog::Provider *provider = nullptr;
    /// Fingerprints of its keys, first choice first; one empty entry when it needs none.
    std::vector<QByteArray> keys;
    std::optional<Disqualified> barred; ///< NoKey, NoConsent, Disabled or NoAddress
    bool trialAsFree = false;
};

/// What one request needs of a model.
struct Requirements
{
    bool tools = false;
    bool vision = false;
    bool jsonSchema = false;
    std::int64_t tokens = 0; ///< estimated prompt plus requested output, ≥ 0
    catalog::Task task = catalog::Task::Chat;
};

/// Everything a decision reads. The parts outlive the decision; the cool-down table is thread-safe.
struct RoutingSnapshot
{
    const catalog::Catalog *catalog = nullptr;
    const std::vector<Endpoint> *endpoints = nullptr;
    const RankedCatalog *ranked = nullptr; ///< made of these two; null = there are no endpoints
    const quota::CoolDownTable *coolDowns = nullptr;
    bool allowPaidInAuto = true;
    std::span<const quota::QuotaConstraint> quotas{}; ///< those that are not simply free
    std::span<const health::UnwellTarget> unwell{}; ///< what requests like this should avoid
    std::span<const QByteArray> allowed{}; ///< patterns of the models that may answer; none = all
    bool freeOnly = false; ///< nothing that costs money, whatever is asked for
};

/// One way to answer: this model at this provider with this key.
struct Candidate
{
    const catalog::Provider *provider = nullptr;
    const catalog::Model *model = nullptr;
    QByteArray key; ///< fingerprint; empty: keyless, local or demo
    bool beyondQuota = false; ///< more than it is said to allow; that may be out of date
    std::optional<common::SteadyTime> unwellUntil{}; ///< it fails, and goes last
};

struct Rejection
{
    const catalog::Provider *provider = nullptr;
    const catalog::Model *model = nullptr;
    Disqualified reason = Disqualified::NoKey;
    /// With CoolingDown; with QuotaExhausted its end is when the request fits again.
    std::optional<quota::CoolDown> coolDown{};
};

/// Candidates, best first; pointers are valid as long as the snapshot's parts are. Empty when
/// nothing is left: explainExhaustion() then tells why.
struct RoutePlan
{
    catalog::NameTarget::Kind asked = catalog::NameTarget::Kind::Auto; ///< what the name meant
    common::Mode mode
        = common::Mode::Auto; ///< that decided; freerelay-free overrides the asked one
    catalog::Task task = catalog::Task::Chat; ///< that was asked for
    std::vector<Candidate> candidates{};
    std::vector<Rejection> rejections{};
};

/// Chooses candidates for one request, best first. Pure; any thread.
///
/// Ranking (learned routing replaces this function and RankedCatalog only): what fails now
/// (RoutingSnapshot::unwell, and cool-downs that only advise) goes last (never out: a lone provider
/// must stay reachable); free sources before paid ones;
/// of each, those beyond a limit that is only said to be theirs behind the others, and servers on
/// this computer just before these: the last resort when quotas end; then prior
/// quality (resources/catalog/quality_priors.yaml; unknown counts as the scale's lowest,
/// 0.35), then the larger window, then those whose quota does not run low, then catalogue order;
/// for models asked for by name instead the order in which the name lists them. Within that order
/// providers are interleaved, so that a failing provider costs one attempt.
///
/// A model is judged in this order, and the first thing amiss is its rejection: provider, chat,
/// wire, whether the app may use it, deprecation, capabilities (tools, vision, schema, window),
/// mode, cool-down. So ModeForbids means that it could have done it. Unless they are named,
/// providers that are barred and models that do not chat are passed over without a rejection. A
/// quota that is used up comes last of all.
///
/// Requests for another task than chat are served by one model only: vectors of two models never
/// belong together. It is the first in the order above that could answer, whatever rests now; of a
/// name that several models share the first as well. Its candidates are the providers that serve
/// it.
/// @param requested  the name a client asked for, "" = auto
/// @return NotFound when the name means nothing (the message names near ones)
[[nodiscard]] common::Result<RoutePlan> plan(
    const RoutingSnapshot &snapshot,
    common::Mode mode,
    QByteArrayView requested,
    const Requirements &requirements,
    common::SteadyTime now);

} // namespace freerelay::routing
