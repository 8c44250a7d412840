#pragma once

#include "core/quota/rate_meter.h"
#include "core/quota/records.h"
#include "core/quota/window_use.h"

#include <optional>

namespace freerelay::quota {

/// Which window: what it counts, over which time.
struct WindowId
{
    catalog::QuotaUnit unit = catalog::QuotaUnit::Requests;
    catalog::QuotaPeriod period = catalog::QuotaPeriod::Minute;
    bool operator==(const WindowId &) const = default;
};

/// "requests per day".
[[nodiscard]] QByteArray wordsFor(WindowId id);

/// How an amount fits into a window.
enum class Fit : std::uint8_t {
    Room,
    Beyond, ///< a limit says no that is known from the catalogue or guessed only
    Exhausted, ///< it would be refused
};

/// One window of a provider: its limit, what is used, whether it refuses. One thread at a time;
/// advance() comes before everything else at a later moment.
class QuotaWindow
{
public:
    /// Below this share of a limit a window is tight: worth a look when candidates are ranked.
    static constexpr double tightRoom = 0.25;
    static constexpr double lowRoom = 0.1;

    QuotaWindow(WindowId id, std::optional<QuotaCalendar> calendar, Moment now);

    [[nodiscard]] WindowId id() const { return m_id; }
    [[nodiscard]] QuotaLimit &limit() { return m_limit; }
    [[nodiscard]] const QuotaLimit &limit() const { return m_limit; }
    [[nodiscard]] WindowUse &use() { return m_use; }
    [[nodiscard]] const WindowUse &use() const { return m_use; }
    [[nodiscard]] RateMeter &meter() { return m_meter; }

    void advance(Moment now);

    /// An amount above the whole limit fits when nothing else is used: the provider decides.
    [[nodiscard]] Fit fit(std::int64_t amount, Moment now) const;
    /// When `amount` fits; now when it does.
    [[nodiscard]] common::SteadyTime roomAt(std::int64_t amount, Moment now) const;
    /// Share of the limit that is left, 0..1; nullopt = no limit is known.
    [[nodiscard]] std::optional<double> room(Moment now) const;
    /// Whether it is nearly used up: less than lowRoom is left, or less than tightRoom and the rest
    /// is not expected to last until the reset. Only an advice: what is left is left.
    [[nodiscard]] bool runsLow(Moment now) const;
    /// Until the window is full again, or the block ends.
    [[nodiscard]] common::Duration untilReset(Moment now) const;

    /// The provider refused: nothing fits before `until`.
    void block(common::SteadyTime until, Moment now);
    [[nodiscard]] bool isBlocked(Moment now) const;
    [[nodiscard]] Forecast forecast(Moment now) const;

    /// Whether there is anything to remember or to show.
    [[nodiscard]] bool hasContent() const;
    /// Everything but provider, key, subject and shared.
    [[nodiscard]] QuotaWindowRecord record(Moment now) const;
    void restore(const QuotaWindowRecord &record, Moment now);

private:
    [[nodiscard]] std::int64_t counted(std::int64_t amount) const;

    WindowId m_id;
    QuotaLimit m_limit;
    WindowUse m_use;
    RateMeter m_meter;
    common::SteadyTime m_blockedUntil; ///< the epoch = it is not
    common::WallTime m_blockedUntilWall;
};

} // namespace freerelay::quota
