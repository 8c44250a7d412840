#pragma once

#include "core/relay/relay_config.h"

#include <QByteArray>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace freerelay::relay {

/// What decides whether a model can be used at a moment. Its parts outlive it.
struct Supplies
{
    const quota::CoolDownTable &coolDowns;
    std::span<const quota::QuotaConstraint> quotas; ///< of a small request; see QuotaLedger
    common::SteadyTime now;
};

/// What a model is known to take; a name of our own stands for whoever can.
struct Abilities
{
    bool chats = true;
    bool embeds = false;
    bool tools = true;
    bool vision = true;
    bool reasoning = false;
};

/// One name that a client may ask for.
struct ListedModel
{
    QByteArray id;
    QByteArray ownedBy; ///< provider id, "freerelay" for names of our own
    std::int64_t createdUnix = 0; ///< release date of the model, seconds; 0 = unknown
    QByteArray tier; ///< "free", "paid", …; "" for names of our own
    bool usable = false; ///< a request for it would be tried now
    std::optional<std::int64_t> contextWindow;
    /// Why it is not usable when waiting helps: "cooling_down", "quota_exhausted", "key_rejected";
    /// "" = it is usable, or something else is missing.
    QByteArray state{};
    std::optional<std::int64_t> retryAfterSeconds{}; ///< with `state`: until the first is back
    Abilities abilities{};
};

/// How a provider stands, for /health.
struct ProviderHealth
{
    QByteArray id;
    /// "ready", "cooling_down", "quota_exhausted", "key_rejected", "no_models"
    QByteArray state;
    std::optional<std::int64_t> retryAfterSeconds;
    std::optional<quota::CoolDown> rest; ///< the first to end, when no model can be used
};

/// Every name of docs/user-guide.md#asking-for-a-model: our own (auto, free, paid, per provider),
/// aliases, and `provider/model`. Pure; any thread.
/// @param all  also those that cannot be used at the moment
[[nodiscard]] std::vector<ListedModel>
listModels(const RelayConfig &config, const Supplies &supplies, bool all);

/// One entry of listModels(all = true); nullopt when there is no such name. Names that the list
/// does not spell (synonyms, names that providers share) resolve as a request's would.
[[nodiscard]] std::optional<ListedModel>
findModel(const RelayConfig &config, const Supplies &supplies, QByteArrayView id);

/// Configured providers and how they stand.
[[nodiscard]] std::vector<ProviderHealth>
providerHealth(const RelayConfig &config, const Supplies &supplies);

} // namespace freerelay::relay
