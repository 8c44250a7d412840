#pragma once

#include "core/common/clock.h"
#include "core/common/waiter.h"
#include "core/dialects/provider_error.h"
#include "core/dialects/reply_translator.h"
#include "core/health/latency_digest.h"
#include "core/relay/downstream.h"
#include "core/routing/route_plan.h"
#include "core/upstream/http_client.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <optional>

namespace freerelay::relay {

/// What one attempt needs beside the candidate.
struct AttemptSetup
{
    upstream::HttpCall call;
    std::unique_ptr<dialects::ReplyTranslator> translator;
    bool stream = false;
    QByteArrayList ignored{}; ///< see EncodedRequest
    /// Told the head of the reply before anything else is done with it; "" = nobody is.
    std::function<void(const common::HeaderList &)> onHead{};
    /// Makes a whole reply of the body of an error, or "" when it is nothing else; none = never.
    std::function<QByteArray(const QByteArray &)> rescue{};
    /// From start to the first content of the reply; zero = none.
    std::chrono::milliseconds firstContentLimit{0};
};

/// One try at one candidate: starts the call, holds everything back until the commit point, then
/// streams downstream with watermarks. Lives on its worker thread; destroying it cancels the call.
///
///     common::Waiter decided;
///     Attempt attempt(candidate, std::move(setup), client, clock, decided);
///     co_await decided.wait();          // committed, complete or failed
///     if (!attempt.failure()) {
///         attempt.streamTo(downstream); // streams only
///         co_await attempt.ended();     // the client has everything
///         co_await attempt.released();  // the connection may be used again
///     }
///
/// Every function that may fire a Waiter may also end the life of the attempt.
class Attempt final : public upstream::CallObserver
{
public:
    /// Above: the upstream is paused; below: resumed (architecture.md, backpressure).
    static constexpr qint64 highWatermark = 256 * 1024;
    static constexpr qint64 lowWatermark = 64 * 1024;
    /// What is kept of an error body.
    static constexpr qsizetype maxErrorBody = 64 * 1024;
    /// What a stream may send before its first content (pings, empty deltas).
    static constexpr qsizetype maxHeldBack = 1024 * 1024;
    /// How long a provider may be silent between the finish reason and its end mark.
    static constexpr std::chrono::seconds endMarkLimit{5};
    /// How long, and for how many more bytes, the end of a reply is waited for when its end mark
    /// has been seen: a whole reply leaves a connection that can be used again.
    static constexpr std::chrono::seconds releaseLimit{2};
    static constexpr qsizetype maxAfterEnd = 64 * 1024;

    /// @param decided  fired when the first content of a stream is there, a whole reply is there,
    /// or
    ///                 it failed; outlives the attempt, and may serve others as well
    Attempt(
        const routing::Candidate &candidate,
        AttemptSetup setup,
        upstream::HttpClient &client,
        const common::Clock &clock,
        common::Waiter &decided);
    ~Attempt() override;
    Q_DISABLE_COPY_MOVE(Attempt)

    /// Whether `decided` has been fired.
    [[nodiscard]] bool isDecided() const { return m_phase != Phase::Waiting; }
    /// Sends what was held back and everything that follows to `downstream`.
    void streamTo(Downstream &downstream);
    /// Fires when the reply is complete or has failed; only after isDecided(). `downstream` is not
    /// used any more.
    [[nodiscard]] common::Waiter::View ended() { return m_ended.wait(); }
    /// Fires when the provider has ended its reply as well, or will not; only after ended(). It
    /// takes releaseLimit at most, as long as checkLimits() is called.
    [[nodiscard]] common::Waiter::View released();

    /// The client took bytes: resumes a paused upstream below the low watermark.
    void onDrained();
    /// Ends the attempt as Cancelled; fires whatever is being waited for.
    void cancel();
    /// Ends what is overdue: the first content (as Timeout), an end mark, a release.
    void checkLimits(common::SteadyTime now);

    [[nodiscard]] const std::optional<dialects::ProviderFailure> &failure() const
    {
        return m_failure;
    }
    /// Masks the key where the provider quotes it in its failure, if there is one.
    void hideInFailure(const common::Secret &key);
    [[nodiscard]] const dialects::ReplyProgress &progress() const
    {
        return m_setup.translator->progress();
    }
    /// The whole reply of a request that is not streamed.
    [[nodiscard]] QByteArray takeReply() { return std::exchange(m_out, {}); }
    [[nodiscard]] int status() const { return m_status; }
    /// What the provider was not told, see EncodedRequest.
    [[nodiscard]] const QByteArrayList &ignored() const { return m_setup.ignored; }
    [[nodiscard]] bool isStream() const { return m_setup.stream; }
    /// Between the parts of a stream as the provider sent them, from its first content on; waiting
    /// for the client is left out.
    [[nodiscard]] const health::LatencyDigest &gaps() const { return m_gaps; }
    [[nodiscard]] bool isPaused() const { return m_paused; }
    [[nodiscard]] common::SteadyTime startedAt() const { return m_startedAt; }
    [[nodiscard]] std::optional<common::SteadyTime> firstContentAt() const
    {
        return m_firstContentAt;
    }

    void onHead(int status, const common::HeaderList &headers) override;
    [[nodiscard]] upstream::Flow onBody(QByteArrayView bytes) override;
    void onEnd(const upstream::CallEnd &end) override;

private:
    enum class Phase { Waiting, Decided, Streaming, Over };

    [[nodiscard]] upstream::Flow onReplyBytes(QByteArrayView bytes);
    void noteGap();
    void onStreamBytes();
    void onReplyEnd();
    void finishStream();
    [[nodiscard]] bool hasToldAll() const;
    void release();
    void fail(dialects::ProviderFailure failure);
    void failInReply(const common::Error &error);
    [[nodiscard]] bool rescue();
    [[nodiscard]] dialects::ProviderFailure failureOf(const upstream::CallEnd &callEnd) const;
    void decide();
    void end();

    routing::Candidate m_candidate;
    AttemptSetup m_setup;
    const common::Clock &m_clock;
    common::SteadyTime m_startedAt;
    std::optional<common::SteadyTime> m_firstContentAt;
    std::optional<common::SteadyTime> m_lastPartAt; ///< nullopt = the next gap is not its own
    health::LatencyDigest m_gaps;

    Phase m_phase = Phase::Waiting;
    int m_status = 0;
    common::HeaderList m_errorHeaders;
    QByteArray m_errorBody;
    QByteArray m_out;
    bool m_complete = false; ///< finish() of the translator has been called with success
    bool m_callOver = false; ///< the upstream said its last word, or was told to stop
    bool m_paused = false;
    std::optional<common::SteadyTime> m_toldAllAt; ///< the last bytes after the finish reason
    common::SteadyTime m_completeAt;
    qsizetype m_afterEnd = 0; ///< bytes that came behind the end mark
    std::optional<dialects::ProviderFailure> m_failure;
    Downstream *m_downstream = nullptr;
    common::Waiter &m_decided;
    common::Waiter m_ended;
    common::Waiter m_released;
    std::unique_ptr<upstream::Call> m_call; ///< last: destroyed first, so no callback comes late
};

} // namespace freerelay::relay
