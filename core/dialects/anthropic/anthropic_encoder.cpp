#include "anthropic_encoder.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;
using common::ErrorKind;

namespace {

constexpr std::int64_t smallestBudget = 1'024; // the API minimum, as in the catalogue
constexpr std::int64_t largestBudget = 32'000; // ours: beyond it answers take many minutes
constexpr int maxCacheHints = 4;

/// Ids must match [a-zA-Z0-9_-]+; other providers' ids (functions.read:0) do not.
QByteArray safeId(const QByteArray &id)
{
    const auto isPlain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || c == '_' || c == '-';
    };
    if (!id.isEmpty() && std::all_of(id.begin(), id.end(), isPlain)) {
        return id;
    }
    QByteArray safe;
    for (const char c : id) {
        if (isPlain(c)) {
            safe.append(c);
        } else {
            safe.append('_').append(QByteArray(1, c).toHex());
        }
    }
    return safe.isEmpty() ? QByteArray("call") : safe;
}

double shareOf(const QByteArray &effort)
{
    constexpr std::array<std::pair<QByteArrayView, double>, 6> shares{
        {{"minimal", 0.1},
         {"low", 0.2},
         {"medium", 0.5},
         {"high", 0.8},
         {"xhigh", 0.95},
         {"max", 0.95}}};
    for (const auto &[word, share] : shares) {
        if (effort == word) {
            return share;
        }
    }
    return 0.5;
}

bool isSignedThinking(const ContentBlock &block)
{
    if (const auto *thinking = std::get_if<ThinkingBlock>(&block.value)) {
        return thinking->format == anthropicSignatureFormat && !thinking->signature.isEmpty();
    }
    const auto *redacted = std::get_if<RedactedThinkingBlock>(&block.value);
    return redacted != nullptr && redacted->format == anthropicSignatureFormat;
}

template <typename T> bool holds(const Turn &turn)
{
    return std::any_of(turn.blocks.begin(), turn.blocks.end(), [](const ContentBlock *block) {
        return std::holds_alternative<T>(block->value);
    });
}

std::optional<common::Error> refused(QString message)
{
    return common::Error{ErrorKind::InvalidArgument, std::move(message)};
}

std::optional<common::Error> refusalOf(const ContentBlock &block)
{
    if (const auto *unknown = std::get_if<UnknownBlock>(&block.value)) {
        return refused(
            u"Anthropic's format has no content part of type "_s
            + QString::fromUtf8(unknown->type));
    }
    const auto *media = std::get_if<MediaBlock>(&block.value);
    if (media == nullptr) {
        return std::nullopt;
    }
    if (!media->fileId.isEmpty()) {
        return refused(u"A file that was uploaded elsewhere cannot be sent to this provider"_s);
    }
    const bool isPdf = media->mediaType == "application/pdf" || !media->url.isEmpty();
    if (media->kind == MediaKind::Audio || (media->kind == MediaKind::Document && !isPdf)) {
        return refused(u"Anthropic's format takes images and PDF documents only"_s);
    }
    return std::nullopt;
}

} // namespace

AnthropicEncoder::AnthropicEncoder(
    const CanonicalRequest &request, const catalog::Provider &provider, const catalog::Model &model)
    : m_request(request)
    , m_provider(provider)
    , m_model(model)
    , m_system(request.system)
    , m_turns(mergedTurns(request))
    , m_tools(offeredTools(request))
{
    const QByteArray instruction = jsonInstruction(request.responseFormat);
    if (!usesNativeSchema() && !instruction.isEmpty()) {
        m_system.push_back({instruction});
    }
    m_adaptive = thinksAdaptively();
    m_budget = thinkingBudget();
}

common::Result<QByteArray> AnthropicEncoder::encode()
{
    if (std::optional<common::Error> error = refusal()) {
        return tl::unexpected(*std::move(error));
    }
    m_body.reserve(m_request.bytes + m_request.bytes / 8);
    m_json.beginObject().member("model", m_model.name);
    m_json.key("max_tokens").integer(maxTokens());
    writeSystem();
    writeMessages();
    writeTools();
    writeToolChoice();
    writeThinking();
    writeSampling();
    if (!m_request.user.isEmpty()) {
        m_json.key("metadata").beginObject().member("user_id", m_request.user).endObject();
    }
    if (m_request.stream) {
        m_json.key("stream").boolean(true);
    }
    writeCacheControl(m_request.cacheControl);
    m_json.endObject();
    return std::move(m_body);
}

