#pragma once

#include "core/upstream/chaos/chaos_rules.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::app {

/// What `start` was asked for; shared by both executables. Values override the settings file.
struct StartOptions
{
    bool headless = false;
    bool demo = false; ///< three demo providers, whatever is configured
    bool hidden = false; ///< desktop: no window at first
    bool developer = false; ///< the developer page, which can play faults
    std::vector<upstream::ChaosRule> chaos; ///< faults to play; implies `developer`
    std::optional<std::uint16_t> port;
    std::optional<QString> host;
    std::optional<QString> mode;

    /// As arguments, to hand over to the other executable.
    [[nodiscard]] QStringList toArguments() const
    {
        QStringList arguments;
        if (port) {
            arguments << QStringLiteral("--port") << QString::number(*port);
        }
        if (host) {
            arguments << QStringLiteral("--host") << *host;
        }
        if (mode) {
            arguments << QStringLiteral("--mode") << *mode;
        }
        if (demo) {
            arguments << QStringLiteral("--demo");
        }
        if (hidden) {
            arguments << QStringLiteral("--hidden");
        }
        if (developer) {
            arguments << QStringLiteral("--developer");
        }
        for (const upstream::ChaosRule &rule : chaos) {
            arguments << QStringLiteral("--chaos") << upstream::toText(rule);
        }
        return arguments;
    }
};

/// What the programs return to the shell; docs/command-line.md lists them.
inline constexpr int exitOk = 0;
inline constexpr int exitFailure = 1;
inline constexpr int exitUsage = 2;
inline constexpr int exitNotRunning = 3;
inline constexpr int exitAlreadyRunning = 4;
inline constexpr int exitRefused = 5;

} // namespace freerelay::app
