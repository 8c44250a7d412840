#pragma once

#include "core/catalog/types.h"
#include "core/health/call_ticket.h"
#include "core/health/target_health.h"

#include <QByteArray>
#include <QHash>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

namespace freerelay::health {

/// Who is called with which key.
struct HealthTarget
{
    const catalog::Provider &provider;
    const catalog::Model &model;
    const QByteArray &key; ///< fingerprint
};

/// How much a call is needed there.
enum class Need : std::uint8_t {
    Usual, ///< another one would do as well
    LastResort, ///< nobody else is left: it goes through whatever is known
};

/// Why a call should go elsewhere.
struct HealthRefusal
{
    Unwell reason = Unwell::CircuitOpen;
    common::SteadyTime until; ///< when it may be worth asking again; `now` when nobody knows
};

/// How well every model answers with every key: circuits, limits of calls at once, times. Any
/// thread; its mutex is private, held shortly and never across a call out. It outlives its tickets.
///
/// A provider opens as a whole when several of its targets are open, or most of its latest calls
/// failed and not only those to one target. Local providers are watched and never refused.
class HealthTable
{
public:
    /// An answer whose first token takes that long is a slow one (resilience4j's
    /// slowCallDurationThreshold).
    static constexpr common::Duration slowTtft = std::chrono::seconds(60);
    /// Open targets of one provider that open all of it.
    static constexpr int targetsToOpen = 3;

    /// @param random  [0, 1); called under the lock only
    HealthTable(const common::Clock &clock, std::function<double()> random);
    HealthTable(const HealthTable &) = delete;
    HealthTable &operator=(const HealthTable &) = delete;
    ~HealthTable() = default;

    /// A call is about to be sent.
    [[nodiscard]] std::variant<CallTicket, HealthRefusal>
    admit(const HealthTarget &target, const CallShape &shape, Need need = Need::Usual);

    /// Whether anything at all may be unwell. One atomic load; the usual answer is no.
    [[nodiscard]] bool isAnyUnwell() const { return m_anyUnwell.load(std::memory_order_acquire); }
    /// What calls of that shape should avoid now; what waits for a probe is not among it.
    [[nodiscard]] std::vector<UnwellTarget> unwell(const CallShape &shape) const;

    /// How long its first tokens take in one of twenty answers, the p95 of the latest; nullopt as
    /// long as too few are known.
    [[nodiscard]] std::optional<common::Duration> lateTtft(const HealthTarget &target) const;

    /// The provider (its `key` only, when given) is taken for well: the key was replaced or a test
    /// succeeded.
    void clear(QByteArrayView provider, QByteArrayView key = {});

    /// Most providers fail: whoever does what is only nice to have (a second attempt beside the
    /// first, work that can wait) asks before and leaves it out; docs/health.md has the list. One
    /// atomic load.
    [[nodiscard]] bool isBrownout() const { return m_brownout.load(std::memory_order_relaxed); }
    /// What Brownout says.
    void setBrownout(bool active) { m_brownout.store(active, std::memory_order_relaxed); }

    [[nodiscard]] HealthView view() const;
    [[nodiscard]] CallCounts counts() const;

private:
    friend class CallTicket;
    struct TargetId
    {
        QByteArray provider;
        QByteArray key;
        QByteArray model;
        bool operator==(const TargetId &) const = default;
        friend size_t qHash(const TargetId &id, size_t seed = 0) noexcept
        {
            return qHashMulti(seed, id.provider, id.key, id.model);
        }
    };

    [[nodiscard]] TargetHealth &healthOf(const HealthTarget &target);
    [[nodiscard]] static std::optional<HealthRefusal>
    refusal(const TargetHealth &target, const CallShape &shape, common::SteadyTime now);
    [[nodiscard]] static CallMark markOf(const CallPass &pass, common::SteadyTime now, bool failed);
    void onProviderAnswered(const CallPass &pass, const CallMark &mark);
    static void judgeTarget(TargetHealth &target, common::SteadyTime now, double random);
    static void judgeProvider(ProviderHealth &provider, common::SteadyTime now, double random);
    void noteUnwell(common::SteadyTime now);

    // what tickets tell
    void onSucceeded(const CallPass &pass, const CallTimes &times);
    void onFailed(const CallPass &pass, CallFailure failure);
    void onIgnored(const CallPass &pass);

    const common::Clock &m_clock;
    std::function<double()> m_random;
    mutable std::mutex m_mutex;
    QHash<TargetId, std::shared_ptr<TargetHealth>> m_targets;
    QHash<QByteArray, std::shared_ptr<ProviderHealth>> m_providers;
    CallCounts m_counts;
    std::atomic<bool> m_anyUnwell{false};
    std::atomic<bool> m_brownout{false};
};

} // namespace freerelay::health
