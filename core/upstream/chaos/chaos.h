#pragma once

#include "core/common/published.h"
#include "core/upstream/chaos/chaos_rules.h"

#include <map>
#include <mutex>
#include <utility>

namespace freerelay::upstream {

/// How often a fault was played.
struct PlayedFault
{
    QByteArray provider;
    Fault fault = Fault::Latency;
    std::uint64_t count = 0;
};

/// What all workers share of the faults that are played: the rules, the numbers of the calls, and
/// how often each fault was played. Any thread.
class Chaos
{
public:
    explicit Chaos(ChaosRules rules);

    [[nodiscard]] const common::Published<ChaosRules> &rules() const { return m_rules; }
    /// From now on. Calls are numbered from 0 again, so that the rules play what they did before.
    void setRules(ChaosRules rules);

    /// The number of the next call at a provider.
    [[nodiscard]] std::uint64_t nextCall(const QByteArray &provider);
    /// A fault begins.
    void count(const QByteArray &provider, Fault fault);

    /// In this run, in the order of providers and faults.
    [[nodiscard]] std::vector<PlayedFault> played() const;
    [[nodiscard]] std::uint64_t playedInAll() const;

private:
    common::Published<ChaosRules> m_rules;
    mutable std::mutex m_mutex; ///< guards what follows
    std::map<QByteArray, std::uint64_t> m_calls;
    std::map<std::pair<QByteArray, Fault>, std::uint64_t> m_played;
};

} // namespace freerelay::upstream
