#pragma once

#include "core/gateway/access_policy.h"
#include "core/settings/settings.h"

#include <optional>

namespace freerelay::services {

/// What is read of the settings when the server is started, and then stays. A value; main thread.
class StartSettings final
{
public:
    /// Nothing has been started.
    StartSettings() = default;
    /// @param now  the settings that the server is started with
    explicit StartSettings(const settings::Settings &now);

    /// Who may call: as `current` says, at the addresses that are in force.
    [[nodiscard]] gateway::AccessOptions accessOptions(const settings::Settings &current) const;

    /// A sentence that names what is otherwise in `current` and waits for the next start; none
    /// when nothing does.
    [[nodiscard]] QStringList waiting(const settings::Settings &current) const;

private:
    struct Values
    {
        explicit Values(const settings::Settings &settings);

        QString host;
        int port;
        int workers;
        QString providersFile;
        QString bridgeAddress;
    };
    std::optional<Values> m_started;
};

} // namespace freerelay::services
