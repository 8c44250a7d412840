#pragma once

#include "core/common/result.h"
#include "core/upstream/chaos/fault.h"

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::upstream {

/// One kind of fault for one provider, or for all.
struct ChaosRule
{
    QByteArray provider; ///< its id; "" = every provider
    std::optional<Fault> fault; ///< nullopt = any of the mixture, drawn for each call
    double rate = 0.1; ///< share of the calls that it meets, 0..1
    std::uint64_t seed = 1;

    bool operator==(const ChaosRule &) const = default;
};

/// What is played. For each call the first rule that meets it counts.
struct ChaosRules
{
    bool on = false;
    std::vector<ChaosRule> list;

    bool operator==(const ChaosRules &) const = default;
};

/// Reads "provider=groq,fault=429-day,rate=0.3,seed=7". Every part may be left out; "" is the
/// mixture for all providers at a tenth of their calls. Pure; any thread, as all below.
/// @return InvalidArgument that says what is wrong, and what there is instead
[[nodiscard]] common::Result<ChaosRule> parseChaosRule(QStringView text);

/// The rule of these values, as a person gave them.
/// @param fault  a name of allFaults(), or "any"
/// @return InvalidArgument, as above
[[nodiscard]] common::Result<ChaosRule>
makeChaosRule(const QString &provider, const QString &fault, double rate, std::uint64_t seed);

/// The text that parseChaosRule() reads, with all its parts; "any" stands for the mixture.
[[nodiscard]] QString toText(const ChaosRule &rule);
/// "429-day", "any".
[[nodiscard]] QString faultText(const ChaosRule &rule);

} // namespace freerelay::upstream
