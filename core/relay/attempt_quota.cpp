#include "attempt_quota.h"

#include "core/quota/rate_headers.h"

namespace freerelay::relay {

using dialects::FailureClass;
using quota::LeaseEnd;

namespace {

quota::UsedTokens usedTokens(const dialects::Usage &usage)
{
    return {usage.promptTokens, usage.completionTokens, usage.cachedTokens.value_or(0)};
}

} // namespace

void AttemptQuota::onHead(const common::HeaderList &headers)
{
    if (m_lease.isOpen()) {
        m_lease.observe(quota::readRateHeaders(m_provider.quota, headers, m_clock.wallNow()));
    }
}

std::optional<quota::QuotaRest> AttemptQuota::onEnd(const Attempt &attempt)
{
    const dialects::Usage &usage = attempt.progress().usage;
    const auto &failure = attempt.failure();
    if (!failure || usage.completionTokens) {
        m_lease.settle(usedTokens(usage));
    } else if (failure->kind == FailureClass::RateLimited) {
        return m_lease.refuse(refusalOf(*failure));
    } else if (failure->kind == FailureClass::Cancelled || attempt.progress().content) {
        m_lease.release(LeaseEnd::Aborted);
    } else {
        m_lease.release(LeaseEnd::Failed);
    }
    return std::nullopt;
}

quota::Refusal AttemptQuota::refusalOf(const dialects::ProviderFailure &failure) const
{
    quota::Refusal refusal{failure.quota, failure.retryAfter, failure.daily};
    const auto quoted = quota::readRateHeaders(
        m_provider.quota, failure.quotedHeaders, m_clock.wallNow());
    refusal.facts.insert(refusal.facts.end(), quoted.begin(), quoted.end());
    return refusal;
}

} // namespace freerelay::relay
