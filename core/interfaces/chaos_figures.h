#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

namespace freerelay::interfaces {

/// A fault that is played on purpose, in the words of `--chaos` (docs/chaos.md).
struct ChaosRule
{
    QString provider; ///< its id; "" = every provider
    QString fault = QStringLiteral("any"); ///< a name of ChaosFigures::faults, or "any"
    double rate = 0.1; ///< share of its calls, 0..1
    quint64 seed = 1;

    bool operator==(const ChaosRule &) const = default;
};

/// What is ordered: the rules count while it is on.
struct ChaosRules
{
    bool on = false;
    std::vector<ChaosRule> list;

    bool operator==(const ChaosRules &) const = default;
};

/// How often a fault was played, in this run.
struct ChaosCount
{
    QString provider;
    QString fault;
    quint64 count = 0;

    bool operator==(const ChaosCount &) const = default;
};

/// A fault that can be played.
struct ChaosFault
{
    QString name; ///< "429-day"
    QString text; ///< one line, in English as the command line's help
};

/// Faults that are played on purpose, for developers.
struct ChaosFigures
{
    bool available = false; ///< the program was started for it
    ChaosRules rules;
    std::vector<ChaosFault> faults; ///< all there are, "any" first
    std::vector<ChaosCount> played;
};

} // namespace freerelay::interfaces