std::optional<common::Error> AnthropicEncoder::refusal() const
{
    if (m_request.choices > 1) {
        return refused(u"Anthropic's format gives one choice; n must be 1"_s);
    }
    for (const auto &[name, json] : m_request.extras) {
        if (name == "functions" || name == "tools") {
            return refused(u"Only tools of type function can be sent to this provider"_s);
        }
    }
    for (const Turn &turn : m_turns) {
        for (const ContentBlock *block : turn.blocks) {
            if (std::optional<common::Error> error = refusalOf(*block)) {
                return error;
            }
        }
    }
    if (m_turns.empty() && m_system.empty()) {
        return refused(u"The messages hold no text"_s);
    }
    return std::nullopt;
}

std::int64_t AnthropicEncoder::maxTokens() const
{
    if (m_request.maxTokens) {
        return std::max<std::int64_t>(*m_request.maxTokens, 1);
    }
    return m_model.maxOutput.value_or(m_provider.rules.defaultMaxTokens);
}

bool AnthropicEncoder::usesNativeSchema() const
{
    return m_request.responseFormat.kind == ResponseFormat::Kind::JsonSchema
        && m_model.capabilities.jsonSchema == catalog::Known::Yes;
}

bool AnthropicEncoder::mayThink() const
{
    const ToolChoice::Mode mode = m_request.toolChoice.mode;
    const bool forced = mode == ToolChoice::Mode::Any || mode == ToolChoice::Mode::Named;
    const bool prefilled = !m_turns.empty() && m_turns.back().role == Role::Assistant;
    return m_model.capabilities.reasoning == catalog::Known::Yes && m_request.reasoning.isGiven()
        && m_request.reasoning.effort != "none" && !forced && !prefilled;
}

bool AnthropicEncoder::thinksAdaptively() const
{
    return m_model.capabilities.temperature == catalog::Known::No && mayThink();
}

bool AnthropicEncoder::hasUnsignedToolLoop() const
{
    const std::size_t count = m_turns.size();
    if (count < 2 || !holds<ToolResultBlock>(m_turns[count - 1])) {
        return false;
    }
    const Turn &calls = m_turns[count - 2];
    return holds<ToolUseBlock>(calls)
        && std::none_of(calls.blocks.begin(), calls.blocks.end(), [](const ContentBlock *block) {
               return isSignedThinking(*block);
           });
}

std::int64_t AnthropicEncoder::thinkingBudget() const
{
    const std::int64_t limit = maxTokens() - 1; // the budget must be smaller than max_tokens
    if (m_adaptive || !mayThink() || hasUnsignedToolLoop() || limit < smallestBudget) {
        return 0;
    }
    const auto share = static_cast<std::int64_t>(
        double(maxTokens()) * shareOf(m_request.reasoning.effort));
    const std::int64_t wanted = m_request.reasoning.budgetTokens.value_or(
        std::min(share, largestBudget));
    return std::clamp(wanted, smallestBudget, limit);
}

void AnthropicEncoder::writeSystem()
{
    if (m_system.empty() || m_turns.empty()) {
        return; // without turns the system text is what is asked: see writeMessages()
    }
    m_json.key("system").beginArray();
    for (const SystemBlock &block : m_system) {
        writeText(block.text, block.cacheControl);
    }
    m_json.endArray();
}

void AnthropicEncoder::writeMessages()
{
    m_json.key("messages").beginArray();
    if (m_turns.empty()) {
        m_json.beginObject().word("role", "user").key("content").beginArray();
        for (const SystemBlock &block : m_system) {
            writeText(block.text, block.cacheControl);
        }
        m_json.endArray().endObject();
    } else if (m_turns.front().role == Role::Assistant) {
        // A conversation must begin with the user.
        m_json.beginObject().word("role", "user").key("content").beginArray();
        writeText("Continue.", {});
        m_json.endArray().endObject();
    }
    for (const Turn &turn : m_turns) {
        writeTurn(turn, &turn == &m_turns.back());
    }
    m_json.endArray();
}

