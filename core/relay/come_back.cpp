#include "come_back.h"

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

using quota::CoolDown;

/// The least that a Retry-After can say.
constexpr std::chrono::milliseconds atOnce = 1s;

void takeEarlier(std::optional<std::chrono::milliseconds> &earliest, std::chrono::milliseconds wait)
{
    earliest = std::min(earliest.value_or(wait), wait);
}

} // namespace

Obstacles::Obstacles(
    const routing::RoutePlan &plan,
    std::size_t untried,
    const quota::CoolDownTable &coolDowns,
    const std::vector<CoolDown> &quotaRests,
    common::SteadyTime now)
    : m_coolDowns(coolDowns)
    , m_now(now)
{
    for (const routing::Rejection &rejection : plan.rejections) {
        if (rejection.coolDown) {
            CoolDown rest = *rejection.coolDown;
            rest.scope.provider = rejection.provider->id;
            rest.scope.model = rejection.model->id;
            considerQuota(rest);
        }
    }
    for (const routing::Candidate &candidate : plan.candidates) {
        if (auto rest = coolDowns.covering(
                candidate.provider->id, candidate.key, candidate.model->id, now)) {
            rest->scope.model = candidate.model->id;
            consider(*rest);
        }
    }
    for (const CoolDown &rest : quotaRests) {
        considerQuota(rest);
    }
    // The attempts were used up before the candidates were: the next request may go on there.
    if (untried < plan.candidates.size()) {
        m_comeBack.any = atOnce;
        m_comeBack.quota = m_comeBack.quota ? std::optional(atOnce) : std::nullopt;
    }
}

/// A quota that comes back helps nobody where the key has been rejected meanwhile.
void Obstacles::considerQuota(const CoolDown &rest)
{
    const quota::CoolDownScope &scope = rest.scope;
    auto bench = m_coolDowns.covering(scope.provider, scope.key, scope.model, m_now);
    if (!bench || quota::isOfQuota(bench->reason) || quota::isOnlyAdvice(bench->reason)) {
        consider(rest);
        return;
    }
    bench->scope.model = scope.model;
    consider(*bench);
}

void Obstacles::consider(const CoolDown &rest)
{
    if (rest.until <= m_now) {
        return;
    }
    m_rests.push_back(rest);
    if (quota::isOfQuota(rest.reason)) {
        takeEarlier(m_comeBack.quota, waitFor(rest));
    }
    if (quota::isOfQuota(rest.reason) || quota::isOnlyAdvice(rest.reason)) {
        takeEarlier(m_comeBack.any, waitFor(rest));
    }
}

std::chrono::milliseconds Obstacles::waitFor(const CoolDown &rest) const
{
    return std::chrono::ceil<std::chrono::milliseconds>(rest.until - m_now);
}

std::vector<CandidateReason> Obstacles::reasons(const std::vector<AttemptRecord> &attempts) const
{
    std::vector<CandidateReason> result;
    const auto isListed = [&result](const QByteArray &model) {
        return std::any_of(result.begin(), result.end(), [&model](const CandidateReason &one) {
            return one.model == model;
        });
    };
    std::vector<CoolDown> rests = m_rests;
    std::stable_sort(rests.begin(), rests.end(), [](const CoolDown &a, const CoolDown &b) {
        return a.until < b.until;
    });
    for (const CoolDown &rest : rests) {
        if (!isListed(rest.scope.model)) {
            result.push_back({rest.scope.model, quota::toString(rest.reason), waitFor(rest)});
        }
    }
    for (const AttemptRecord &attempt : attempts) {
        if (!attempt.failure.isEmpty() && !isListed(attempt.model)) {
            result.push_back({attempt.model, attempt.failure, std::nullopt});
        }
    }
    result.resize(std::min(result.size(), CandidateReason::maxListed));
    return result;
}

} // namespace freerelay::relay
