#pragma once

#include "app/cli/context.h"

namespace freerelay::app {

/// `keys list`: every configured provider with its keys, their source and state.
int keysListCommand(CommandContext &context, bool json);
/// What `keys add` does before it saves a key.
enum class KeyCheck { Test, None };

/// `keys add`: asks for the key without showing it (or reads it from a pipe), tests and saves it.
/// A key that fails is saved only after a person has agreed.
int keysAddCommand(CommandContext &context, const QString &provider, KeyCheck check);
/// `keys remove`: of a provider with one removable key no fingerprint is needed.
int keysRemoveCommand(CommandContext &context, const QString &provider, const QString &fingerprint);
/// `keys test`: one provider, or all that have a key.
int keysTestCommand(CommandContext &context, const QString &provider);

/// Saves `key`; when the keychain refuses, says why and offers the session or, after consent, a
/// 0600 file. Shared with `setup`.
int saveKey(CommandContext &context, const QString &provider, const common::Secret &key);
/// Tests a key that is not stored yet and prints what was found.
bool testKey(CommandContext &context, const QString &provider, const common::Secret &key);

} // namespace freerelay::app
