#include "refusal_lesson.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace freerelay::quota {

namespace {

using catalog::QuotaPeriod;
using catalog::QuotaUnit;

/// "Retry-After: 0", and resets of the past.
constexpr common::Duration shortestRest = 1s;
/// A reset that is further away than any window is a mistake of the provider.
constexpr common::Duration longestRest = 31 * 24h;
/// Without a word: half the usual window of a minute.
constexpr common::Duration silentRest = 30s;
/// A day that rolls lets something through again soon.
constexpr common::Duration silentDayRest = 15min;
/// The truth of a published limit was seen to be 0.3 to 2 times it.
constexpr std::int64_t believablePart = 4;
constexpr std::int64_t leastLearned = 3;
constexpr double reached = 0.999;

struct Place
{
    QuotaPool *pool = nullptr;
    QuotaWindow *window = nullptr;
};

QuotaPeriod fitting(common::Duration wait)
{
    if (wait <= 65s) {
        return QuotaPeriod::Minute;
    }
    return wait <= 65min ? QuotaPeriod::Hour : QuotaPeriod::Day;
}

class Lesson
{
public:
    Lesson(
        const Refusal &refusal,
        const LeasePools &pools,
        const catalog::QuotaRules &rules,
        Moment now)
        : m_refusal(refusal)
        , m_pools(pools)
        , m_rules(rules)
        , m_now(now)
    { }

    QuotaRest learn()
    {
        m_pools.home().observe(0, m_refusal.facts, m_rules, QuotaSource::LearnedFromError, m_now);
        const Place place = where();
        const common::SteadyTime until = m_now.steady + restOf(*place.window);
        // Of requests that were refused together, the first one tells all there is to learn.
        const bool isFirst = !place.window->isBlocked(m_now);
        const bool named = std::any_of(
            m_refusal.facts.begin(), m_refusal.facts.end(), [](const catalog::QuotaFact &fact) {
                return fact.limit.has_value();
            });
        if (!named && isFirst) {
            learnLimit(*place.window);
        }
        place.window->block(until, m_now);
        return {until, place.window->id(), place.pool->id()};
    }

private:
    Place where()
    {
        QuotaPool &home = m_pools.home();
        if (!m_refusal.facts.empty()) {
            const catalog::QuotaFact &fact = m_refusal.facts.front();
            return at(home, {fact.unit, fact.period.value_or(QuotaPeriod::Minute)});
        }
        if (m_refusal.daily) {
            return at(home, {QuotaUnit::Requests, QuotaPeriod::Day});
        }
        if (const Place full = fullest(std::nullopt, reached);
            full.window != nullptr && !isOverSooner(*full.window)) {
            return full;
        }
        if (m_refusal.retryAfter) {
            const QuotaPeriod period = fitting(*m_refusal.retryAfter);
            const Place used = fullest(period, 0);
            return used.window != nullptr ? used
                                          : at(*m_pools.model, {QuotaUnit::Requests, period});
        }
        const Place used = fullest(std::nullopt, 1.0 / believablePart);
        return used.window != nullptr
            ? used
            : at(*m_pools.model, {QuotaUnit::Requests, QuotaPeriod::Minute});
    }

    /// The wait that was told is far shorter than a window whose limit may be wrong: it is another
    /// one that is used up.
    [[nodiscard]] bool isOverSooner(const QuotaWindow &window) const
    {
        return m_refusal.retryAfter && !window.limit().isHard(m_now.steady)
            && fitting(*m_refusal.retryAfter) < window.id().period;
    }

    /// A pool that has too many windows for one more blocks in its first.
    Place at(QuotaPool &pool, WindowId id)
    {
        QuotaWindow *window = pool.window(id, m_rules, m_now);
        return {&pool, window != nullptr ? window : &pool.windows().front()};
    }

    Place fullest(std::optional<QuotaPeriod> period, double atLeast)
    {
        Place best;
        double most = atLeast;
        for (QuotaPool *pool : {m_pools.shared, m_pools.model}) {
            if (pool == nullptr) {
                continue;
            }
            for (QuotaWindow &window : pool->windows()) {
                const auto room = window.room(m_now);
                if (room && (!period || window.id().period == *period) && 1 - *room > most) {
                    most = 1 - *room;
                    best = {pool, &window};
                }
            }
        }
        return best;
    }

    [[nodiscard]] common::Duration restOf(const QuotaWindow &window) const
    {
        const bool calendar = !window.use().isRolling();
        if (window.id().period == QuotaPeriod::Day || window.id().period == QuotaPeriod::Month) {
            if (calendar) {
                // Whatever wait is told: 25 s and 65,205 s were seen for the same daily quota.
                return std::max(window.use().calendarEnd(m_now) - m_now.steady, shortestRest);
            }
        }
        if (m_refusal.retryAfter) {
            return std::clamp<common::Duration>(*m_refusal.retryAfter, shortestRest, longestRest);
        }
        return window.id().period == QuotaPeriod::Day ? silentDayRest : silentRest;
    }

    void learnLimit(QuotaWindow &window)
    {
        const std::int64_t used = window.use().used();
        const auto limit = window.limit().value();
        const std::int64_t least = limit ? std::max<std::int64_t>(*limit / believablePart, 1)
                                         : leastLearned;
        if (used < least || window.limit().isHard(m_now.steady)) {
            return;
        }
        const std::int64_t learned = limit ? std::min(used, *limit) : used;
        if (m_refusal.daily || !m_refusal.facts.empty()) {
            window.limit().state(learned, QuotaSource::LearnedFromError, m_now);
        } else {
            window.limit().suspect(learned, m_now);
        }
    }

    const Refusal &m_refusal;
    const LeasePools &m_pools;
    const catalog::QuotaRules &m_rules;
    Moment m_now;
};

} // namespace

QuotaRest learnFrom(
    const Refusal &refusal, const LeasePools &pools, const catalog::QuotaRules &rules, Moment now)
{
    return Lesson(refusal, pools, rules, now).learn();
}

} // namespace freerelay::quota