void AnthropicEncoder::writeTurn(const Turn &turn, bool isLast)
{
    const bool isAssistant = turn.role == Role::Assistant;
    const bool isEmpty = std::all_of(
        turn.blocks.begin(), turn.blocks.end(), [](const ContentBlock *block) {
            const bool isThinking = std::holds_alternative<ThinkingBlock>(block->value)
                || std::holds_alternative<RedactedThinkingBlock>(block->value);
            return isThinking && !isSignedThinking(*block);
        });
    m_json.beginObject().word("role", isAssistant ? "assistant" : "user");
    m_json.key("content").beginArray();
    if (isEmpty) {
        writeText("…", {}); // only thoughts that cannot be sent back; the turn must not be empty
    }
    for (const ContentBlock *block : turn.blocks) {
        writeBlock(*block, isAssistant && isLast && block == turn.blocks.back());
    }
    m_json.endArray().endObject();
}

void AnthropicEncoder::writeBlock(const ContentBlock &block, bool isPrefillEnd)
{
    if (const auto *text = std::get_if<TextBlock>(&block.value)) {
        QByteArrayView value = text->text;
        while (isPrefillEnd && !value.isEmpty() && std::isspace(uchar(value.back()))) {
            value.chop(1); // white space at the end of a prefilled answer is refused
        }
        writeText(value, block.cacheControl);
    } else if (const auto *media = std::get_if<MediaBlock>(&block.value)) {
        writeMedia(*media, block.cacheControl);
    } else if (const auto *use = std::get_if<ToolUseBlock>(&block.value)) {
        writeToolUse(*use, block.cacheControl);
    } else if (const auto *result = std::get_if<ToolResultBlock>(&block.value)) {
        writeToolResult(*result, block.cacheControl);
    } else if (!isSignedThinking(block)) {
        return;
    } else if (const auto *thinking = std::get_if<ThinkingBlock>(&block.value)) {
        m_json.beginObject().word("type", "thinking").member("thinking", thinking->text);
        m_json.member("signature", thinking->signature).endObject();
    } else if (const auto *redacted = std::get_if<RedactedThinkingBlock>(&block.value)) {
        m_json.beginObject().word("type", "redacted_thinking");
        m_json.member("data", redacted->data).endObject();
    }
}

void AnthropicEncoder::writeText(QByteArrayView text, const QByteArray &cacheControl)
{
    m_json.beginObject().word("type", "text").member("text", text);
    writeCacheControl(cacheControl);
    m_json.endObject();
}

void AnthropicEncoder::writeMedia(const MediaBlock &media, const QByteArray &cacheControl)
{
    m_json.beginObject().member("type", media.kind == MediaKind::Image ? "image" : "document");
    m_json.key("source").beginObject();
    if (media.url.isEmpty()) {
        m_json.member("type", "base64").member("media_type", media.mediaType);
        m_json.member("data", media.base64);
    } else {
        m_json.word("type", "url").member("url", media.url);
    }
    m_json.endObject();
    writeCacheControl(cacheControl);
    m_json.endObject();
}

void AnthropicEncoder::writeToolUse(const ToolUseBlock &use, const QByteArray &cacheControl)
{
    m_json.beginObject().word("type", "tool_use").member("id", safeId(use.id));
    m_json.member("name", use.name).rawMember("input", argumentsObject(use.arguments));
    writeCacheControl(cacheControl);
    m_json.endObject();
}

void AnthropicEncoder::writeToolResult(
    const ToolResultBlock &result, const QByteArray &cacheControl)
{
    m_json.beginObject().word("type", "tool_result");
    m_json.member("tool_use_id", safeId(result.toolUseId)).key("content").beginArray();
    for (const auto &part : result.content) {
        const auto *text = std::get_if<TextBlock>(&part);
        if (text != nullptr && !QByteArrayView(text->text).trimmed().isEmpty()) {
            writeText(text->text, {});
        } else if (const auto *media = std::get_if<MediaBlock>(&part)) {
            writeMedia(*media, {});
        }
    }
    m_json.endArray();
    if (result.isError) {
        m_json.key("is_error").boolean(true);
    }
    writeCacheControl(cacheControl);
    m_json.endObject();
}

