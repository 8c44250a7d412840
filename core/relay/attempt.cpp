#include "attempt.h"

#include "core/common/secret_text.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

using common::ErrorKind;
using dialects::FailureClass;
using dialects::ProviderFailure;
using upstream::Flow;

/// Errors that a translator found in a reply, in the words of failure handling.
FailureClass classOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Timeout:
        return FailureClass::Timeout;
    case ErrorKind::Cancelled:
        return FailureClass::Cancelled;
    case ErrorKind::ProtocolError:
        return FailureClass::Malformed;
    case ErrorKind::RateLimited:
    case ErrorKind::QuotaExhausted:
        return FailureClass::RateLimited;
    case ErrorKind::InvalidArgument:
        return FailureClass::BadRequest;
    case ErrorKind::Unauthenticated:
        return FailureClass::KeyRejected;
    case ErrorKind::PermissionDenied:
        return FailureClass::Forbidden;
    case ErrorKind::NotFound:
        return FailureClass::ModelGone;
    case ErrorKind::TooLarge:
        return FailureClass::ContextTooLong;
    default:
        return FailureClass::Overloaded;
    }
}

/// Errors of the transport. Whatever they are, the client did not cause them.
FailureClass transportClassOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Timeout:
        return FailureClass::Timeout;
    case ErrorKind::Cancelled:
        return FailureClass::Cancelled;
    case ErrorKind::ProtocolError:
        return FailureClass::Malformed;
    default:
        return FailureClass::Network;
    }
}

constexpr int ok = 200;
constexpr int clientErrors = 400;

bool isSuccess(int status)
{
    return status >= 200 && status < 300;
}

} // namespace

Attempt::Attempt(
    const routing::Candidate &candidate,
    AttemptSetup setup,
    upstream::HttpClient &client,
    const common::Clock &clock,
    common::Waiter &decided)
    : m_candidate(candidate)
    , m_setup(std::move(setup))
    , m_clock(clock)
    , m_startedAt(clock.now())
    , m_decided(decided)
{
    m_call = client.start(std::move(m_setup.call), *this);
}

Attempt::~Attempt() = default;

void Attempt::onHead(int status, const common::HeaderList &headers)
{
    m_status = status;
    if (m_setup.onHead) {
        m_setup.onHead(headers);
    }
    if (!isSuccess(status)) {
        m_errorHeaders = headers;
    }
}

Flow Attempt::onBody(QByteArrayView bytes)
{
    if (m_complete) {
        // Read on, so that the connection can be used again; but not for ever.
        m_afterEnd += bytes.size();
        if (m_afterEnd > maxAfterEnd) {
            release();
        }
        return Flow::Continue;
    }
    if (m_phase == Phase::Over) {
        return Flow::Continue;
    }
    if (isSuccess(m_status)) {
        return onReplyBytes(bytes);
    }
    const qsizetype room = maxErrorBody - m_errorBody.size();
    m_errorBody.append(bytes.first(std::min(room, bytes.size())));
    return Flow::Continue;
}

Flow Attempt::onReplyBytes(QByteArrayView bytes)
{
    if (const auto error = m_setup.translator->feed(bytes, m_out)) {
        failInReply(*error);
        return Flow::Continue;
    }
    if (!m_setup.stream) {
        return Flow::Continue;
    }
    noteGap();
    m_toldAllAt = hasToldAll() ? std::optional(m_clock.now()) : std::nullopt;
    if (progress().ended) {
        // The end mark is the end for the client, whether or not the provider closes.
        onReplyEnd();
        return Flow::Continue;
    }
    if (m_phase == Phase::Waiting) {
        onStreamBytes();
        return Flow::Continue;
    }
    if (m_downstream != nullptr && !m_out.isEmpty()) {
        m_downstream->write(std::exchange(m_out, {}));
    }
    m_paused = m_downstream != nullptr && m_downstream->pending() > highWatermark;
    return m_paused ? Flow::Pause : Flow::Continue;
}

void Attempt::noteGap()
{
    if (!progress().content) {
        return;
    }
    const common::SteadyTime now = m_clock.now();
    if (!m_firstContentAt) {
        m_firstContentAt = now;
    } else if (m_lastPartAt) {
        m_gaps.add(now - *m_lastPartAt, now);
    }
    m_lastPartAt = now;
}

/// Before the commit point.
void Attempt::onStreamBytes()
{
    if (progress().content) {
        decide();
    } else if (m_out.size() > maxHeldBack) {
        fail({FailureClass::Malformed, m_status, "it streams without any content"_ba});
    }
}

void Attempt::streamTo(Downstream &downstream)
{
    m_downstream = &downstream;
    if (m_phase == Phase::Decided) {
        m_phase = Phase::Streaming;
    }
    if (!m_out.isEmpty()) {
        m_downstream->write(std::exchange(m_out, {}));
    }
    if (m_complete) {
        finishStream();
    }
}

