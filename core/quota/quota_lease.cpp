#include "quota_lease.h"

#include "core/quota/quota_ledger.h"

#include <utility>

namespace freerelay::quota {

QuotaLease::QuotaLease(QuotaLedger &ledger, LeaseTicket ticket)
    : m_ledger(&ledger)
    , m_ticket(std::move(ticket))
{ }

QuotaLease::QuotaLease(QuotaLease &&other) noexcept
    : m_ledger(std::exchange(other.m_ledger, nullptr))
    , m_ticket(std::move(other.m_ticket))
{ }

QuotaLease &QuotaLease::operator=(QuotaLease &&other) noexcept
{
    if (this != &other) {
        release(LeaseEnd::Failed);
        m_ledger = std::exchange(other.m_ledger, nullptr);
        m_ticket = std::move(other.m_ticket);
    }
    return *this;
}

QuotaLease::~QuotaLease()
{
    release(LeaseEnd::Failed);
}

void QuotaLease::observe(const std::vector<catalog::QuotaFact> &facts)
{
    if (m_ledger != nullptr) {
        m_ledger->observe(m_ticket, facts);
    }
}

void QuotaLease::settle(const UsedTokens &used)
{
    if (QuotaLedger *ledger = std::exchange(m_ledger, nullptr)) {
        ledger->settle(m_ticket, used);
    }
}

void QuotaLease::release(LeaseEnd end)
{
    if (QuotaLedger *ledger = std::exchange(m_ledger, nullptr)) {
        ledger->release(m_ticket, end);
    }
}

std::optional<QuotaRest> QuotaLease::refuse(const Refusal &refusal)
{
    QuotaLedger *ledger = std::exchange(m_ledger, nullptr);
    return ledger == nullptr ? std::nullopt : std::optional(ledger->refuse(m_ticket, refusal));
}

} // namespace freerelay::quota
