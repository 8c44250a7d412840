#include "failure_policy.h"

#include "core/catalog/endpoint.h"
#include "core/quota/quota_calendar.h"

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

using dialects::FailureClass;
using quota::CoolDownReason;

/// Without a word from the provider: half the usual one-minute window.
constexpr common::Duration silentRateLimit = 30s;
/// "Retry-After: 0", and resets of the past.
constexpr common::Duration shortestRateLimit = 1s;
/// A reset that is further away than any window we know is a mistake of the provider.
constexpr common::Duration longestRateLimit = 31 * 24h;
constexpr common::Duration noCreditRest = 24h;
constexpr common::Duration forbiddenRest = 10min;
constexpr common::Duration modelGoneRest = 10min;
/// A rejected key is asked again soon at first: the user may be mending it right now.
constexpr common::Duration firstKeyRest = 5s;
constexpr common::Duration longestKeyRest = 15min;
/// It failed a moment ago: whoever tries again at once is better off elsewhere. What lasts longer
/// is the health table's, or the provider's own word.
constexpr common::Duration shortestHealthRest = 1s;
constexpr common::Duration longestHealthRest = 30s;

bool isTranslated(const routing::Candidate &candidate)
{
    return catalog::wireOf(*candidate.provider, *candidate.model) != catalog::Wire::OpenAiChat;
}

} // namespace

FailurePolicy::FailurePolicy(quota::CoolDownTable &coolDowns, const common::Clock &clock)
    : m_coolDowns(coolDowns)
    , m_clock(clock)
{ }

NextStep FailurePolicy::onFailure(
    const routing::Candidate &candidate,
    const dialects::ProviderFailure &failure,
    std::optional<common::SteadyTime> quotaBack)
{
    if (candidate.provider->tier != catalog::Tier::Local) {
        if (const auto rest = restFor(candidate, failure)) {
            m_coolDowns.bench(
                rest->scope,
                quotaBack.value_or(m_clock.now() + rest->length),
                rest->reason,
                failure.message);
        }
    }
    switch (failure.kind) {
    case FailureClass::Cancelled:
        return NextStep::GiveUp;
    case FailureClass::BadRequest:
        // A refusal of words that our translation chose says nothing about the client's request,
        // and a tool call that the model wrote badly may succeed elsewhere.
        return isTranslated(candidate) || failure.code == "tool_use_failed"_ba ? NextStep::TryNext
                                                                               : NextStep::GiveUp;
    default:
        return NextStep::TryNext;
    }
}

std::optional<FailurePolicy::Rest> FailurePolicy::restFor(
    const routing::Candidate &candidate, const dialects::ProviderFailure &failure)
{
    const QByteArray &provider = candidate.provider->id;
    const quota::CoolDownScope keyAndModel{provider, candidate.key, candidate.model->id};
    const quota::CoolDownScope wholeKey{provider, candidate.key, {}};
    switch (failure.kind) {
    case FailureClass::RateLimited: {
        common::Duration length = silentRateLimit;
        if (failure.daily) {
            length = quota::untilDailyReset(candidate.provider->quota, m_clock.wallNow());
        } else if (failure.retryAfter) {
            length = std::clamp<common::Duration>(
                *failure.retryAfter, shortestRateLimit, longestRateLimit);
        }
        return Rest{keyAndModel, length, CoolDownReason::RateLimited};
    }
    case FailureClass::NoCredit:
        return Rest{wholeKey, noCreditRest, CoolDownReason::NoCredit};
    case FailureClass::KeyRejected:
        return Rest{
            wholeKey,
            growing(wholeKey, firstKeyRest, longestKeyRest, 4),
            CoolDownReason::KeyRejected};
    case FailureClass::Forbidden:
        return Rest{keyAndModel, forbiddenRest, CoolDownReason::Forbidden};
    case FailureClass::ModelGone:
        return Rest{{provider, {}, candidate.model->id}, modelGoneRest, CoolDownReason::ModelGone};
    case FailureClass::Overloaded:
    case FailureClass::Timeout:
    case FailureClass::Network:
    case FailureClass::Malformed:
        return Rest{
            keyAndModel,
            std::clamp<common::Duration>(
                failure.retryAfter.value_or(0ms), shortestHealthRest, longestHealthRest),
            CoolDownReason::Unhealthy};
    case FailureClass::BadRequest:
    case FailureClass::ContextTooLong:
    case FailureClass::Cancelled:
        return std::nullopt;
    }
    return std::nullopt;
}

common::Duration FailurePolicy::growing(
    const quota::CoolDownScope &scope, common::Duration first, common::Duration longest, int factor)
{
    const std::lock_guard lock(m_mutex);
    const int before = m_failuresInARow[scope]++;
    common::Duration length = first;
    for (int i = 0; i < before && length < longest; ++i) {
        length *= factor;
    }
    return std::min(length, longest);
}

void FailurePolicy::onSuccess(const routing::Candidate &candidate)
{
    const quota::CoolDownScope scope{candidate.provider->id, candidate.key, candidate.model->id};
    if (m_coolDowns.isAnyActive(m_clock.now())) {
        m_coolDowns.forgetAdvice(scope);
    }
    const std::lock_guard lock(m_mutex);
    if (!m_failuresInARow.isEmpty()) {
        m_failuresInARow.remove({scope.provider, scope.key, {}});
    }
}

} // namespace freerelay::relay
