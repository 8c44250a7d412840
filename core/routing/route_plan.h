#pragma once

#include "core/catalog/catalog.h"
#include "core/common/clock.h"
#include "core/common/mode.h"
#include "core/common/result.h"
#include "core/dialects/chat_request.h"
#include "core/keys/key_ring.h"
#include "core/quota/cool_down_table.h"
#include "core/settings/settings.h"

#include <memory>
#include <vector>

namespace freerelay::routing {

/// Everything a decision reads. Immutable but for the cool-down table, which is thread-safe.
struct RoutingSnapshot
{
    std::shared_ptr<const catalog::Catalog> catalog;
    std::shared_ptr<const keys::KeyRing> keys;
    std::shared_ptr<const settings::Settings> settings;
    const quota::CoolDownTable *coolDowns = nullptr;
    bool demo = false; ///< the demo providers may be used: no real one was ever configured
};

/// One way to answer: this model at this provider with this key.
struct Candidate
{
    const catalog::Provider *provider = nullptr;
    const catalog::Model *model = nullptr;
    const keys::Key *key = nullptr; ///< null: keyless, local or demo
};

/// Why a candidate was left out; kept so that a decision can be explained.
enum class Disqualified {
    ModeForbids, NoKey, NoConsent, Disabled, ContextTooSmall, NoTools, NoVision, NoJsonSchema,
    CoolingDown, Deprecated, WireNotSpoken, NoSuchModel,
};

struct Rejection
{
    const catalog::Model *model = nullptr;
    Disqualified reason = Disqualified::NoKey;
};

/// Candidates, best first. Pointers are valid as long as the snapshot's parts are.
struct RoutePlan
{
    std::vector<Candidate> candidates;
    std::vector<Rejection> rejections;
};

/// Chooses candidates for one request, best first. Pure; any thread.
///
/// Order (learned routing comes later and replaces only this function's ranking): by mode (in Auto
/// free before paid), then prior quality, then larger context, then catalogue order; providers are
/// interleaved so that the second candidate is at another provider where possible.
/// @return NotFound: the name means nothing (message names near ones);
///         Unavailable: nothing is configured that could answer (message says how to add a key), or
///         KeychainUnavailable when keys exist that cannot be read;
///         QuotaExhausted: every candidate is cooling down by quota — `detail` holds the seconds to
///         the earliest reset; Unavailable with detail when cooling for other reasons;
///         InvalidArgument: no configured model has the needed capability or window;
///         PermissionDenied: an exactly named model is not allowed by the mode.
[[nodiscard]] common::Result<RoutePlan> plan(
    const RoutingSnapshot &snapshot, common::Mode mode, QByteArrayView requestedModel,
    const dialects::RequestNeeds &needs, common::SteadyTime now);

} // namespace freerelay::routing