void AnthropicEncoder::writeTools()
{
    if (m_tools.empty()) {
        return;
    }
    m_json.key("tools").beginArray();
    for (const ToolDefinition *tool : m_tools) {
        m_json.beginObject().member("name", tool->name);
        if (!tool->description.isEmpty()) {
            m_json.member("description", tool->description);
        }
        m_json.rawMember(
            "input_schema",
            tool->schema.isEmpty() ? QByteArrayView(R"({"type":"object","properties":{}})")
                                   : QByteArrayView(tool->schema));
        writeCacheControl(tool->cacheControl);
        m_json.endObject();
    }
    m_json.endArray();
}

void AnthropicEncoder::writeToolChoice()
{
    const bool oneAtATime = m_request.parallelToolCalls == std::optional(false);
    const ToolChoice &choice = m_request.toolChoice;
    if (m_tools.empty() || (choice.mode == ToolChoice::Mode::Unset && !oneAtATime)) {
        return;
    }
    m_json.key("tool_choice").beginObject();
    switch (choice.mode) {
    case ToolChoice::Mode::Unset:
    case ToolChoice::Mode::Auto:
        m_json.word("type", "auto");
        break;
    case ToolChoice::Mode::Any:
        m_json.word("type", "any");
        break;
    case ToolChoice::Mode::None:
        m_json.word("type", "none");
        break;
    case ToolChoice::Mode::Named:
        m_json.word("type", "tool").member("name", choice.name);
        break;
    }
    if (oneAtATime && choice.mode != ToolChoice::Mode::None) {
        m_json.key("disable_parallel_tool_use").boolean(true);
    }
    m_json.endObject();
}

void AnthropicEncoder::writeThinking()
{
    if (m_adaptive) {
        m_json.key("thinking").beginObject().word("type", "adaptive").endObject();
    } else if (m_budget > 0) {
        m_json.key("thinking").beginObject().word("type", "enabled");
        m_json.key("budget_tokens").integer(m_budget).endObject();
    }
    const QByteArray &effort = m_request.reasoning.effort;
    const bool hasEffort = m_adaptive && !effort.isEmpty();
    if (!hasEffort && !usesNativeSchema()) {
        return;
    }
    m_json.key("output_config").beginObject();
    if (hasEffort) {
        m_json.member("effort", effort == "minimal" ? QByteArray("low") : effort);
    }
    if (usesNativeSchema()) {
        m_json.key("format").beginObject().word("type", "json_schema");
        m_json.rawMember("schema", m_request.responseFormat.schema).endObject();
    }
    m_json.endObject();
}

void AnthropicEncoder::writeSampling()
{
    const Sampling &sampling = m_request.sampling;
    const bool thinks = m_budget > 0 || m_adaptive; // thinking excludes sampling parameters
    if (!thinks && sampling.temperature) {
        const JsonNumber &number = *sampling.temperature;
        m_json.rawMember("temperature", number.value > 1 ? QByteArray("1") : number.text);
    } else if (!thinks && sampling.topP) {
        m_json.rawMember("top_p", sampling.topP->text);
    }
    if (!thinks && sampling.topK) {
        m_json.rawMember("top_k", sampling.topK->text);
    }
    QByteArray stops;
    JsonWriter list(stops);
    for (const QByteArray &stop : m_request.stop) {
        if (!stop.trimmed().isEmpty()) { // blank ones are refused
            list.string(stop);
        }
    }
    if (!stops.isEmpty()) {
        m_json.key("stop_sequences").beginArray().raw(stops).endArray();
    }
}

void AnthropicEncoder::writeCacheControl(const QByteArray &hint)
{
    if (!hint.isEmpty() && m_cacheHints++ < maxCacheHints) {
        m_json.rawMember("cache_control", hint);
    }
}

} // namespace freerelay::dialects
