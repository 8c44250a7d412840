#pragma once

#include "core/interfaces/quota_figures.h"
#include "core/relay/records.h"

#include <QTimer>

#include <atomic>
#include <functional>

namespace freerelay::services {

/// Notices when a provider is used up and when it is back: looks after requests, but only while
/// something is tight and not more often than `pace`, and when the first quota comes back. Idle it
/// does nothing. Main thread, except for record().
class QuotaWatch final : public relay::OutcomeSink
{
public:
    static constexpr std::chrono::milliseconds usualPace{250};

    struct Parts
    {
        std::function<bool()> isAnyTight; ///< called on any thread; cheap
        std::function<interfaces::QuotaOutlook()> look;
        std::function<void()> changed; ///< another provider is used up, is back, or answers
    };

    explicit QuotaWatch(Parts parts, std::chrono::milliseconds pace = usualPace);
    ~QuotaWatch() override = default;
    Q_DISABLE_COPY_MOVE(QuotaWatch)

    /// Any thread.
    void record(const std::shared_ptr<const relay::Outcome> &outcome) override;
    /// Looks now.
    void check();
    /// As it was at the last look.
    [[nodiscard]] const interfaces::QuotaOutlook &outlook() const { return m_outlook; }

private:
    void wakeWhenBack(const QDateTime &now);

    Parts m_parts;
    interfaces::QuotaOutlook m_outlook;
    std::atomic<bool> m_wasTight{false}; ///< at the last look, somebody was used up
    std::atomic<bool> m_pending{false}; ///< a look is due
    QTimer m_pace;
    QTimer m_back;
};

} // namespace freerelay::services
