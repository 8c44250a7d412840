#include "wire_rules.h"

#include <algorithm>
#include <array>

namespace freerelay::dialects {

namespace {

std::optional<JsonNumber> *samplingNumber(Sampling &sampling, QByteArrayView name)
{
    const std::array<std::pair<QByteArrayView, std::optional<JsonNumber> *>, 6> numbers{{
        {"temperature", &sampling.temperature},
        {"top_p", &sampling.topP},
        {"top_k", &sampling.topK},
        {"frequency_penalty", &sampling.frequencyPenalty},
        {"presence_penalty", &sampling.presencePenalty},
        {"seed", &sampling.seed},
    }};
    for (const auto &[key, number] : numbers) {
        if (key == name) {
            return number;
        }
    }
    return nullptr;
}

void drop(CanonicalRequest &request, QByteArrayView name)
{
    if (std::optional<JsonNumber> *number = samplingNumber(request.sampling, name)) {
        number->reset();
    } else if (name == "stop") {
        request.stop.clear();
    } else if (name == "reasoning_effort") {
        request.reasoning = {};
    } else if (name == "parallel_tool_calls") {
        request.parallelToolCalls.reset();
    } else if (name == "user") {
        request.user.clear();
    } else if (name == "response_format") {
        request.responseFormat = {};
    }
}

void clamp(CanonicalRequest &request, const catalog::Clamp &bounds)
{
    std::optional<JsonNumber> *number = samplingNumber(request.sampling, bounds.parameter);
    if (number == nullptr || !number->has_value()) {
        return;
    }
    const double value = std::clamp(
        (*number)->value,
        bounds.minimum.value_or((*number)->value),
        std::max(
            bounds.maximum.value_or((*number)->value), bounds.minimum.value_or((*number)->value)));
    if (value != (*number)->value) {
        *number = JsonNumber{QByteArray::number(value, 'g', 15), value};
    }
}

} // namespace

void applyWireRules(
    CanonicalRequest &request, const catalog::WireRules &rules, const catalog::Model &model)
{
    for (const std::vector<QByteArray> *names : {&rules.drop, &model.drop}) {
        for (const QByteArray &name : *names) {
            drop(request, name);
        }
    }
    if (model.capabilities.temperature == catalog::Known::No) {
        drop(request, "temperature");
        drop(request, "top_p");
        drop(request, "top_k");
    }
    for (const catalog::Clamp &bounds : rules.clamp) {
        clamp(request, bounds);
    }
    if (request.maxTokens && model.maxOutput && *model.maxOutput > 0) {
        request.maxTokens = std::min(*request.maxTokens, *model.maxOutput);
    }
}

} // namespace freerelay::dialects
