#pragma once

#include "core/relay/records.h"

#include <array>

namespace freerelay::tests {

/// Candidates as a test lists them.
class ListedCandidates final : public relay::CandidateList
{
public:
    explicit ListedCandidates(std::vector<relay::CandidateRecord> records)
        : m_records(std::move(records))
    { }
    [[nodiscard]] std::vector<relay::CandidateRecord> spellOut() const override
    {
        return m_records;
    }
    [[nodiscard]] std::size_t size() const override { return m_records.size(); }
    [[nodiscard]] std::size_t rankedCount() const override
    {
        std::size_t count = 0;
        for (const relay::CandidateRecord &record : m_records) {
            count += record.disqualified.isEmpty() ? 1 : 0;
        }
        return count;
    }

private:
    std::vector<relay::CandidateRecord> m_records;
};

/// 2026-11-24T00:00:00Z.
inline constexpr common::WallTime sampleDay{std::chrono::seconds(1'795'478'400)};

/// The ranked candidates of all samples, and one that rests until `minute` minutes after sampleDay.
inline std::shared_ptr<const relay::CandidateList> sampleCandidates(int minute)
{
    return std::make_shared<const ListedCandidates>(std::vector<relay::CandidateRecord>{
        {"groq", "groq/llama", "k1", "free", false, "", {}},
        {"openai", "openai/gpt", "k2", "paid", true, "", {}},
        {"google",
         "google/gemini",
         "k3",
         "free",
         false,
         "cooling_down",
         sampleDay + std::chrono::minutes(minute)},
        {"mistral", "mistral/small", "", "free", false, "no_tools", {}}});
}

/// Sample number `i`: one a second from sampleDay on, over three providers and two apps; each
/// seventh fails after two attempts, each fifth is a stream, each eleventh tells no tokens, each
/// tenth says the same as the one before.
inline relay::Outcome anOutcome(int i, const QByteArray &prefix = "req_")
{
    using std::chrono::microseconds;
    static const std::array<QByteArray, 3> providers{"groq", "openai", "google"};
    static const std::array<QByteArray, 3> models{"groq/llama", "openai/gpt", "google/gemini"};
    const auto which = std::size_t(i % 3);
    relay::Outcome outcome;
    outcome.requestId = prefix + QByteArray::number(i);
    outcome.time = sampleDay + std::chrono::seconds(i);
    outcome.app = i % 2 == 0 ? "claude-cli" : "curl";
    outcome.appVersion = "1.0";
    outcome.process = i % 2 == 0 ? "" : "curl";
    outcome.askedModel = "freerelay-auto";
    outcome.duration = microseconds(1'000 + i % 1'000);
    outcome.parseTime = std::chrono::nanoseconds(2'500);
    relay::AttemptRecord attempt;
    attempt.provider = providers[which];
    attempt.model = models[which];
    attempt.keyFingerprint = "k1";
    attempt.tier = which == 1 ? "paid" : "free";
    attempt.startedAfter = microseconds(40);
    attempt.duration = microseconds(900);
    if (i % 7 == 0) {
        attempt.status = 503;
        attempt.failure = "overloaded";
        outcome.attempts = {attempt, attempt};
        outcome.retryCause = "overloaded";
        outcome.status = 503;
        outcome.errorClass = "unavailable";
        outcome.error = "Provider number " + QByteArray::number(i) + " is 100% busy.";
    } else {
        attempt.status = 200;
        attempt.ttft = microseconds(700);
        outcome.attempts = {attempt};
        outcome.provider = providers[which];
        outcome.model = models[which];
        outcome.keyFingerprint = "k1";
        outcome.tier = attempt.tier;
        outcome.paid = which == 1;
        outcome.cost = common::MicroUsd{outcome.paid ? 1'500 : 0};
        outcome.status = 200;
        outcome.ttft = microseconds(740);
        outcome.finishReason = "stop";
        outcome.stream = i % 5 == 0;
        if (outcome.stream) {
            outcome.streamTime = microseconds(200);
        }
        if (i % 11 != 0) {
            outcome.promptTokens = 100;
            outcome.completionTokens = 20;
            outcome.cachedTokens = 60;
        }
    }
    relay::RoutingDecision decision;
    decision.target = "auto";
    decision.needsTools = i % 2 == 0;
    decision.promptTokensEstimated = 90;
    decision.outputTokensRequested = 50;
    decision.snapshotVersion = 3;
    decision.duration = std::chrono::nanoseconds(12'345);
    decision.candidates = sampleCandidates(i / 600);
    outcome.decision = decision;
    const auto said = std::uint64_t(i % 10 == 0 ? i : i + 1);
    outcome.digests = {said, said};
    return outcome;
}

inline std::shared_ptr<const relay::Outcome> sharedOutcome(int i, const QByteArray &prefix = "req_")
{
    return std::make_shared<const relay::Outcome>(anOutcome(i, prefix));
}

} // namespace freerelay::tests
