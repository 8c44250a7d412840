#pragma once

#include "core/relay/records.h"

#include <memory>

namespace freerelay::tests {

/// A traced stream that a second provider answered.
[[nodiscard]] inline relay::Outcome sampleOutcome()
{
    using namespace std::chrono_literals;
    relay::Outcome outcome;
    outcome.requestId = "req_1";
    outcome.route = "/v1/messages";
    outcome.trace.traceId = "0af7651916cd43dd8448eb211c80319c";
    outcome.trace.parentSpanId = "b7ad6b7169203331";
    outcome.trace.spanId = "00f067aa0ba902b7";
    outcome.trace.flags = 3;
    outcome.trace.state = "vendor=1";
    outcome.time = common::WallTime(1'795'478'400s);
    outcome.app = "opencode";
    outcome.askedModel = "auto";
    outcome.provider = "mistral";
    outcome.model = "mistral/small";
    outcome.tier = "free";
    outcome.status = 200;
    outcome.stream = true;
    outcome.parseTime = 5us;
    outcome.ttft = 300ms;
    outcome.streamTime = 700ms;
    outcome.duration = 1s;
    outcome.promptTokens = 12;
    outcome.completionTokens = 34;
    outcome.cachedTokens = 4;
    outcome.finishReason = "stop";
    outcome.retryCause = "rate_limited";

    relay::AttemptRecord refused;
    refused.provider = "groq";
    refused.model = "groq/openai/gpt-oss-120b";
    refused.tier = "free";
    refused.status = 429;
    refused.failure = "rate_limited";
    refused.startedAfter = 100us;
    refused.duration = 50ms;
    relay::AttemptRecord answered;
    answered.provider = "mistral";
    answered.model = "mistral/small";
    answered.tier = "free";
    answered.status = 200;
    answered.startedAfter = 51ms;
    answered.ttft = 249ms;
    answered.duration = 949ms;
    outcome.attempts = {refused, answered};

    relay::RoutingDecision decision;
    decision.target = "auto";
    decision.promptTokensEstimated = 11;
    decision.snapshotVersion = 7;
    decision.duration = 40us;
    outcome.decision = decision;
    return outcome;
}

[[nodiscard]] inline std::shared_ptr<const relay::Outcome> shared(relay::Outcome outcome)
{
    return std::make_shared<const relay::Outcome>(std::move(outcome));
}

} // namespace freerelay::tests
