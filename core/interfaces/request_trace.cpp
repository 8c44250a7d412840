#include "request_trace.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::interfaces {

using std::chrono::microseconds;

Trace traceOf(const RequestDetails &details)
{
    Trace trace;
    const auto read = std::chrono::ceil<microseconds>(details.parseTime);
    trace.duration = read + details.duration;
    const auto add = [&trace](
                         TraceStep::Kind kind,
                         microseconds start,
                         microseconds duration,
                         std::optional<std::size_t> attempt = std::nullopt) {
        trace.steps.push_back({kind, start, duration, attempt});
        trace.duration = std::max(trace.duration, start + duration);
    };
    add(TraceStep::Kind::Read, microseconds(0), read);
    if (details.decision) {
        add(TraceStep::Kind::Decide,
            read,
            std::chrono::ceil<microseconds>(details.decision->duration));
    }
    for (std::size_t i = 0; i < details.attempts.size(); ++i) {
        const AttemptInfo &attempt = details.attempts[i];
        add(TraceStep::Kind::Attempt, read + attempt.startedAfter, attempt.duration, i);
    }
    if (details.ttft && details.streamTime) {
        add(TraceStep::Kind::Stream, read + *details.ttft, *details.streamTime);
    }
    std::stable_sort(
        trace.steps.begin(), trace.steps.end(), [](const TraceStep &a, const TraceStep &b) {
            return a.start < b.start;
        });
    return trace;
}

QString toString(TraceStep::Kind kind)
{
    switch (kind) {
    case TraceStep::Kind::Read:
        return u"read"_s;
    case TraceStep::Kind::Decide:
        return u"decide"_s;
    case TraceStep::Kind::Attempt:
        return u"attempt"_s;
    case TraceStep::Kind::Stream:
        return u"stream"_s;
    }
    return {};
}

std::optional<std::size_t> attemptAt(const RequestDetails &details, const CandidateInfo &candidate)
{
    const auto &attempts = details.attempts;
    const auto found = std::find_if(
        attempts.begin(), attempts.end(), [&candidate](const AttemptInfo &attempt) {
            return attempt.provider == candidate.provider && attempt.model == candidate.model
                && attempt.keyFingerprint == candidate.keyFingerprint;
        });
    return found == attempts.end()
        ? std::nullopt
        : std::optional(static_cast<std::size_t>(found - attempts.begin()));
}

bool hasAnswered(const RequestDetails &details, const CandidateInfo &candidate)
{
    return !details.row.provider.isEmpty() && details.row.provider == candidate.provider
        && details.row.model == candidate.model
        && details.keyFingerprint == candidate.keyFingerprint && candidate.disqualified.isEmpty();
}

} // namespace freerelay::interfaces
