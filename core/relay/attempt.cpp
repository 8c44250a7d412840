#include "attempt.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

using common::ErrorKind;
using dialects::FailureClass;
using dialects::ProviderFailure;
using upstream::Flow;

/// Errors that the transport or the translator report, in the words of failure handling.
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

bool isSuccess(int status)
{
    return status >= 200 && status < 300;
}

} // namespace

Attempt::Attempt(
    const routing::Candidate &candidate,
    AttemptSetup setup,
    upstream::HttpClient &client,
    const common::Clock &clock)
    : m_candidate(candidate)
    , m_setup(std::move(setup))
    , m_clock(clock)
    , m_startedAt(clock.now())
{
    m_call = client.start(std::move(m_setup.call), *this);
}

Attempt::~Attempt() = default;

void Attempt::onHead(int status, const common::HeaderList &headers)
{
    m_status = status;
    if (!isSuccess(status)) {
        m_errorHeaders = headers;
    }
}

Flow Attempt::onBody(QByteArrayView bytes)
{
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
    if (m_complete) {
        return Flow::Continue; // after the end mark: read on so that the connection can be reused
    }
    if (const auto error = m_setup.translator->feed(bytes, m_out)) {
        fail(*error);
        return Flow::Continue;
    }
    if (!m_setup.stream) {
        return Flow::Continue;
    }
    if (!m_firstContentAt && progress().content) {
        m_firstContentAt = m_clock.now();
    }
    if (progress().ended) {
        // The end mark is the end for the client, whether or not the provider closes.
        onReplyEnd();
        return Flow::Continue;
    }
    if (m_phase == Phase::Waiting) {
        if (progress().content) {
            decide();
        } else if (m_out.size() > maxHeldBack) {
            fail(ProviderFailure{
                FailureClass::Malformed, m_status, "it streams without any content"_ba});
        }
        return Flow::Continue;
    }
    if (m_downstream != nullptr && !m_out.isEmpty()) {
        m_downstream->write(std::exchange(m_out, {}));
    }
    if (m_downstream != nullptr && m_downstream->pending() > highWatermark) {
        m_paused = true;
        return Flow::Pause;
    }
    return Flow::Continue;
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
        m_call->resume();
    }
}

void Attempt::onEnd(const upstream::CallEnd &callEnd)
{
    if (m_phase == Phase::Over || m_complete) {
        return;
    }
    if (callEnd.error) {
        const bool network = callEnd.error->kind == ErrorKind::Unavailable;
        ProviderFailure failure;
        failure.kind = network ? FailureClass::Network : classOf(callEnd.error->kind);
        failure.status = m_status;
        failure.message = callEnd.error->message.toUtf8();
        fail(std::move(failure));
    } else if (!isSuccess(m_status)) {
        fail(dialects::classifyFailure(
            *m_candidate.provider, m_status, m_errorHeaders, m_errorBody, m_clock.wallNow()));
    } else {
        onReplyEnd();
    }
}

void Attempt::onReplyEnd()
{
    if (const auto error = m_setup.translator->finish(m_out)) {
        fail(*error);
        return;
    }
    m_complete = true;
    if (!m_firstContentAt) {
        m_firstContentAt = m_clock.now();
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

void Attempt::cancel()
{
    fail(ProviderFailure{FailureClass::Cancelled, m_status, "cancelled"_ba});
}

void Attempt::checkLimits(common::SteadyTime now)
{
    const auto limit = m_setup.firstContentLimit;
    if (m_phase == Phase::Waiting && limit.count() > 0 && now - m_startedAt > limit) {
        fail(ProviderFailure{FailureClass::Timeout, m_status, "no content within the limit"_ba});
    }
}

void Attempt::fail(const common::Error &error)
{
    fail(ProviderFailure{classOf(error.kind), m_status, error.message.toUtf8()});
}

void Attempt::fail(ProviderFailure failure)
{
    if (m_phase == Phase::Over) {
        return;
    }
    m_failure = std::move(failure);
    m_call.reset();
    if (m_phase == Phase::Waiting) {
        m_phase = Phase::Over;
        m_decided.fire();
    } else {
        end();
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
    m_ended.fire();
}

} // namespace freerelay::relay
