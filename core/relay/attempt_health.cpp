#include "attempt_health.h"

#include <optional>

namespace freerelay::relay {

using dialects::FailureClass;
using health::CallFailure;

namespace {

std::optional<CallFailure> callFailure(FailureClass failure)
{
    switch (failure) {
    case FailureClass::Overloaded:
        return CallFailure::Overloaded;
    case FailureClass::Timeout:
        return CallFailure::Timeout;
    case FailureClass::Network:
        return CallFailure::Network;
    case FailureClass::Malformed:
        return CallFailure::Malformed;
    case FailureClass::BadRequest:
    case FailureClass::ContextTooLong:
    case FailureClass::KeyRejected:
    case FailureClass::NoCredit:
    case FailureClass::Forbidden:
    case FailureClass::ModelGone:
    case FailureClass::RateLimited:
    case FailureClass::Cancelled:
        break;
    }
    return std::nullopt;
}

} // namespace

void AttemptHealth::onEnd(const Attempt &attempt, bool outOfTime)
{
    if (!attempt.failure()) {
        health::CallTimes times;
        times.gaps = &attempt.gaps();
        if (attempt.isStream() && attempt.firstContentAt()) {
            times.ttft = *attempt.firstContentAt() - attempt.startedAt();
        }
        m_ticket.succeeded(times);
        return;
    }
    const auto failure = callFailure(attempt.failure()->kind);
    if (failure && !(outOfTime && *failure == CallFailure::Timeout)) {
        m_ticket.failed(*failure);
    } else {
        m_ticket.ignored();
    }
}

health::CallShape shapeOf(const RelayRequest &request)
{
    const dialects::RequestNeeds &needs = request.chat.needs;
    return {request.chat.stream, needs.tools, needs.jsonSchema, needs.promptTokensEstimated};
}

} // namespace freerelay::relay
