#pragma once

#include "app/common/start_options.h"
#include "core/services/gateway_service.h"

#include <memory>

namespace freerelay::app {

/// The options as the service wants them: where files are, what overrides what, how to end.
[[nodiscard]] services::ServiceOptions
serviceOptions(const StartOptions &options, const settings::Paths &paths);

/// The first thing in main(), before any thread: what the C library and Qt decide once.
void tuneProcess();

/// What both programs need before anything else: crypto, no SIGPIPE, orderly SIGTERM and SIGINT
/// (through the event loop of the application that exists by now), log output to stderr.
/// @return Internal when libsodium cannot be initialised
[[nodiscard]] common::Result<void> prepareProcess();

/// Log output in the form and from the level that the settings ask for, now and whenever they
/// change while the result lives.
[[nodiscard]] std::unique_ptr<interfaces::Subscription>
followLogSettings(services::GatewayService &service);

} // namespace freerelay::app
