#include "instead_call.h"

namespace freerelay::upstream {

InsteadCall::InsteadCall(
    std::shared_ptr<Ticker> ticker,
    PlayedReply reply,
    const CallLimits &limits,
    CallObserver &observer)
    : m_ticker(std::move(ticker))
    , m_reply(std::move(reply))
    , m_deadlines(limits, m_ticker->now())
    , m_observer(observer)
    , m_next(m_reply.status != 0 ? Next::Head : Next::End)
{
    m_ticker->add(*this);
}

InsteadCall::~InsteadCall()
{
    m_ticker->remove(*this);
}

// Nothing of this object is touched after a call of the observer, which may destroy it.
void InsteadCall::onTick(common::SteadyTime now)
{
    if (m_reply.isSilent) {
        if (const auto limit = m_deadlines.expired(now)) {
            end({playedError(limitError(*limit))});
        }
        return;
    }
    switch (m_next) {
    case Next::Head:
        m_next = Next::Body;
        m_observer.onHead(m_reply.status, m_reply.headers);
        break;
    case Next::Body:
        m_next = Next::End;
        giveBody();
        break;
    case Next::End:
        end({m_reply.error});
        break;
    case Next::Nothing:
        break;
    }
}

/// No more comes, so that a pause means nothing.
void InsteadCall::giveBody()
{
    [[maybe_unused]] const Flow flow = m_observer.onBody(m_reply.body);
}

void InsteadCall::end(const CallEnd &end)
{
    m_next = Next::Nothing;
    m_ticker->remove(*this);
    m_observer.onEnd(end);
}

} // namespace freerelay::upstream
