#pragma once

#include "core/apps/app_table.h"
#include "core/catalog/catalog.h"
#include "core/relay/error_reply.h"
#include "core/relay/records.h"
#include "core/relay/relay_config.h"
#include "core/relay/relay_request.h"
#include "core/routing/route_plan.h"

#include <optional>

namespace freerelay::relay {

/// What the key of an app opens, and what that comes to. All pure, but for charge(); any thread.

/// Why the app may not ask at all; nullopt = it may, or the request came without a key of ours.
/// @param scope  what the request needs; nullopt = any key that opens something will do
[[nodiscard]] std::optional<ClientError>
refusalOf(const apps::Caller &caller, std::optional<apps::Scope> scope);

/// Names the request after its app, and sees whether that has money left today.
void enterApp(RelayRequest &request, const apps::AppPtr &app, common::WallTime now);

/// Notes who asked: the app whose key was sent, else the program behind the connection.
void attribute(Outcome &outcome, const RelayRequest &request);

/// The mode that decides: the app's, else the request's own, else the configured one.
[[nodiscard]] common::Mode modeFor(const RelayRequest &request, const RelayConfig &config);

/// Leaves only what the request's app may use. The request outlives the snapshot.
void restrict(routing::RoutingSnapshot &snapshot, const RelayRequest &request);

/// `error` of an empty plan, told anew when it is the app that stands in the way.
[[nodiscard]] ClientError toldToApp(ClientError error, const RelayRequest &request);

/// What an answer cost; nullopt = that is not known. Sources: Price (core/catalog), the reply.
/// @param paid  it came from a source that costs money
[[nodiscard]] std::optional<common::MicroUsd>
costOf(const catalog::Price &price, bool paid, const Outcome &tokens);

/// Counts what became of a request as used by its app; nothing without one.
void charge(const RelayRequest &request, const Outcome &outcome, common::WallTime now);

} // namespace freerelay::relay
