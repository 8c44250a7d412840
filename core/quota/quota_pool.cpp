#include "quota_pool.h"

#include "core/catalog/enum_names.h"

#include <QHash>

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;

namespace freerelay::quota {

namespace {

using catalog::QuotaPeriod;
using catalog::QuotaUnit;
using Number = std::optional<std::int64_t>;

constexpr std::array<WindowId, 4> usualWindows{{
    {QuotaUnit::Requests, QuotaPeriod::Minute},
    {QuotaUnit::Requests, QuotaPeriod::Day},
    {QuotaUnit::Tokens, QuotaPeriod::Minute},
    {QuotaUnit::Tokens, QuotaPeriod::Day},
}};

std::optional<QuotaCalendar> calendarOf(const catalog::QuotaRules &rules, QuotaPeriod period)
{
    const bool isDay = period == QuotaPeriod::Day && !rules.rollingDay;
    return isDay || period == QuotaPeriod::Month ? std::optional(QuotaCalendar(rules.zone))
                                                 : std::nullopt;
}

std::array<std::pair<WindowId, Number>, 10> publishedLimits(const catalog::FreeLimits &limits)
{
    return {{
        {{QuotaUnit::Requests, QuotaPeriod::Second}, limits.requestsPerSecond},
        {{QuotaUnit::Requests, QuotaPeriod::Minute}, limits.requestsPerMinute},
        {{QuotaUnit::Requests, QuotaPeriod::Hour}, limits.requestsPerHour},
        {{QuotaUnit::Requests, QuotaPeriod::Day}, limits.requestsPerDay},
        {{QuotaUnit::Requests, QuotaPeriod::Month}, limits.requestsPerMonth},
        {{QuotaUnit::Tokens, QuotaPeriod::Minute}, limits.tokensPerMinute},
        {{QuotaUnit::Tokens, QuotaPeriod::Hour}, limits.tokensPerHour},
        {{QuotaUnit::Tokens, QuotaPeriod::Day}, limits.tokensPerDay},
        {{QuotaUnit::Tokens, QuotaPeriod::Month}, limits.tokensPerMonth},
        {{QuotaUnit::Credits, QuotaPeriod::Day}, limits.creditsPerDay},
    }};
}

} // namespace

size_t qHash(const PoolId &id, size_t seed)
{
    return qHashMulti(seed, id.provider, id.key, id.subject, id.shared);
}

std::int64_t Amount::of(QuotaUnit unit) const
{
    switch (unit) {
    case QuotaUnit::Requests:
        return requests;
    case QuotaUnit::Tokens:
        return tokens.input + tokens.output;
    case QuotaUnit::InputTokens:
        return tokens.input;
    case QuotaUnit::OutputTokens:
        return tokens.output;
    case QuotaUnit::Credits:
        break; // what a request costs is the provider's secret
    }
    return 0;
}

QuotaWindow *QuotaPool::window(WindowId id, const catalog::QuotaRules &rules, Moment now)
{
    for (QuotaWindow &window : m_windows) {
        if (window.id() == id) {
            return &window;
        }
    }
    if (m_windows.size() >= maxWindows) {
        return nullptr;
    }
    return &m_windows.emplace_back(id, calendarOf(rules, id.period), now);
}

QuotaWindow *QuotaPool::restoredWindow(const QuotaWindowRecord &record, Moment now)
{
    const auto unit = catalog::fromName(catalog::quotaUnitNames(), record.unit);
    const auto period = catalog::fromName(catalog::quotaPeriodNames(), record.period);
    if (!unit || !period || m_windows.size() >= maxWindows) {
        return nullptr;
    }
    catalog::QuotaRules rules;
    rules.zone = record.zone;
    rules.rollingDay = record.zone.isEmpty();
    QuotaWindow *made = window({*unit, *period}, rules, now);
    made->restore(record, now);
    return made;
}

void QuotaPool::equip(
    const catalog::FreeLimits &limits, const catalog::QuotaRules &rules, Moment now)
{
    if (std::exchange(m_equippedFor, &limits) == &limits) {
        return;
    }
    if (!m_id.shared) {
        for (const WindowId &id : usualWindows) {
            window(id, rules, now);
        }
    }
    for (const auto &[id, limit] : publishedLimits(limits)) {
        if (!limit) {
            continue;
        }
        QuotaWindow *known = window(id, rules, now);
        // A limit that was raised because more was answered stays: it knows better.
        if (known != nullptr
            && (known->limit().source() != QuotaSource::Guess || !known->limit().value()
                || *known->limit().value() < *limit)) {
            known->limit().state(*limit, QuotaSource::Catalogue, now);
        }
    }
}

void QuotaPool::advance(Moment now)
{
    for (QuotaWindow &window : m_windows) {
        window.advance(now);
    }
}

PoolFit QuotaPool::fit(const Amount &amount, Moment now) const
{
    PoolFit worst;
    worst.until = now.steady;
    for (const QuotaWindow &window : m_windows) {
        const std::int64_t wanted = amount.of(window.id().unit);
        const Fit fit = window.fit(wanted, now);
        if (fit == Fit::Room || fit < worst.fit) {
            continue;
        }
        const common::SteadyTime until = window.roomAt(wanted, now);
        if (fit > worst.fit || until > worst.until) {
            worst = {fit, until, window.id()};
        }
    }
    return worst;
}

double QuotaPool::room(Moment now) const
{
    double least = 1;
    for (const QuotaWindow &window : m_windows) {
        least = std::min(least, window.room(now).value_or(1));
    }
    return least;
}

bool QuotaPool::runsLow(Moment now) const
{
    return std::any_of(m_windows.begin(), m_windows.end(), [now](const QuotaWindow &window) {
        return window.runsLow(now);
    });
}

QuotaPool::OpenLease *QuotaPool::find(std::uint64_t lease)
{
    const auto found = std::find_if(
        m_open.begin(), m_open.end(), [lease](const OpenLease &open) { return open.id == lease; });
    return found == m_open.end() ? nullptr : &*found;
}

void QuotaPool::charge(std::uint64_t lease, const Amount &estimate, bool probe)
{
    OpenLease open;
    open.id = lease;
    open.estimate = estimate;
    open.probe = probe;
    for (std::size_t i = 0; i < m_windows.size(); ++i) {
        const std::int64_t amount = estimate.of(m_windows[i].id().unit);
        open.charges[i] = {m_windows[i].use().add(amount), amount};
        m_windows[i].meter().add(amount);
    }
    m_open.push_back(open);
    m_openProbes += probe ? 1 : 0;
    ++m_counts.taken;
    ++m_counts.open;
}

/// Replaces the estimate: what was too much is taken back where it was counted, what was too
/// little is counted now.
void QuotaPool::correct(OpenLease &lease, const Amount &actual)
{
    for (std::size_t i = 0; i < m_windows.size(); ++i) {
        const QuotaUnit unit = m_windows[i].id().unit;
        const std::int64_t more = actual.of(unit) - lease.estimate.of(unit);
        if (more > 0) {
            m_windows[i].use().add(more);
        } else if (more < 0) {
            m_windows[i].use().takeBack(
                lease.charges[i].mark, std::min(-more, lease.charges[i].amount));
        }
        m_windows[i].meter().add(more);
    }
}

void QuotaPool::close(OpenLease &lease)
{
    m_openProbes -= lease.probe ? 1 : 0;
    --m_counts.open;
    std::swap(lease, m_open.back());
    m_open.pop_back();
}

void QuotaPool::settle(std::uint64_t lease, const Amount &actual, Moment now)
{
    OpenLease *open = find(lease);
    if (open == nullptr) {
        return;
    }
    correct(*open, actual);
    close(*open);
    ++m_counts.settled;
    for (QuotaWindow &window : m_windows) {
        window.limit().answered(actual.of(window.id().unit));
        const auto limit = window.limit().value();
        if (limit && window.use().used() > *limit && actual.of(window.id().unit) > 0) {
            // So much was possible, and perhaps some more.
            window.limit().raiseTo(
                window.use().used() + std::max<std::int64_t>(1, window.use().used() / 8), now);
        }
    }
}

void QuotaPool::release(std::uint64_t lease, const Amount &kept, Moment)
{
    OpenLease *open = find(lease);
    if (open == nullptr) {
        return;
    }
    correct(*open, kept);
    close(*open);
    ++m_counts.released;
}

void QuotaPool::observe(
    std::uint64_t lease,
    const std::vector<catalog::QuotaFact> &facts,
    const catalog::QuotaRules &rules,
    QuotaSource source,
    Moment now)
{
    OpenLease *open = find(lease);
    const bool isLate = lease != 0 && lease < m_lastSeen;
    for (const catalog::QuotaFact &fact : facts) {
        QuotaWindow *told = window(
            {fact.unit, fact.period.value_or(QuotaPeriod::Minute)}, rules, now);
        if (told == nullptr) {
            continue;
        }
        if (fact.limit) {
            told->limit().state(*fact.limit, source, now);
        }
        const auto index = static_cast<std::size_t>(told - m_windows.data());
        const auto known = source == QuotaSource::AccountApi ? caughtUp(index, fact, now) : fact;
        if (known) {
            observeWindow(index, *known, open, isLate, now);
        }
    }
    if (open != nullptr) {
        open->headSeen = true;
        m_lastSeen = std::max(m_lastSeen, lease);
    }
}

/// What the fact says is used; nullopt when it does not. What is left of a limit that nobody knows
/// (Azure) becomes a guess of that limit.
std::optional<std::int64_t>
QuotaPool::usedBy(const catalog::QuotaFact &fact, QuotaWindow &window, Moment now)
{
    if (fact.used || !fact.remaining) {
        return fact.used;
    }
    const Number limit = fact.limit ? fact.limit : window.limit().value();
    if (limit) {
        return *limit - *fact.remaining;
    }
    if (const std::int64_t guess = *fact.remaining + window.use().used(); guess > 0) {
        window.limit().state(guess, QuotaSource::Guess, now);
    }
    return std::nullopt;
}

/// Not in the provider's figure: requests whose reply has not begun, and what is still being
/// written for the others.
std::int64_t QuotaPool::uncountedOf(const OpenLease &open, QuotaUnit unit, bool hasBegun)
{
    Amount left = open.estimate;
    if (hasBegun) {
        left.requests = 0;
        left.tokens.input = 0;
    }
    return left.of(unit);
}

/// What the page would say if it were of this moment; nullopt = what is known already.
std::optional<catalog::QuotaFact>
QuotaPool::caughtUp(std::size_t index, const catalog::QuotaFact &fact, Moment now)
{
    QuotaWindow &window = m_windows[index];
    const Number told = usedBy(fact, window, now);
    if (!told || window.use().hasBegunWithin(accountLag, now)) {
        return std::nullopt;
    }
    std::int64_t own = window.use().used();
    for (const OpenLease &open : m_open) {
        own -= uncountedOf(open, window.id().unit, open.headSeen);
    }
    const std::int64_t before = std::exchange(m_lastLook[index], own);
    const std::int64_t sinceThen = own >= before ? own - before : own;
    const std::int64_t known = std::clamp(own, *told, *told + std::max<std::int64_t>(sinceThen, 0));
    if (known == own) {
        return std::nullopt;
    }
    m_lastLook[index] = known;
    catalog::QuotaFact caughtUp = fact;
    caughtUp.used = known;
    return caughtUp;
}

void QuotaPool::observeWindow(
    std::size_t index, const catalog::QuotaFact &fact, OpenLease *lease, bool isLate, Moment now)
{
    QuotaWindow &window = m_windows[index];
    const QuotaUnit unit = window.id().unit;
    const Number used = usedBy(fact, window, now);
    if (!used) {
        return;
    }
    const auto uncounted = [unit, lease](const OpenLease &open) {
        return uncountedOf(open, unit, open.headSeen || &open == lease);
    };
    std::int64_t open = 0;
    for (const OpenLease &other : m_open) {
        open += uncounted(other);
    }
    // The reply to an older request may only tell of more; and when it was counted first, then the
    // newer reply's figure had it in.
    if (isLate && *used + open <= window.use().used()) {
        if (lease != nullptr && *used <= m_lastTold[index]) {
            Charge &charge = lease->charges[index];
            const std::int64_t back = charge.amount - std::min(charge.amount, uncounted(*lease));
            window.use().takeBack(charge.mark, back);
            charge.amount -= back;
        }
        return;
    }
    m_lastTold[index] = *used;
    std::optional<common::Duration> reset = fact.reset;
    if (reset && fact.remaining.value_or(1) > 0 && window.use().isRolling()) {
        reset = std::min(*reset, window.use().length());
    }
    for (OpenLease &other : m_open) {
        Charge &charge = other.charges[index];
        window.use().takeBack(charge.mark, std::min(charge.amount, uncounted(other)));
    }
    window.use().anchor(*used, reset, now);
    for (OpenLease &other : m_open) {
        const std::int64_t amount = uncounted(other);
        other.charges[index] = {window.use().add(amount), amount};
    }
}

} // namespace freerelay::quota
