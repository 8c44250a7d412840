#pragma once

#include "core/catalog/account_page.h"
#include "core/quota/quota_ledger.h"
#include "core/relay/records.h"
#include "core/relay/relay_config.h"
#include "core/services/provider_pages.h"

#include <QObject>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace freerelay::services {

/// Reads what providers tell on the pages about keys (QuotaRules::account) into the ledger: once
/// when a key is new to this run, and later while it is used or somebody looks at the quotas, each
/// page no more often than `pace`, and ever more rarely while it fails. It has no timer: idle it
/// does nothing. Main thread, except for record() and look().
///
/// A key goes where its requests go and nowhere else: to the page below the address in force.
class AccountWatch final : public relay::OutcomeSink
{
public:
    static constexpr std::chrono::minutes pace{5};
    static constexpr std::chrono::minutes longestPace{60}; ///< while it fails

    struct Parts
    {
        std::function<std::shared_ptr<const relay::RelayConfig>()> config; ///< the present one
        ProviderPages &pages; ///< gone before the watch
        quota::QuotaLedger &ledger;
        const common::Clock &clock;
        std::function<void()> changed; ///< the ledger was told something
    };

    explicit AccountWatch(Parts parts);
    ~AccountWatch() override = default;
    Q_DISABLE_COPY_MOVE(AccountWatch)

    /// Keys, addresses or the catalogue may have changed.
    void follow();
    /// Any thread.
    void record(const std::shared_ptr<const relay::Outcome> &outcome) override;
    /// Somebody looks at the quotas. Any thread.
    void look();

private:
    /// One key at one address.
    struct Account
    {
        QByteArray provider;
        QByteArray key; ///< fingerprint
        QByteArray url;
        common::SteadyTime dueAt;
        int failures = 0; ///< in a row
        bool isWanted = true;
        bool isAsked = false; ///< the answer is awaited

        [[nodiscard]] bool isSame(const Account &other) const;
    };
    using Facts = std::vector<catalog::AccountFact>;

    [[nodiscard]] bool isAnyDue() const;
    void noteDue();
    void askSoon();
    void askWanted();
    void ask(const Account &account);
    void onAnswer(const Account &asked, const common::Result<Facts> &facts);

    Parts m_parts;
    QObject m_context; ///< for calls that other threads queue
    std::mutex m_mutex; ///< guards the accounts
    std::vector<Account> m_accounts;
    std::atomic<common::SteadyTime> m_firstDue{common::SteadyTime::max()};
    std::atomic<bool> m_pending{false}; ///< askWanted() is queued
};

} // namespace freerelay::services