void Attempt::onDrained()
{
    if (m_paused && m_downstream != nullptr && m_downstream->pending() < lowWatermark) {
        m_paused = false;
        m_lastPartAt.reset();
        m_call->resume();
    }
}

void Attempt::onEnd(const upstream::CallEnd &callEnd)
{
    m_callOver = true;
    if (m_complete) {
        m_released.fire();
        return;
    }
    if (m_phase == Phase::Over) {
        return;
    }
    if (isSuccess(m_status) && (!callEnd.error || hasToldAll())) {
        onReplyEnd();
    } else if (!rescue()) {
        fail(failureOf(callEnd));
    }
}

/// An error that holds an answer.
bool Attempt::rescue()
{
    const bool isRefusal = m_setup.rescue && m_status >= clientErrors;
    const QByteArray reply = isRefusal ? m_setup.rescue(m_errorBody) : QByteArray();
    if (reply.isEmpty()) {
        return false;
    }
    m_status = ok;
    if (const auto error = m_setup.translator->feed(reply, m_out)) {
        failInReply(*error);
    } else {
        onReplyEnd();
    }
    return true;
}

/// Whether only usage and the end mark can follow. (Gemini may give a finish reason with every
/// event; its parser tells one only at the end.)
bool Attempt::hasToldAll() const
{
    return m_setup.stream && progress().finished;
}

ProviderFailure Attempt::failureOf(const upstream::CallEnd &callEnd) const
{
    // The status of an error reply says more than how its body ended.
    if (!callEnd.error || (m_status != 0 && !isSuccess(m_status))) {
        return dialects::classifyFailure(
            *m_candidate.provider, m_status, m_errorHeaders, m_errorBody, m_clock.wallNow());
    }
    ProviderFailure failure;
    failure.kind = transportClassOf(callEnd.error->kind);
    failure.status = m_status;
    failure.message = callEnd.error->message.toUtf8();
    return failure;
}

void Attempt::onReplyEnd()
{
    if (const auto error = m_setup.translator->finish(m_out)) {
        failInReply(*error);
        return;
    }
    m_complete = true;
    m_completeAt = m_clock.now();
    if (!m_firstContentAt) {
        m_firstContentAt = m_completeAt;
    }
    if (m_phase == Phase::Waiting) {
        decide();
    } else if (m_downstream != nullptr) {
        finishStream();
    }
}

void Attempt::finishStream()
{
    if (!m_out.isEmpty()) {
        m_downstream->write(std::exchange(m_out, {}));
    }
    end();
}

common::Waiter::View Attempt::released()
{
    if (m_callOver) {
        m_released.fire();
    }
    return m_released.wait();
}

void Attempt::release()
{
    m_callOver = true;
    m_call.reset();
    m_released.fire();
}

void Attempt::cancel()
{
    if (m_complete) {
        release();
    } else {
        fail({FailureClass::Cancelled, m_status, "cancelled"_ba});
    }
}

void Attempt::checkLimits(common::SteadyTime now)
{
    if (m_complete) {
        if (!m_callOver && now - m_completeAt > releaseLimit) {
            release();
        }
        return;
    }
    const auto limit = m_setup.firstContentLimit;
    if (m_phase == Phase::Waiting && limit.count() > 0 && now - m_startedAt > limit) {
        fail({FailureClass::Timeout, m_status, "no content within the limit"_ba});
    } else if (m_toldAllAt && !m_paused && now - *m_toldAllAt > endMarkLimit) {
        m_callOver = true;
        m_call.reset();
        onReplyEnd();
    }
}

void Attempt::failInReply(const common::Error &error)
{
    ProviderFailure failure;
    failure.kind = classOf(error.kind);
    failure.status = m_status;
    failure.message = error.message.toUtf8();
    failure.code = error.detail.toUtf8();
    if (m_downstream != nullptr && !m_out.isEmpty()) {
        m_downstream->write(std::exchange(m_out, {})); // what came before it is the client's
    }
    fail(std::move(failure));
}

void Attempt::fail(ProviderFailure failure)
{
    if (m_phase == Phase::Over) {
        return;
    }
    m_failure = std::move(failure);
    m_callOver = true;
    m_call.reset();
    if (m_phase == Phase::Waiting) {
        m_phase = Phase::Over;
        m_decided.fire();
    } else {
        end();
    }
}

void Attempt::hideInFailure(const common::Secret &key)
{
    if (!m_failure) {
        return;
    }
    for (QByteArray *text :
         {&m_failure->message, &m_failure->type, &m_failure->code, &m_failure->param}) {
        common::maskValue(*text, key);
    }
}

void Attempt::decide()
{
    m_phase = Phase::Decided;
    m_decided.fire();
}

void Attempt::end()
{
    m_phase = Phase::Over;
    m_paused = false;
    m_downstream = nullptr;
    m_ended.fire();
}

} // namespace freerelay::relay
