#pragma once

#include "core/catalog/types.h"
#include "core/common/result.h"
#include "core/keys/key_ring.h"

#include <QByteArray>
#include <QByteArrayView>

namespace freerelay::keys {

/// Where keys may go. Pure; any thread.

/// "host", or "host:port" when the port is not the scheme's own; lower case, IPv6 in brackets.
/// Empty when `baseUrl` is no http or https address.
[[nodiscard]] QByteArray hostOf(QByteArrayView baseUrl);

/// Is the address on this machine: 127.0.0.0/8, ::1 or localhost?
[[nodiscard]] bool isLoopback(QByteArrayView baseUrl);

/// Keys travel over https, and over plain http to loopback only.
/// @return PermissionDenied with the reason
[[nodiscard]] common::Result<void> mayCarryKeys(QByteArrayView baseUrl);

/// May `key` be sent to `baseUrl`, the address in force for `provider`?
///
/// A key that was saved (keychain, file, session) goes only to the host it was saved for. A key
/// from the environment or `.env` goes wherever the user points the provider: the address in force
/// is the shipped one or comes from the command line, the process environment or the settings
/// file, never from `.env`.
/// @return PermissionDenied with the reason, which names hosts but never the key
[[nodiscard]] common::Result<void>
mayUse(const Key &key, const catalog::Provider &provider, QByteArrayView baseUrl);

} // namespace freerelay::keys
