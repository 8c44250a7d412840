#pragma once

#include "core/health/health_table.h"
#include "core/interfaces/gateway_control.h"
#include "core/keys/key_manager.h"
#include "core/quota/cool_down_table.h"
#include "core/services/config_keeper.h"
#include "core/services/model_lister.h"

#include <functional>

namespace freerelay::services {

/// What a front end may do with keys: add, remove, test them, and consent to the use of a provider
/// that needs none. Main thread; all that it is made of outlives it.
class KeyActions final
{
public:
    template <typename T> using Callback = interfaces::GatewayControl::Callback<T>;

    struct Parts
    {
        keys::KeyManager &keys;
        settings::SettingsStore &settings;
        ModelLister &lister;
        quota::CoolDownTable &coolDowns;
        health::HealthTable &health;
        const ConfigKeeper &config;
        std::function<void()> changed; ///< a provider may be well again
    };

    explicit KeyActions(Parts parts)
        : m_parts(std::move(parts))
    { }

    /// See interfaces::GatewayControl for each.
    void
    add(const QByteArray &provider,
        const common::Secret &key,
        interfaces::KeyStorage storage,
        Callback<void> done) const;
    void
    remove(const QByteArray &provider, const QByteArray &fingerprint, Callback<void> done) const;
    void test(
        const QByteArray &provider,
        const QByteArray &fingerprint,
        const common::Secret &candidate,
        Callback<interfaces::KeyTestResult> done) const;
    [[nodiscard]] common::Result<void> setConsent(const QByteArray &provider, bool consent) const;

private:
    Parts m_parts;
};

} // namespace freerelay::services
