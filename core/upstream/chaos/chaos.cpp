#include "chaos.h"

namespace freerelay::upstream {

Chaos::Chaos(ChaosRules rules)
    : m_rules(std::make_shared<const ChaosRules>(std::move(rules)))
{ }

void Chaos::setRules(ChaosRules rules)
{
    const std::lock_guard lock(m_mutex);
    m_calls.clear();
    m_rules.publish(std::make_shared<const ChaosRules>(std::move(rules)));
}

std::uint64_t Chaos::nextCall(const QByteArray &provider)
{
    const std::lock_guard lock(m_mutex);
    return m_calls[provider]++;
}

void Chaos::count(const QByteArray &provider, Fault fault)
{
    const std::lock_guard lock(m_mutex);
    ++m_played[{provider, fault}];
}

std::vector<PlayedFault> Chaos::played() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<PlayedFault> result;
    for (const auto &[what, count] : m_played) {
        result.push_back({what.first, what.second, count});
    }
    return result;
}

std::uint64_t Chaos::playedInAll() const
{
    const std::lock_guard lock(m_mutex);
    std::uint64_t sum = 0;
    for (const auto &[what, count] : m_played) {
        sum += count;
    }
    return sum;
}

} // namespace freerelay::upstream
