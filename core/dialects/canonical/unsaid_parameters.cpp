#include "unsaid_parameters.h"

#include "core/dialects/canonical/chat_request_parts.h"

#include <algorithm>
#include <array>

namespace freerelay::dialects {

namespace {

constexpr std::array<QByteArrayView, 18> hints{
    "cache_control",
    "fill_in",
    "messages",
    "metadata",
    "model",
    "moderation",
    "prediction",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "reasoning_effort",
    "safety_identifier",
    "service_tier",
    "store",
    "stream_options",
    "thinking",
    "user"};

/// Members without a canonical place that change what is answered.
constexpr std::array<QByteArrayView, 7> telling{
    "audio",
    "logit_bias",
    "logprobs",
    "modalities",
    "top_logprobs",
    "verbosity",
    "web_search_options"};

template <typename Names> bool isOneOf(const Names &names, QByteArrayView name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

bool isHint(QByteArrayView parameter)
{
    return isOneOf(hints, parameter);
}

QByteArrayList
unsaidParameters(const CanonicalRequest &request, std::initializer_list<QByteArrayView> said)
{
    const Sampling &sampling = request.sampling;
    const std::array<std::pair<QByteArrayView, bool>, 5> given{{
        {"top_k", sampling.topK.has_value()},
        {"seed", sampling.seed.has_value()},
        {"presence_penalty", sampling.presencePenalty.has_value()},
        {"frequency_penalty", sampling.frequencyPenalty.has_value()},
        {"parallel_tool_calls", request.parallelToolCalls == std::optional(false)},
    }};
    QByteArrayList unsaid;
    for (const auto &[name, isGiven] : given) {
        if (isGiven && !isOneOf(said, name)) {
            addIgnored(unsaid, name.toByteArray());
        }
    }
    for (const auto &[name, json] : request.extras) {
        if (isOneOf(telling, QByteArrayView(name)) && json != "false") {
            addIgnored(unsaid, name);
        }
    }
    return unsaid;
}

} // namespace freerelay::dialects
