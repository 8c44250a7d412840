#include "body_fault_call.h"

#include "core/upstream/chaos/played_reply.h"
#include "core/upstream/curl_error.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace freerelay::upstream {

namespace {

/// A trickle gives a twentieth of what has come, so that a long answer ends as well.
constexpr qsizetype leastPiece = 32;
constexpr qsizetype pieces = 20;
constexpr std::chrono::milliseconds betweenPieces = 100ms;
constexpr qsizetype mostHeld = 64 * 1'024;

constexpr QByteArrayView noise = "\xFF\xFE{\"chaos\n\n"
                                 "data: {\"chaos\": <html>\x01\x02\n\n";

} // namespace

BodyFaultCall::BodyFaultCall(
    std::shared_ptr<Ticker> ticker,
    HttpClient &client,
    HttpCall call,
    CallObserver &observer,
    Play play)
    : m_ticker(std::move(ticker))
    , m_observer(observer)
    , m_play(std::move(play))
    , m_deadlines(call.limits, m_ticker->now())
    , m_life(std::make_shared<char>())
{
    m_inner = client.start(std::move(call), *this);
}

BodyFaultCall::~BodyFaultCall()
{
    m_ticker->remove(*this);
}

void BodyFaultCall::onHead(int status, const common::HeaderList &headers)
{
    if (status >= 200 && status < 300) {
        m_breakPoint.emplace(headers, m_play.planned.draw);
    }
    m_observer.onHead(status, headers);
}

Flow BodyFaultCall::onBody(QByteArrayView bytes)
{
    if (!m_breakPoint) {
        return hand(bytes);
    }
    if (m_play.planned.fault == Fault::Slow) {
        return hold(bytes);
    }
    m_deadlines.onBody(m_ticker->now());
    const qsizetype before = m_breakPoint->take(bytes);
    if (!m_breakPoint->isReached()) {
        return hand(bytes);
    }
    m_inner.reset();
    begin();
    return hand(bytes.first(before));
}

void BodyFaultCall::onEnd(const CallEnd &innerEnd)
{
    const Fault fault = m_play.planned.fault;
    const bool canBreak = m_breakPoint && !innerEnd.error;
    if (fault == Fault::Slow && m_phase == Phase::Broken) {
        m_innerEnd = innerEnd;
    } else if (canBreak && (fault == Fault::Cut || fault == Fault::Stall)) {
        begin(); // the answer is shorter than the place: its end does not come
    } else {
        end(innerEnd);
    }
}

void BodyFaultCall::begin()
{
    m_phase = Phase::Broken;
    m_ticker->add(*this);
    m_play.began();
}

/// The observer may destroy this object.
Flow BodyFaultCall::hand(QByteArrayView bytes)
{
    const std::weak_ptr<const char> life = m_life;
    const Flow flow = m_observer.onBody(bytes);
    if (flow == Flow::Pause && !life.expired()) {
        m_paused = true;
        m_deadlines.onPaused(m_ticker->now());
    }
    return flow;
}

Flow BodyFaultCall::hold(QByteArrayView bytes)
{
    if (m_phase == Phase::Passing) {
        begin();
    }
    m_held.append(bytes);
    m_isInnerPaused = m_held.size() > mostHeld;
    return m_isInnerPaused ? Flow::Pause : Flow::Continue;
}

// Each way ends with at most one call of the observer, which may destroy this object.
void BodyFaultCall::onTick(common::SteadyTime now)
{
    switch (m_play.planned.fault) {
    case Fault::Cut:
        end({playedError(curlError(CURLE_PARTIAL_FILE, {}))});
        break;
    case Fault::Stall:
        if (const auto limit = m_deadlines.expired(now)) {
            end({playedError(limitError(*limit))});
        }
        break;
    case Fault::Slow:
        trickle(now);
        break;
    default:
        garble();
        break;
    }
}

void BodyFaultCall::trickle(common::SteadyTime now)
{
    if (m_paused || now < m_nextPiece) {
        return;
    }
    if (m_held.isEmpty()) {
        if (m_innerEnd) {
            end(*m_innerEnd);
        }
        return;
    }
    const qsizetype size = std::min(m_held.size(), std::max(leastPiece, m_held.size() / pieces));
    const QByteArray piece = m_held.first(size);
    m_held.remove(0, size);
    m_nextPiece = now + betweenPieces;
    if (m_isInnerPaused && m_held.size() < mostHeld && m_inner) {
        m_isInnerPaused = false;
        m_inner->resume();
    }
    [[maybe_unused]] const Flow flow = hand(piece);
}

void BodyFaultCall::garble()
{
    if (m_paused) {
        return;
    }
    if (m_garbled) {
        end({});
        return;
    }
    m_garbled = true;
    [[maybe_unused]] const Flow flow = hand(noise);
}

void BodyFaultCall::end(const CallEnd &end)
{
    m_phase = Phase::Over;
    m_ticker->remove(*this);
    m_observer.onEnd(end);
}

void BodyFaultCall::pause()
{
    m_paused = true;
    m_deadlines.onPaused(m_ticker->now());
    if (m_inner) {
        m_inner->pause();
    }
}

void BodyFaultCall::resume()
{
    m_paused = false;
    m_deadlines.onResumed(m_ticker->now());
    if (m_inner && !m_isInnerPaused) {
        m_inner->resume();
    }
}

} // namespace freerelay::upstream
