#pragma once

#include "core/common/result.h"

#include <QFlags>
#include <QStringList>

#include <cstdint>

namespace freerelay::apps {

/// What an app's key opens (docs/apps.md#scopes).
enum class Scope : std::uint8_t {
    Chat = 1, ///< chats and completions, in every dialect
    Embeddings = 2,
    Moderations = 4,
    Models = 8, ///< to be told which models there are
    RunPrograms = 16, ///< models that start programs on this machine
};
Q_DECLARE_FLAGS(Scopes, Scope)
Q_DECLARE_OPERATORS_FOR_FLAGS(Scopes)

/// What a new key opens when nothing else is said: everything that starts no program.
inline constexpr Scopes usualScopes{
    Scope::Chat, Scope::Embeddings, Scope::Moderations, Scope::Models};

/// "chat", "run-programs"; static.
[[nodiscard]] const char *toString(Scope scope);
/// In the order of the enumeration.
[[nodiscard]] QStringList toWords(Scopes scopes);
/// @return InvalidArgument for an unknown word, or none at all; the message lists those there are
[[nodiscard]] common::Result<Scopes> scopesFromWords(const QStringList &words);

} // namespace freerelay::apps
