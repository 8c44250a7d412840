#include "account_watch.h"

#include "core/catalog/endpoint.h"

#include <QLoggingCategory>

#include <algorithm>

using namespace std::chrono_literals;

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcQuota, "freerelay.quota", QtInfoMsg)

using common::Result;

constexpr qsizetype largestPage = 64 * 1024;
constexpr std::chrono::milliseconds pageLimit = 15s;

bool wasUsed(const relay::Outcome &outcome, const QByteArray &provider, const QByteArray &key)
{
    return std::any_of(
        outcome.attempts.begin(), outcome.attempts.end(), [&](const relay::AttemptRecord &attempt) {
            return attempt.provider == provider && attempt.keyFingerprint == key;
        });
}

} // namespace

bool AccountWatch::Account::isSame(const Account &other) const
{
    return provider == other.provider && key == other.key && url == other.url;
}

AccountWatch::AccountWatch(Parts parts)
    : m_parts(std::move(parts))
{ }

void AccountWatch::follow()
{
    const std::shared_ptr<const relay::RelayConfig> config = m_parts.config();
    std::vector<Account> accounts;
    for (const routing::Endpoint &endpoint : config->endpoints) {
        const catalog::Provider &provider = *endpoint.provider;
        const QByteArray url = catalog::accountUrlOf(provider, config->baseUrls.value(provider.id));
        for (const QByteArray &key : endpoint.keys) {
            if (!endpoint.barred && !url.isEmpty() && !key.isEmpty()) {
                accounts.push_back({provider.id, key, url, m_parts.clock.now()});
            }
        }
    }
    {
        const std::lock_guard lock(m_mutex);
        for (Account &account : accounts) {
            const auto known = std::find_if(
                m_accounts.begin(), m_accounts.end(), [&](const Account &one) {
                    return one.isSame(account);
                });
            if (known != m_accounts.end()) {
                account = *known;
            }
        }
        m_accounts = std::move(accounts);
        noteDue();
    }
    if (isAnyDue()) {
        askWanted();
    }
}

bool AccountWatch::isAnyDue() const
{
    return m_firstDue.load(std::memory_order_relaxed) <= m_parts.clock.now();
}

/// With the mutex held.
void AccountWatch::noteDue()
{
    common::SteadyTime first = common::SteadyTime::max();
    for (const Account &account : m_accounts) {
        first = account.isAsked ? first : std::min(first, account.dueAt);
    }
    m_firstDue.store(first, std::memory_order_relaxed);
}

void AccountWatch::record(const std::shared_ptr<const relay::Outcome> &outcome)
{
    if (!isAnyDue()) {
        return;
    }
    bool isWanted = false;
    {
        const common::SteadyTime now = m_parts.clock.now();
        const std::lock_guard lock(m_mutex);
        for (Account &account : m_accounts) {
            if (account.dueAt <= now && wasUsed(*outcome, account.provider, account.key)) {
                account.isWanted = isWanted = true;
            }
        }
    }
    if (isWanted) {
        askSoon();
    }
}

void AccountWatch::look()
{
    if (!isAnyDue()) {
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        for (Account &account : m_accounts) {
            account.isWanted = true;
        }
    }
    askSoon();
}

void AccountWatch::askSoon()
{
    if (!m_pending.exchange(true)) {
        QMetaObject::invokeMethod(
            &m_context, [this] { askWanted(); }, Qt::QueuedConnection);
    }
}

void AccountWatch::askWanted()
{
    m_pending = false;
    const common::SteadyTime now = m_parts.clock.now();
    std::vector<Account> wanted;
    {
        const std::lock_guard lock(m_mutex);
        for (Account &account : m_accounts) {
            if (account.isWanted && !account.isAsked && account.dueAt <= now) {
                account.isWanted = false;
                account.isAsked = true;
                wanted.push_back(account);
            }
        }
        noteDue();
    }
    for (const Account &account : wanted) {
        ask(account);
    }
}

void AccountWatch::ask(const Account &account)
{
    const std::shared_ptr<const relay::RelayConfig> config = m_parts.config();
    const catalog::Provider *provider = config->catalog->provider(account.provider);
    const keys::Key *key = config->key(account.provider, account.key);
    if (provider == nullptr || key == nullptr) {
        return; // both are gone: follow() forgets the account
    }
    m_parts.pages.fetch<Facts>(
        {*provider, account.url, key->secret, largestPage, pageLimit},
        [provider = *provider](const Page &page) {
            return catalog::parseAccountPage(provider, page.bytes);
        },
        [this, account](const Result<Facts> &facts) { onAnswer(account, facts); });
}

void AccountWatch::onAnswer(const Account &asked, const Result<Facts> &facts)
{
    const catalog::Provider *provider = nullptr;
    const std::shared_ptr<const relay::RelayConfig> config = m_parts.config();
    {
        const std::lock_guard lock(m_mutex);
        for (Account &account : m_accounts) {
            if (account.isSame(asked)) {
                account.isAsked = false;
                account.failures = facts ? 0 : account.failures + 1;
                const auto wait = std::min<common::Duration>(
                    pace * (1 << std::min(account.failures, 8)), longestPace);
                account.dueAt = m_parts.clock.now() + wait;
                provider = config->catalog->provider(account.provider);
            }
        }
        noteDue();
    }
    if (!facts) {
        qCInfo(lcQuota).noquote() << "the account page of" << asked.provider
                                  << "is not read:" << facts.error().message;
    } else if (provider != nullptr) {
        m_parts.ledger.observeAccount(*provider, asked.key, *facts);
        m_parts.changed();
    }
}

} // namespace freerelay::services
