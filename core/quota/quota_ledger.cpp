#include "quota_ledger.h"

#include "core/catalog/endpoint.h"
#include "core/catalog/enum_names.h"
#include "core/quota/refusal_lesson.h"

#include <QDateTime>

#include <algorithm>
#include <tuple>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::quota {

namespace {

using catalog::QuotaFact;
using catalog::QuotaRules;

/// Their headers are read when a reply comes, not kept with each lease.
QuotaRules withoutHeaders(const QuotaRules &rules)
{
    QuotaRules slim;
    slim.perModel = rules.perModel;
    slim.rollingDay = rules.rollingDay;
    slim.zone = rules.zone;
    slim.cachedTokensCount = rules.cachedTokensCount;
    slim.failedRequestsCount = rules.failedRequestsCount;
    slim.reservedOutputCounts = rules.reservedOutputCounts;
    return slim;
}

template <typename Use> void each(const LeasePools &pools, Use use)
{
    for (QuotaPool *pool : {pools.model, pools.shared}) {
        if (pool != nullptr) {
            use(*pool);
        }
    }
}

QuotaWindowView viewOf(const PoolId &id, const QuotaWindow &window, Moment now)
{
    QuotaWindowView view;
    view.pool = id;
    view.window = window.id();
    view.limit = window.limit().value();
    view.used = window.use().used();
    view.blocked = window.isBlocked(now);
    if (view.limit) {
        view.remaining = view.blocked ? 0 : std::max<std::int64_t>(*view.limit - view.used, 0);
        view.soft = !window.limit().isHard(now.steady);
        view.source = window.limit().source();
        view.age = now.steady - window.limit().statedAt().steady;
        view.confidence = window.limit().confidence(now.steady);
    }
    view.untilReset = window.untilReset(now);
    view.forecast = window.forecast(now);
    return view;
}

bool isBefore(const QuotaWindowView &a, const QuotaWindowView &b)
{
    const auto key = [](const QuotaWindowView &view) {
        return std::tie(view.pool.provider, view.pool.key, view.pool.subject);
    };
    if (key(a) != key(b)) {
        return key(a) < key(b);
    }
    return std::pair(a.window.unit, a.window.period) < std::pair(b.window.unit, b.window.period);
}

} // namespace

bool isCountedIn(const PoolId &pool, const QuotaTarget &target)
{
    const auto &[provider, model, key] = target;
    if (pool.provider != provider.id || pool.key != key) {
        return false;
    }
    const QByteArray &sharedPool = model.freeLimits.sharedPool;
    return pool.shared
        ? pool.subject == sharedPool && (!sharedPool.isEmpty() || !provider.quota.perModel)
        : pool.subject == model.id;
}

QuotaLedger::QuotaLedger(const common::Clock &clock)
    : m_clock(clock)
{ }

QuotaPool &QuotaLedger::pool(const PoolId &id)
{
    std::shared_ptr<QuotaPool> &found = m_pools[id];
    if (!found) {
        found = std::make_shared<QuotaPool>(id);
    }
    return *found;
}

/// Pools of the target, made and advanced.
LeasePools QuotaLedger::poolsFor(const QuotaTarget &target, Moment now)
{
    const auto &[provider, model, key] = target;
    LeasePools pools;
    if (catalog::tierOf(provider, model) == catalog::Tier::Local) {
        return pools;
    }
    const bool named = !model.freeLimits.sharedPool.isEmpty();
    pools.model = &pool({provider.id, key, model.id, false});
    if (named || !provider.quota.perModel) {
        pools.shared = &pool({provider.id, key, model.freeLimits.sharedPool, true});
        pools.shared->equip(named ? model.freeLimits : provider.freeLimits, provider.quota, now);
    }
    static const catalog::FreeLimits unknown;
    if (named) {
        pools.model->equip(unknown, provider.quota, now);
    } else {
        const bool ownLimits = model.freeLimits != unknown;
        pools.model->equip(
            ownLimits || pools.shared != nullptr ? model.freeLimits : provider.freeLimits,
            provider.quota,
            now);
    }
    each(pools, [now](QuotaPool &pool) { pool.advance(now); });
    return pools;
}

std::optional<LeaseRefusal> QuotaLedger::refusal(
    const LeasePools &pools, const Amount &estimate, Reach reach, bool &probe, Moment now)
{
    PoolFit worst;
    bool probing = false;
    each(pools, [&](const QuotaPool &pool) {
        const PoolFit fit = pool.fit(estimate, now);
        probing = probing || (fit.fit == Fit::Beyond && pool.hasOpenProbe());
        if (fit.fit > worst.fit || (fit.fit == worst.fit && fit.until > worst.until)) {
            worst = fit;
        }
    });
    probe = worst.fit == Fit::Beyond;
    const bool mayProbe = reach == Reach::Anyway || (reach == Reach::Probe && !probing);
    if (worst.fit == Fit::Room || (probe && mayProbe)) {
        return std::nullopt;
    }
    return LeaseRefusal{worst.fit, worst.until, worst.window};
}

