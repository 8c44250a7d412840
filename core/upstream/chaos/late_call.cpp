#include "late_call.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace freerelay::upstream {

namespace {

/// Zero stays "none".
std::chrono::milliseconds less(std::chrono::milliseconds limit, std::chrono::milliseconds delay)
{
    return limit == 0ms ? limit : std::max<std::chrono::milliseconds>(limit - delay, 1ms);
}

} // namespace

LateCall::LateCall(
    std::shared_ptr<Ticker> ticker,
    HttpClient &client,
    HttpCall call,
    CallObserver &observer,
    std::chrono::milliseconds delay)
    : m_ticker(std::move(ticker))
    , m_client(client)
    , m_request(std::move(call))
    , m_observer(observer)
    , m_due(m_ticker->now() + delay)
{
    m_request.limits.firstByte = less(m_request.limits.firstByte, delay);
    m_request.limits.total = less(m_request.limits.total, delay);
    m_ticker->add(*this);
}

LateCall::~LateCall()
{
    m_ticker->remove(*this);
}

void LateCall::onTick(common::SteadyTime now)
{
    if (now >= m_due) {
        m_ticker->remove(*this);
        m_call = m_client.start(std::move(m_request), m_observer);
    }
}

void LateCall::pause()
{
    if (m_call) {
        m_call->pause();
    }
}

void LateCall::resume()
{
    if (m_call) {
        m_call->resume();
    }
}

} // namespace freerelay::upstream
