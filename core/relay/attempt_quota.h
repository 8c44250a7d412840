#pragma once

#include "core/common/clock.h"
#include "core/dialects/reply_translator.h"
#include "core/quota/quota_lease.h"
#include "core/relay/attempt.h"
#include "core/routing/route_plan.h"

#include <optional>

namespace freerelay::relay {

/// One attempt's part of its provider's quota: lent before it is sent, told what the reply's
/// headers say, and settled by what was used. Nothing is counted for local providers. One thread;
/// outlives the attempt.
class AttemptQuota
{
public:
    AttemptQuota(
        const routing::Candidate &candidate, quota::QuotaLease lease, const common::Clock &clock)
        : m_provider(*candidate.provider)
        , m_lease(std::move(lease))
        , m_clock(clock)
    { }

    /// The head of the reply is here, whatever its status.
    void onHead(const common::HeaderList &headers);
    /// The attempt is over: its usage, or what a failure leaves to count, replaces the estimate.
    /// A refusal teaches the ledger.
    /// @return until when the provider refuses; with FailureClass::RateLimited only
    std::optional<quota::QuotaRest> onEnd(const Attempt &attempt);

private:
    [[nodiscard]] quota::Refusal refusalOf(const dialects::ProviderFailure &failure) const;

    const catalog::Provider &m_provider;
    quota::QuotaLease m_lease;
    const common::Clock &m_clock;
};

} // namespace freerelay::relay
