#include "true_provider.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace freerelay::tests {

namespace {

constexpr common::Duration kept = 10s;
constexpr int metOftenEnough = 3; // as often as the ledger wants to see it

} // namespace

std::int64_t TrueProvider::day() const
{
    return std::chrono::floor<std::chrono::days>(m_clock.wallNow()).time_since_epoch().count();
}

void TrueProvider::advance()
{
    while (!m_minute.empty() && m_clock.now() - m_minute.front() >= 1min + kept) {
        m_minute.pop_front();
    }
    if (day() != m_day) {
        m_day = day();
        m_today = 0;
    }
}

int TrueProvider::inMinute(common::Duration longer) const
{
    const common::SteadyTime since = m_clock.now() - 1min - longer;
    return int(std::count_if(m_minute.begin(), m_minute.end(), [since](common::SteadyTime time) {
        return time > since;
    }));
}

bool TrueProvider::hasHadRoom(common::Duration length)
{
    advance();
    return (m_traits.requestsPerMinute == 0 || inMinute(length) < m_traits.requestsPerMinute)
        && (m_traits.requestsPerDay == 0 || m_today < m_traits.requestsPerDay);
}

bool TrueProvider::isDown(common::Duration margin) const
{
    const auto now = m_clock.now() - m_begin;
    return std::any_of(
        m_traits.outages.begin(), m_traits.outages.end(), [&](const std::pair<int, int> &outage) {
            return now >= std::chrono::seconds(outage.first)
                && now < std::chrono::seconds(outage.second) + margin;
        });
}

FakeReply TrueProvider::answer(bool stream)
{
    const ProviderReplies replies(catalog::Wire::OpenAiChat);
    if (isDown()) {
        return replies.error(503, "down for maintenance");
    }
    if (!hasRoom()) {
        const bool daily = m_traits.requestsPerDay > 0 && m_today >= m_traits.requestsPerDay;
        return withHeaders(refusal(daily));
    }
    m_minute.push_back(m_clock.now());
    ++m_today;
    ++m_answered;
    if (m_traits.tellsHeaders && !m_toldAt) {
        m_toldAt = m_clock.now();
    }
    return withHeaders(replies.answer(stream, {"yes"}));
}

FakeReply TrueProvider::refusal(bool daily)
{
    ++m_refused;
    int &met = daily ? m_dayMet : m_minuteMet;
    const bool told = m_toldAt && *m_toldAt < m_clock.now();
    m_foreseeable += told || met >= metOftenEnough ? 1 : 0;
    ++met;
    const ProviderReplies replies(catalog::Wire::OpenAiChat);
    FakeReply reply = replies.error(
        429, daily ? "You exceeded your daily quota, limit reached" : "Rate limit reached");
    return reply.withHeader(
        "retry-after", QByteArray::number(daily ? secondsToMidnight() : secondsToRoom()));
}

int TrueProvider::secondsToRoom() const
{
    const auto first = std::upper_bound(m_minute.begin(), m_minute.end(), m_clock.now() - 1min);
    return first == m_minute.end()
        ? 1
        : int(std::chrono::ceil<std::chrono::seconds>(*first + 1min - m_clock.now()).count());
}

/// OpenAI's headers tell this one: "until the rate limit resets to its initial state".
int TrueProvider::secondsToFull() const
{
    return inMinute() == 0
        ? 0
        : int(std::chrono::ceil<std::chrono::seconds>(m_minute.back() + 1min - m_clock.now())
                  .count());
}

int TrueProvider::secondsToMidnight() const
{
    const auto wall = m_clock.wallNow();
    const auto midnight = std::chrono::floor<std::chrono::days>(wall) + 24h;
    return int(std::chrono::ceil<std::chrono::seconds>(midnight - wall).count());
}

FakeReply TrueProvider::withHeaders(FakeReply reply) const
{
    if (!m_traits.tellsHeaders || m_traits.requestsPerDay == 0) {
        return reply;
    }
    const auto number = [](int value) { return QByteArray::number(value); };
    return reply.withHeader("x-ratelimit-limit-requests-minute", number(m_traits.requestsPerMinute))
        .withHeader(
            "x-ratelimit-remaining-requests-minute",
            number(m_traits.requestsPerMinute - inMinute()))
        .withHeader("x-ratelimit-reset-requests-minute", number(secondsToFull()) + "s")
        .withHeader("x-ratelimit-limit-requests-day", number(m_traits.requestsPerDay))
        .withHeader("x-ratelimit-remaining-requests-day", number(m_traits.requestsPerDay - m_today))
        .withHeader("x-ratelimit-reset-requests-day", number(secondsToMidnight()) + "s");
}

} // namespace freerelay::tests
