#pragma once

#include "core/upstream/chaos/ticker.h"
#include "core/upstream/http_client.h"

namespace freerelay::upstream {

/// A call that begins late. Its limits count from when it should have begun. One thread.
class LateCall final : public Call, private Ticker::Listener
{
public:
    /// @param client  outlives the ticker's ticking
    LateCall(
        std::shared_ptr<Ticker> ticker,
        HttpClient &client,
        HttpCall call,
        CallObserver &observer,
        std::chrono::milliseconds delay);
    ~LateCall() override;
    Q_DISABLE_COPY_MOVE(LateCall)

    void pause() override;
    void resume() override;

private:
    void onTick(common::SteadyTime now) override;

    std::shared_ptr<Ticker> m_ticker;
    HttpClient &m_client;
    HttpCall m_request;
    CallObserver &m_observer;
    common::SteadyTime m_due;
    std::unique_ptr<Call> m_call; ///< null until it is due
};

} // namespace freerelay::upstream
