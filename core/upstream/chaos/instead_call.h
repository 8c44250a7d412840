#pragma once

#include "core/upstream/call_deadlines.h"
#include "core/upstream/chaos/played_reply.h"
#include "core/upstream/chaos/ticker.h"

#include <memory>

namespace freerelay::upstream {

/// A call to nobody: gives what is played instead of an answer, one event a tick. One thread.
class InsteadCall final : public Call, private Ticker::Listener
{
public:
    /// @param limits  of the call that is not made; they end a silent one
    InsteadCall(
        std::shared_ptr<Ticker> ticker,
        PlayedReply reply,
        const CallLimits &limits,
        CallObserver &observer);
    ~InsteadCall() override;
    Q_DISABLE_COPY_MOVE(InsteadCall)

    void pause() override { }
    void resume() override { }

private:
    enum class Next { Head, Body, End, Nothing };

    void onTick(common::SteadyTime now) override;
    void giveBody();
    void end(const CallEnd &end);

    std::shared_ptr<Ticker> m_ticker;
    PlayedReply m_reply;
    CallDeadlines m_deadlines;
    CallObserver &m_observer;
    Next m_next;
};

} // namespace freerelay::upstream
