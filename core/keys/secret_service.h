#pragma once

#include <QObject>

#include <functional>
#include <optional>

namespace freerelay::keys {

/// Asks the freedesktop Secret Service (specification 0.2, org.freedesktop.Secret.Collection)
/// whether its default collection is locked: qtkeychain says "not found" for an entry of a locked
/// one. Never starts a service and never makes it ask the user.
///
/// `done` comes later from the event loop, never when `context` is destroyed before; with nullopt
/// where there is no such service (and on systems that have none) or after two seconds.
void askSecretServiceLocked(QObject *context, std::function<void(std::optional<bool>)> done);

/// False when this session has no D-Bus, and so neither Secret Service nor KWallet: then qtkeychain
/// need not load libsecret and GIO (2.7 MB) to find that out. True on systems whose keychain needs
/// no bus. Looked for again each time, for a bus can come later; blocks only to connect to one.
[[nodiscard]] bool hasKeychainBus();

} // namespace freerelay::keys
