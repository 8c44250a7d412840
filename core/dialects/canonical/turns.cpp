#include "turns.h"

#include "core/dialects/json.h"
#include "core/dialects/json_writer.h"

#include <QByteArrayList>

#include <algorithm>

namespace freerelay::dialects {

namespace {

bool isBlank(const ContentBlock &block)
{
    const auto *text = std::get_if<TextBlock>(&block.value);
    return text != nullptr && QByteArrayView(text->text).trimmed().isEmpty();
}

/// Place of the call that `block` answers; behind all when it answers none of them.
std::size_t callOrder(const std::vector<QByteArray> &calls, const ContentBlock &block)
{
    const auto *result = std::get_if<ToolResultBlock>(&block.value);
    if (result == nullptr) {
        return calls.size() + 1;
    }
    const auto found = std::find(calls.begin(), calls.end(), result->toolUseId);
    return static_cast<std::size_t>(found - calls.begin());
}

std::vector<QByteArray> callsOf(const Turn &turn)
{
    std::vector<QByteArray> ids;
    for (const ContentBlock *block : turn.blocks) {
        if (const auto *call = std::get_if<ToolUseBlock>(&block->value)) {
            ids.push_back(call->id);
        }
    }
    return ids;
}

/// Results in the order of the calls before them.
void orderResults(std::vector<Turn> &turns)
{
    for (std::size_t i = 1; i < turns.size(); ++i) {
        std::vector<const ContentBlock *> &blocks = turns[i].blocks;
        if (turns[i].role == Role::Assistant || blocks.size() == 1) {
            continue;
        }
        const std::vector<QByteArray> calls = callsOf(turns[i - 1]);
        std::stable_sort(
            blocks.begin(),
            blocks.end(),
            [&calls](const ContentBlock *left, const ContentBlock *right) {
                return callOrder(calls, *left) < callOrder(calls, *right);
            });
    }
}

} // namespace

std::vector<Turn> mergedTurns(const CanonicalRequest &request)
{
    std::vector<Turn> turns;
    turns.reserve(request.messages.size());
    for (const CanonicalMessage &message : request.messages) {
        for (const ContentBlock &block : message.blocks) {
            if (isBlank(block)) {
                continue;
            }
            if (turns.empty() || turns.back().role != message.role) {
                turns.push_back({message.role, {}});
            }
            turns.back().blocks.push_back(&block);
        }
    }
    orderResults(turns);
    return turns;
}

std::vector<const ToolDefinition *> offeredTools(const CanonicalRequest &request)
{
    const std::vector<QByteArray> &allowed = request.toolChoice.allowed;
    std::vector<const ToolDefinition *> tools;
    for (const ToolDefinition &tool : request.tools) {
        if (allowed.empty()
            || std::find(allowed.begin(), allowed.end(), tool.name) != allowed.end()) {
            tools.push_back(&tool);
        }
    }
    return tools;
}

QByteArray jsonInstruction(const ResponseFormat &format)
{
    constexpr char only[] = " and nothing else: no prose and no code fence.";
    switch (format.kind) {
    case ResponseFormat::Kind::Text:
        break;
    case ResponseFormat::Kind::JsonObject:
        return QByteArray("Respond with one JSON object") + only;
    case ResponseFormat::Kind::JsonSchema:
        return QByteArray("Respond with one JSON value that validates against this JSON Schema")
            + only + '\n' + format.schema;
    }
    return {};
}

QByteArray argumentsObject(const QByteArray &arguments)
{
    if (QByteArrayView(arguments).trimmed().isEmpty()) {
        return "{}";
    }
    const common::Result<JsonValue> json = parseJson(arguments);
    if (json && json->isObject()) {
        return json->text().toByteArray();
    }
    QByteArray out;
    JsonWriter(out).beginObject().member("_raw", arguments).endObject();
    return out;
}

QByteArray resultText(const ToolResultBlock &result)
{
    QByteArrayList texts;
    for (const auto &part : result.content) {
        if (const auto *text = std::get_if<TextBlock>(&part)) {
            texts.append(text->text);
        }
    }
    return texts.join('\n');
}

} // namespace freerelay::dialects