std::variant<QuotaLease, LeaseRefusal>
QuotaLedger::take(const QuotaTarget &target, const TokenAsk &ask, Reach reach)
{
    const Moment now = moment();
    const std::lock_guard lock(m_mutex);
    const LeasePools pools = poolsFor(target, now);
    if (pools.model == nullptr) {
        return QuotaLease();
    }
    const Amount estimate{
        1, pools.model->ratio().estimate(ask, target.provider.quota.reservedOutputCounts)};
    bool probe = false;
    if (const auto refused = refusal(pools, estimate, reach, probe, now)) {
        noteTight(pools, now);
        return *refused;
    }
    const std::uint64_t id = ++m_lastLease;
    each(pools, [&](QuotaPool &pool) { pool.charge(id, estimate, probe); });
    noteTight(pools, now);
    return QuotaLease(
        *this, LeaseTicket{id, pools, withoutHeaders(target.provider.quota), ask, estimate});
}

double QuotaLedger::room(const QuotaTarget &target)
{
    const Moment now = moment();
    const std::lock_guard lock(m_mutex);
    double least = 1;
    each(poolsFor(target, now), [&](const QuotaPool &pool) {
        least = std::min(least, pool.room(now));
    });
    return least;
}

void QuotaLedger::settle(const LeaseTicket &ticket, const UsedTokens &used)
{
    const Moment now = moment();
    TokenAmount tokens = ticket.estimate.tokens;
    if (used.prompt) {
        tokens.input = *used.prompt;
        if (!ticket.rules.cachedTokensCount) {
            tokens.input = std::max<std::int64_t>(tokens.input - used.cached, 0);
        }
    }
    if (used.completion && !ticket.rules.reservedOutputCounts) {
        tokens.output = *used.completion;
    }
    const std::lock_guard lock(m_mutex);
    if (used.completion) {
        ticket.pools.model->ratio().learn(ticket.ask, {used.prompt.value_or(0), *used.completion});
    }
    each(ticket.pools, [&](QuotaPool &pool) {
        pool.advance(now);
        pool.settle(ticket.id, {1, tokens}, now);
    });
    noteTight(ticket.pools, now);
}

void QuotaLedger::release(const LeaseTicket &ticket, LeaseEnd end)
{
    const Moment now = moment();
    Amount kept{0, {}};
    if (end == LeaseEnd::Aborted) {
        kept = ticket.estimate;
    } else if (end == LeaseEnd::Failed && ticket.rules.failedRequestsCount) {
        kept.requests = 1;
    }
    const std::lock_guard lock(m_mutex);
    each(ticket.pools, [&](QuotaPool &pool) {
        pool.advance(now);
        pool.release(ticket.id, kept, now);
    });
}

void QuotaLedger::observe(const LeaseTicket &ticket, const std::vector<QuotaFact> &facts)
{
    const Moment now = moment();
    const std::lock_guard lock(m_mutex);
    QuotaPool &home = ticket.pools.home();
    each(ticket.pools, [&](QuotaPool &pool) {
        pool.advance(now);
        pool.observe(
            ticket.id,
            &pool == &home ? facts : std::vector<QuotaFact>{},
            ticket.rules,
            QuotaSource::Header,
            now);
    });
    noteTight(ticket.pools, now);
}

QuotaRest QuotaLedger::refuse(const LeaseTicket &ticket, const Refusal &refusal)
{
    const Moment now = moment();
    const Amount kept{ticket.rules.failedRequestsCount ? 1 : 0, {}};
    const std::lock_guard lock(m_mutex);
    each(ticket.pools, [&](QuotaPool &pool) {
        pool.advance(now);
        pool.release(ticket.id, kept, now);
    });
    const QuotaRest rest = learnFrom(refusal, ticket.pools, ticket.rules, now);
    noteTight(ticket.pools, now);
    return rest;
}

void QuotaLedger::observeAccount(
    const catalog::Provider &provider,
    const QByteArray &key,
    const std::vector<catalog::AccountFact> &facts)
{
    const Moment now = moment();
    const std::lock_guard lock(m_mutex);
    for (const catalog::AccountFact &told : facts) {
        QuotaPool &named = pool({provider.id, key, told.pool, true});
        named.advance(now);
        named.observe(0, {told.fact}, provider.quota, QuotaSource::AccountApi, now);
        noteTight(named, now);
    }
}

