#pragma once

#include "app/common/start_options.h"
#include "core/services/gateway_service.h"
#include "core/telemetry/log_output.h"
#include "core/telemetry/qt_log_bridge.h"
#include "core/telemetry/redactor.h"

#include <memory>
#include <optional>
#include <unistd.h>

namespace freerelay::app {

/// The log of a program that serves: to stderr and to a file in the state folder. Made first and
/// destroyed last, so that nothing is said past it.
class ProgramLog final
{
public:
    /// Level, format and file that the settings ask for, now and whenever they change while the
    /// result lives.
    [[nodiscard]] std::unique_ptr<interfaces::Subscription>
    follow(services::GatewayService &service, const settings::Paths &paths);

    telemetry::Redactor redactor;
    telemetry::LogOutput output{redactor, STDERR_FILENO};

private:
    void apply(const settings::Settings &settings, const settings::Paths &paths);

    telemetry::QtLogBridge m_bridge{output};
    std::optional<telemetry::LogOptions> m_applied;
};

/// The options as the service wants them: where files are, what overrides what, how to end.
/// @param log  outlives the service
[[nodiscard]] services::ServiceOptions
serviceOptions(const StartOptions &options, const settings::Paths &paths, ProgramLog &log);

/// The first thing in main(), before any thread: what the C library and Qt decide once.
void tuneProcess();

/// What both programs need before anything else: crypto, no SIGPIPE, orderly SIGTERM and SIGINT
/// (through the event loop of the application that exists by now).
/// @return Internal when libsodium cannot be initialised
[[nodiscard]] common::Result<void> prepareProcess();

} // namespace freerelay::app
