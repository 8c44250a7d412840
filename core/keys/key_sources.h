#pragma once

#include "core/catalog/types.h"
#include "core/common/environment.h"
#include "core/common/result.h"
#include "core/keys/dot_env.h"
#include "core/keys/key_ring.h"

#include <QStringList>

#include <optional>
#include <vector>

namespace freerelay::keys {

/// Keys in variables. For each provider the first of its key variables that is set wins
/// (Provider::keyVariables). Several keys of one provider are separated by commas, or numbered:
/// GROQ_API_KEY, GROQ_API_KEY_2, … GROQ_API_KEY_16. Pure but for the environment; any thread.

/// What a source had.
struct FoundKeys
{
    std::vector<Key> keys;
    QStringList problems; ///< values that cannot be keys, without showing them
};

/// A token that was not made for this use (GITHUB_TOKEN): shown to the user, never used unasked.
struct KeyOffer
{
    QByteArray provider;
    QByteArray variable;
    common::Secret secret;
};

[[nodiscard]] FoundKeys environmentKeys(
    const common::Environment &environment, const std::vector<catalog::Provider> &providers);

[[nodiscard]] FoundKeys
dotEnvKeys(const DotEnv &dotEnv, const std::vector<catalog::Provider> &providers);

/// Key variables, numbered ones included; for readDotEnv().
[[nodiscard]] HonouredName keyVariablesOf(const std::vector<catalog::Provider> &providers);

[[nodiscard]] std::vector<KeyOffer> offeredTokens(
    const common::Environment &environment, const std::vector<catalog::Provider> &providers);

/// FREERELAY_API_KEY, which every client must then show; an empty Secret when it is not set.
/// @return InvalidArgument when it is set to something that cannot be a key: better no gateway
///         than an open one
[[nodiscard]] common::Result<common::Secret> clientKey(const common::Environment &environment);

} // namespace freerelay::keys
