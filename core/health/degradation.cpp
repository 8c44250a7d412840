#include "degradation.h"

#include <algorithm>
#include <limits>

namespace freerelay::health {

namespace {

constexpr int leastFailures = 3;
constexpr int leastAnswers = 2;

bool has(const CallShape &shape, Feature feature)
{
    switch (feature) {
    case Feature::Stream:
        return shape.stream;
    case Feature::Tools:
        return shape.tools;
    case Feature::Json:
        return shape.json;
    }
    return false;
}

/// Whether exactly the calls that the degradation concerns fail.
bool explains(const Degradation &degradation, const SlidingWindow &window)
{
    int failures = 0;
    int answers = 0;
    for (const CallMark &mark : window.marks()) {
        if (mark.failed != concerns(degradation, mark.shape)) {
            return false;
        }
        ++(mark.failed ? failures : answers);
    }
    return failures >= leastFailures && answers >= leastAnswers;
}

/// Just below the smallest request for JSON that failed, when smaller ones were answered.
std::optional<std::int64_t> failingSize(const SlidingWindow &window)
{
    std::int64_t smallestFailed = std::numeric_limits<std::int64_t>::max();
    bool isAnyAnswered = false;
    for (const CallMark &mark : window.marks()) {
        if (mark.shape.json && mark.failed) {
            smallestFailed = std::min(smallestFailed, mark.shape.promptTokens);
        }
        isAnyAnswered = isAnyAnswered || (mark.shape.json && !mark.failed);
    }
    return isAnyAnswered ? std::optional(smallestFailed - 1) : std::nullopt;
}

} // namespace

const char *toString(Feature feature)
{
    switch (feature) {
    case Feature::Stream:
        return "stream";
    case Feature::Tools:
        return "tools";
    case Feature::Json:
        return "json";
    }
    return "unknown";
}

bool concerns(const Degradation &degradation, const CallShape &shape)
{
    return has(shape, degradation.feature) && shape.promptTokens > degradation.above;
}

std::optional<Degradation> explainFailures(const SlidingWindow &window, common::SteadyTime now)
{
    const common::SteadyTime until = now + Degradation::length;
    if (const auto size = failingSize(window)) {
        const Degradation large{Feature::Json, *size, until};
        if (explains(large, window)) {
            return large;
        }
    }
    for (const Feature feature : {Feature::Json, Feature::Tools, Feature::Stream}) {
        const Degradation all{feature, -1, until};
        if (explains(all, window)) {
            return all;
        }
    }
    return std::nullopt;
}

} // namespace freerelay::health
