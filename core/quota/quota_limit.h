#pragma once

#include "core/catalog/types.h"
#include "core/common/clock.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace freerelay::quota {

/// The same moment on both clocks.
struct Moment
{
    common::SteadyTime steady;
    common::WallTime wall;
};

/// Where a number comes from, weakest first.
enum class QuotaSource : std::uint8_t {
    Guess, ///< ours: more was answered than was said to be possible
    Suspected, ///< refusals without a reason came when so much had been used
    Catalogue, ///< published, and perhaps out of date or for another plan
    LearnedFromError, ///< a refusal named it or its window, or came often enough at the same use
    AccountApi, ///< the provider's own account page
    Header, ///< of a reply
};

/// "guess", "suspected", "catalogue", "learned_from_error", "account_api", "header".
[[nodiscard]] const char *toString(QuotaSource source);
[[nodiscard]] std::optional<QuotaSource> quotaSourceOf(QByteArrayView name);

/// A limit with the reason to believe it. Value; one thread at a time.
///
/// **The rule.** Each source has a confidence (header 0.98, account API 0.95, error 0.8, catalogue
/// 0.5, suspicion 0.45, guess 0.3) that halves with age: every 6 hours for windows up to an hour,
/// every 3 days for a day, every 30 days for a month or a total; the catalogue's does not age. A
/// statement replaces another when its confidence is at least what is left of the other's. A limit
/// is hard, so that nothing is sent beyond it, while its confidence is above the catalogue's; a
/// soft one only advises.
class QuotaLimit
{
public:
    explicit QuotaLimit(catalog::QuotaPeriod period)
        : m_period(period)
    { }

    /// Believes `value` unless what is known is better. @return whether it does
    bool state(std::int64_t value, QuotaSource source, Moment now);
    /// A refusal that gave no reason came when `used` had been used. Some providers refuse at
    /// random under load, so this is only a suspicion until `confirmations` refusals in a row came
    /// within a tenth of the same use, each after at least half as much had been answered since
    /// the one before, and no success beyond it; then it is learned.
    void suspect(std::int64_t used, Moment now);
    /// A request was answered that took so much of the window.
    void answered(std::int64_t amount) { m_answeredSince += amount; }
    /// Soft limits only: so much was possible.
    void raiseTo(std::int64_t value, Moment now);
    static constexpr int confirmations = 3;
    /// Without judging: out of a record.
    void restore(std::int64_t value, QuotaSource source, Moment statedAt);

    [[nodiscard]] std::optional<std::int64_t> value() const { return m_value; }
    [[nodiscard]] bool isHard(common::SteadyTime now) const { return m_value && now < m_hardUntil; }
    [[nodiscard]] QuotaSource source() const { return m_source; }
    [[nodiscard]] Moment statedAt() const { return m_statedAt; }
    [[nodiscard]] double confidence(common::SteadyTime now) const; ///< 0..1

private:
    void set(std::int64_t value, QuotaSource source, Moment statedAt);

    catalog::QuotaPeriod m_period;
    std::optional<std::int64_t> m_value;
    QuotaSource m_source = QuotaSource::Guess;
    int m_suspicions = 0; ///< refusals in a row at about m_value
    std::int64_t m_answeredSince = 0; ///< the last one
    Moment m_statedAt;
    common::SteadyTime m_hardUntil;
};

} // namespace freerelay::quota