void QuotaLedger::noteTight(QuotaPool &pool, Moment now)
{
    if (pool.isTight(now) && std::find(m_tight.begin(), m_tight.end(), &pool) == m_tight.end()) {
        m_tight.push_back(&pool);
        m_anyTight.store(true, std::memory_order_release);
    }
}

void QuotaLedger::noteTight(const LeasePools &pools, Moment now)
{
    each(pools, [&](QuotaPool &pool) { noteTight(pool, now); });
}

std::vector<QuotaConstraint> QuotaLedger::constraints(const TokenAsk &ask) const
{
    std::vector<QuotaConstraint> result;
    if (!isAnyTight()) {
        return result;
    }
    const Moment now = moment();
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_tight, [now](QuotaPool *pool) {
        pool->advance(now);
        return !pool->isTight(now);
    });
    m_anyTight.store(!m_tight.empty(), std::memory_order_release);
    for (const QuotaPool *pool : m_tight) {
        const Amount amount{1, pool->ratio().estimate(ask, false)};
        const PoolFit fit = pool->fit(amount, now);
        result.push_back(
            {pool->id(), fit.fit, fit.until, fit.window, pool->room(now), pool->runsLow(now)});
    }
    return result;
}

std::vector<QuotaWindowView> QuotaLedger::view() const
{
    const Moment now = moment();
    std::vector<QuotaWindowView> views;
    {
        const std::lock_guard lock(m_mutex);
        for (const std::shared_ptr<QuotaPool> &pool : m_pools) {
            pool->advance(now);
            for (const QuotaWindow &window : pool->windows()) {
                if (window.hasContent()) {
                    views.push_back(viewOf(pool->id(), window, now));
                }
            }
        }
    }
    std::sort(views.begin(), views.end(), &isBefore);
    return views;
}

QuotaBook QuotaLedger::snapshot() const
{
    const Moment now = moment();
    QuotaBook book;
    book.takenAt = now.wall;
    const std::lock_guard lock(m_mutex);
    for (const std::shared_ptr<QuotaPool> &pool : m_pools) {
        const PoolId &id = pool->id();
        pool->advance(now);
        for (const QuotaWindow &window : pool->windows()) {
            if (!window.hasContent()) {
                continue;
            }
            QuotaWindowRecord record = window.record(now);
            record.provider = id.provider;
            record.key = id.key;
            record.subject = id.subject;
            record.shared = id.shared;
            book.windows.push_back(std::move(record));
        }
        const TokenRatio::Learned &learned = pool->ratio().learned();
        if (learned != TokenRatio::Learned{}) {
            book.ratios.push_back(
                {id.provider,
                 id.key,
                 id.subject,
                 learned.input,
                 learned.output,
                 learned.deviation});
        }
    }
    return book;
}

void QuotaLedger::restore(const QuotaBook &book)
{
    const Moment now = moment();
    const std::lock_guard lock(m_mutex);
    for (const QuotaWindowRecord &record : book.windows) {
        QuotaPool &restored = pool({record.provider, record.key, record.subject, record.shared});
        restored.restoredWindow(record, now);
        noteTight(restored, now);
    }
    for (const TokenRatioRecord &record : book.ratios) {
        pool({record.provider, record.key, record.model, false})
            .ratio()
            .restore({record.input, record.output, record.deviation});
    }
}

LeaseCounts QuotaLedger::counts() const
{
    LeaseCounts sum;
    const std::lock_guard lock(m_mutex);
    for (const std::shared_ptr<QuotaPool> &pool : m_pools) {
        sum.taken += pool->counts().taken;
        sum.settled += pool->counts().settled;
        sum.released += pool->counts().released;
        sum.open += pool->counts().open;
    }
    return sum;
}

CoolDown usedUp(CoolDownScope scope, WindowId window, common::SteadyTime until)
{
    return {
        std::move(scope),
        until,
        CoolDownReason::RateLimited,
        "its " + wordsFor(window) + " are used up"};
}

QString forecastSentence(const QuotaWindowView &view, common::WallTime now, const QTimeZone &zone)
{
    const auto clockTime = [&](common::Duration in) {
        const auto time = now + std::chrono::duration_cast<common::WallTime::duration>(in);
        const auto sinceEpoch = std::chrono::floor<std::chrono::milliseconds>(
            time.time_since_epoch());
        const QDateTime local = QDateTime::fromMSecsSinceEpoch(sinceEpoch.count(), zone);
        return local.toString(in < 20h ? u"HH:mm"_s : u"ddd HH:mm"_s);
    };
    if (!view.forecast.empty) {
        return {};
    }
    const QString back = clockTime(view.untilReset);
    return *view.forecast.empty <= 0ns
        ? u"empty, back at %1"_s.arg(back)
        : u"empty at %1, back at %2"_s.arg(clockTime(*view.forecast.empty), back);
}

} // namespace freerelay::quota
