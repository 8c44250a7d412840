#include "chaos_plan.h"

namespace freerelay::upstream {

namespace {

constexpr std::uint64_t goldenGamma = 0x9E3779B97F4A7C15;

/// The finaliser of SplitMix64: each bit of the result depends on all of `x`.
constexpr std::uint64_t mixed(std::uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
}

/// FNV-1a of 64 bits (Fowler, Noll, Vo). qHash() differs from one Qt to the next.
std::uint64_t hashOf(QByteArrayView text)
{
    std::uint64_t hash = 0xCBF29CE484222325;
    for (const char byte : text) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
    }
    return hash;
}

/// 0..1, 1 excluded; the 53 bits that a double has.
double share(std::uint64_t draw)
{
    return static_cast<double>(draw >> 11) * 0x1.0p-53;
}

std::uint64_t drawOf(const ChaosRule &rule, QByteArrayView provider, std::uint64_t call)
{
    const std::uint64_t what = rule.fault ? hashOf(nameOf(*rule.fault)) : 0;
    const std::uint64_t stream = mixed(mixed(rule.seed + goldenGamma) ^ what ^ hashOf(provider));
    return mixed(stream + (call + 1) * goldenGamma);
}

Fault fromMixture(std::uint64_t draw)
{
    std::vector<Fault> mixture;
    for (const FaultWords &words : allFaults()) {
        if (words.isMixed) {
            mixture.push_back(words.fault);
        }
    }
    return mixture[draw % mixture.size()];
}

} // namespace

std::optional<PlannedFault>
plannedFault(const std::vector<ChaosRule> &rules, QByteArrayView provider, std::uint64_t call)
{
    for (const ChaosRule &rule : rules) {
        if (!rule.provider.isEmpty() && rule.provider != provider) {
            continue;
        }
        const std::uint64_t draw = drawOf(rule, provider, call);
        if (share(draw) < rule.rate) {
            const std::uint64_t second = mixed(draw + goldenGamma);
            const std::uint64_t third = mixed(second + goldenGamma);
            return PlannedFault{rule.fault ? *rule.fault : fromMixture(second), third};
        }
    }
    return std::nullopt;
}

} // namespace freerelay::upstream
