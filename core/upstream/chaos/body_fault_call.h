#pragma once

#include "core/upstream/call_deadlines.h"
#include "core/upstream/chaos/break_point.h"
#include "core/upstream/chaos/chaos_plan.h"
#include "core/upstream/chaos/ticker.h"
#include "core/upstream/http_client.h"

#include <functional>
#include <memory>

namespace freerelay::upstream {

/// A call whose answer comes from the provider and goes wrong on its way: it is cut off, stalls,
/// trickles or goes on with something else. An error reply passes as it is. One thread.
class BodyFaultCall final : public Call, private CallObserver, private Ticker::Listener
{
public:
    /// What is played.
    struct Play
    {
        PlannedFault planned; ///< Cut, Stall, Slow or Garble
        std::function<void()> began; ///< called when the fault shows
    };

    /// @param client  asks the provider
    BodyFaultCall(
        std::shared_ptr<Ticker> ticker,
        HttpClient &client,
        HttpCall call,
        CallObserver &observer,
        Play play);
    ~BodyFaultCall() override;
    Q_DISABLE_COPY_MOVE(BodyFaultCall)

    void pause() override;
    void resume() override;

private:
    /// Passing: as the provider has it. Broken: the fault shows. Over: onEnd() was called.
    enum class Phase { Passing, Broken, Over };

    void onHead(int status, const common::HeaderList &headers) override;
    [[nodiscard]] Flow onBody(QByteArrayView bytes) override;
    void onEnd(const CallEnd &end) override;
    void onTick(common::SteadyTime now) override;

    void begin();
    [[nodiscard]] Flow hand(QByteArrayView bytes);
    [[nodiscard]] Flow hold(QByteArrayView bytes);
    void trickle(common::SteadyTime now);
    void garble();
    void end(const CallEnd &end);

    std::shared_ptr<Ticker> m_ticker;
    CallObserver &m_observer;
    Play m_play;
    CallDeadlines m_deadlines;
    std::optional<BreakPoint> m_breakPoint; ///< nullopt = an error reply, or no head yet
    Phase m_phase = Phase::Passing;
    bool m_paused = false; ///< by the observer
    bool m_isInnerPaused = false; ///< by us, while too much is held
    QByteArray m_held; ///< Slow: what has not trickled yet
    common::SteadyTime m_nextPiece;
    std::optional<CallEnd> m_innerEnd;
    bool m_garbled = false;
    std::shared_ptr<const char> m_life; ///< tells whether this object lives
    std::unique_ptr<Call> m_inner; ///< last: destroyed first, so no callback comes late
};

} // namespace freerelay::upstream
