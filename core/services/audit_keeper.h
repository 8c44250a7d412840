#pragma once

#include "core/common/published.h"
#include "core/interfaces/gateway_control.h"
#include "core/keys/generated_keys.h"
#include "core/settings/settings.h"
#include "core/store/audit/audit_trail.h"

#include <functional>
#include <memory>
#include <mutex>

namespace freerelay::services {

/// Audits requests as the settings say: fetches the keys, starts and ends the trail. Main thread,
/// unless told otherwise.
///
/// The audit begins as soon as it is asked for: until the keychain has answered, with keys of this
/// session, so that no request goes by unaudited.
class AuditKeeper final
{
public:
    struct Parts
    {
        QString folder;
        QByteArray run; ///< names this run of the program
        std::unique_ptr<keys::KeychainBackend> keychain;
        std::function<void()> changed; ///< the status did; called on any thread
    };

    /// @param clock  outlives it
    AuditKeeper(Parts parts, const common::Clock &clock);

    void follow(const settings::Settings &settings);
    /// Asks the keychain again, where it did not help before.
    void retryKeys();

    /// What the workers obey. Any thread.
    [[nodiscard]] const common::Published<relay::AuditRules> &rules() const { return m_rules; }
    /// Any thread.
    [[nodiscard]] store::AuditTrail &trail() { return m_trail; }
    /// Any thread.
    [[nodiscard]] interfaces::AuditStatus status() const;
    /// The sentence for a status line; "" = all is well.
    [[nodiscard]] QString problem() const;
    void stop(std::chrono::milliseconds deadline) { m_trail.stop(deadline); }

private:
    /// A key of the trail, and whether the keychain has it.
    struct Held
    {
        common::Secret key;
        bool asked = false;
        QString problem = QStringLiteral("The keychain has not answered yet.");
    };

    [[nodiscard]] bool isOn() const { return m_mode != "none"; }
    [[nodiscard]] bool isSigned() const { return m_mode == "signed"; }
    void fetchKeys();
    void fetch(Held &held, const QString &entry, int bytes);
    void apply();

    std::function<void()> m_changed;
    QByteArray m_mode = QByteArrayLiteral("none");
    bool m_strict = false;
    Held m_hashKey;
    Held m_signingSeed;
    common::Published<relay::AuditRules> m_rules;
    mutable std::mutex m_mutex;
    interfaces::AuditStatus m_status; ///< without the trail's part
    store::AuditTrail m_trail;
    keys::GeneratedKeys m_keys; ///< destroyed first: its callbacks name the keeper
};

} // namespace freerelay::services
