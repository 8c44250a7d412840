#pragma once

#include "core/apps/app.h"
#include "core/relay/error_reply.h"

#include <optional>

namespace freerelay::relay {

/// An app and the models that are programs of this computer. All pure; any thread.

/// Whether the models that may answer the app, when it names any, hold this one.
[[nodiscard]] bool isOpenTo(const apps::App &app, QByteArrayView program);

/// Why the app may not have the program run, although its key has the scope for it; nullopt = it
/// may. What a program asks models for is FreeRelay's own request and counts as no app's, so an app
/// with a budget, or for free models only, would get around its limits.
/// @param configured  the mode in which FreeRelay's own requests are answered
[[nodiscard]] std::optional<ClientError>
programRefusalOf(const apps::App &app, QByteArrayView program, common::Mode configured);

} // namespace freerelay::relay
