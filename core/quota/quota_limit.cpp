#include "quota_limit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

using namespace std::chrono_literals;

namespace freerelay::quota {

namespace {

/// Above this a limit is hard: what the catalogue says is not enough.
constexpr double trusted = 0.5;

constexpr std::array<std::pair<const char *, double>, 6> sources{{
    {"guess", 0.3},
    {"suspected", 0.45},
    {"catalogue", trusted},
    {"learned_from_error", 0.8},
    {"account_api", 0.95},
    {"header", 0.98},
}};

double trustIn(QuotaSource source)
{
    return sources[static_cast<std::size_t>(source)].second;
}

common::Duration halfLife(catalog::QuotaPeriod period)
{
    switch (period) {
    case catalog::QuotaPeriod::Day:
        return 72h;
    case catalog::QuotaPeriod::Month:
    case catalog::QuotaPeriod::Total:
        return 720h;
    default:
        return 6h;
    }
}

} // namespace

const char *toString(QuotaSource source)
{
    return sources[static_cast<std::size_t>(source)].first;
}

std::optional<QuotaSource> quotaSourceOf(QByteArrayView name)
{
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (name == sources[i].first) {
            return static_cast<QuotaSource>(i);
        }
    }
    return std::nullopt;
}

double QuotaLimit::confidence(common::SteadyTime now) const
{
    if (!m_value) {
        return 0;
    }
    const double trust = trustIn(m_source);
    if (m_source == QuotaSource::Catalogue) {
        return trust;
    }
    const std::chrono::duration<double> age = std::max(
        now - m_statedAt.steady, common::Duration(0));
    return trust * std::exp2(-age / std::chrono::duration<double>(halfLife(m_period)));
}

bool QuotaLimit::state(std::int64_t value, QuotaSource source, Moment now)
{
    if (trustIn(source) < confidence(now.steady)) {
        return false;
    }
    set(value, source, now);
    return true;
}

void QuotaLimit::suspect(std::int64_t used, Moment now)
{
    if (isHard(now.steady)) {
        return;
    }
    const bool again = m_source == QuotaSource::Suspected && m_value
        && std::abs(used - *m_value) <= std::max<std::int64_t>(*m_value / 10, 1)
        && m_answeredSince >= *m_value / 2;
    const int suspicions = again ? m_suspicions + 1 : 1;
    const bool sure = suspicions >= confirmations;
    set(used, sure ? QuotaSource::LearnedFromError : QuotaSource::Suspected, now);
    m_suspicions = suspicions;
    m_answeredSince = 0;
}

void QuotaLimit::raiseTo(std::int64_t value, Moment now)
{
    if (m_value && value > *m_value && !isHard(now.steady)) {
        set(value, QuotaSource::Guess, now);
    }
}

void QuotaLimit::restore(std::int64_t value, QuotaSource source, Moment statedAt)
{
    set(value, source, statedAt);
}

void QuotaLimit::set(std::int64_t value, QuotaSource source, Moment statedAt)
{
    m_value = value;
    m_source = source;
    m_suspicions = 0;
    m_statedAt = statedAt;
    const double halvings = std::log2(trustIn(source) / trusted);
    m_hardUntil = halvings <= 0 ? statedAt.steady
                                : statedAt.steady
            + std::chrono::duration_cast<common::Duration>(halfLife(m_period) * halvings);
}

} // namespace freerelay::quota
