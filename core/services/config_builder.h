#pragma once

#include "core/catalog/catalog.h"
#include "core/keys/key_ring.h"
#include "core/relay/relay_config.h"
#include "core/settings/settings.h"

#include <QStringList>

#include <memory>

namespace freerelay::services {

/// What a configuration snapshot is made of.
struct ConfigParts
{
    std::shared_ptr<const catalog::Catalog> catalog;
    std::shared_ptr<const keys::KeyRing> keys;
    settings::Settings settings;
    bool paused = false;
    std::uint16_t ownPort = 0; ///< a provider must not lead back to it; 0 = not listening yet
    QByteArray instanceId;
    std::uint64_t version = 0;
};

struct BuiltConfig
{
    std::shared_ptr<const relay::RelayConfig> config;
    QStringList problems; ///< addresses and keys that were left out, one sentence each
};

/// Puts providers, keys and settings together: which endpoint may be used, with which keys, at
/// which address. Pure; any thread.
[[nodiscard]] BuiltConfig buildConfig(const ConfigParts &parts);

} // namespace freerelay::services
