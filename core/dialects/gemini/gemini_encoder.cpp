#include "gemini_encoder.h"

#include "core/dialects/gemini/gemini_schema.h"
#include "core/dialects/json.h"

#include <algorithm>
#include <array>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;
using common::ErrorKind;

namespace {

/// Google's documented word for histories that came from another model (ai.google.dev, "Thought
/// signatures").
constexpr char foreignSignature[] = "skip_thought_signature_validator";

/// Names without a version ("gemini-flash-latest") follow the newest.
bool isThirdGeneration(const QByteArray &name)
{
    const qsizetype at = name.indexOf("gemini-");
    if (at < 0) {
        return false;
    }
    const char version = name.mid(at + qsizetype(qstrlen("gemini-")), 1).append('\0').front();
    return version != '1' && version != '2';
}

std::optional<common::Error> refused(QString message)
{
    return common::Error{ErrorKind::InvalidArgument, std::move(message)};
}

std::optional<common::Error> refusalOf(const MediaBlock &media)
{
    if (!media.fileId.isEmpty()) {
        return refused(u"A file that was uploaded elsewhere cannot be sent to this provider"_s);
    }
    if (!media.url.isEmpty()) {
        return refused(u"This provider fetches no addresses: images must be sent as data: URLs"_s);
    }
    return std::nullopt;
}

std::optional<common::Error> refusalOf(const ContentBlock &block)
{
    if (const auto *unknown = std::get_if<UnknownBlock>(&block.value)) {
        return refused(
            u"Gemini's format has no content part of type "_s + QString::fromUtf8(unknown->type));
    }
    if (const auto *media = std::get_if<MediaBlock>(&block.value)) {
        return refusalOf(*media);
    }
    if (const auto *result = std::get_if<ToolResultBlock>(&block.value)) {
        for (const auto &part : result->content) {
            if (const auto *media = std::get_if<MediaBlock>(&part)) {
                return refusalOf(*media);
            }
        }
    }
    return std::nullopt;
}

bool isMute(const ContentBlock &block)
{
    return std::holds_alternative<ThinkingBlock>(block.value)
        || std::holds_alternative<RedactedThinkingBlock>(block.value);
}

/// Whether the calls of a turn lack every signature.
bool isForeign(const Turn &turn)
{
    bool hasCall = false;
    bool hasSignature = false;
    for (const ContentBlock *block : turn.blocks) {
        if (const auto *use = std::get_if<ToolUseBlock>(&block->value)) {
            hasCall = true;
            hasSignature = hasSignature || !use->signature.isEmpty();
        }
    }
    return hasCall && !hasSignature;
}

/// The signature of Google's own text in a turn; "" = none.
QByteArray textSignature(const Turn &turn)
{
    QByteArray signature;
    for (const ContentBlock *block : turn.blocks) {
        const auto *redacted = std::get_if<RedactedThinkingBlock>(&block->value);
        if (redacted != nullptr && redacted->format == googleSignatureFormat) {
            signature = redacted->data;
        }
    }
    return signature;
}

/// The JSON object that a text is; missing when it is something else, as most texts are.
JsonValue objectIn(const QByteArray &text)
{
    if (!QByteArrayView(text).trimmed().startsWith('{')) {
        return {};
    }
    return parseJson(text).value_or(JsonValue());
}

bool isHighEffort(const QByteArray &effort)
{
    return effort == "high" || effort == "xhigh" || effort == "max";
}

/// Of Gemini 3 and later; an unknown effort is "medium".
QByteArrayView thinkingLevel(const QByteArray &effort, bool isPro)
{
    if (effort == "none" || effort == "minimal") {
        // The pro models know low, medium and high only (catalogue, reasoning_options).
        return isPro ? "low" : "minimal";
    }
    if (isHighEffort(effort)) {
        return "high";
    }
    return effort == "low" ? "low" : "medium";
}

/// Of Gemini 2.5, in tokens.
int thinkingBudget(const QByteArray &effort, bool isPro)
{
    if (effort == "none") {
        return isPro ? 128 : 0; // 2.5 Pro cannot stop thinking; its smallest budget is 128
    }
    if (isHighEffort(effort)) {
        return 24'576;
    }
    return effort == "medium" ? 8'192 : 1'024;
}

} // namespace

GeminiEncoder::GeminiEncoder(const CanonicalRequest &request, const catalog::Model &model)
    : m_request(request)
    , m_model(model)
    , m_system(request.system)
    , m_turns(mergedTurns(request))
    , m_tools(offeredTools(request))
    , m_isGemma(model.name.contains("gemma"))
    , m_isThird(isThirdGeneration(model.name))
{
    for (const Turn &turn : m_turns) {
        for (const ContentBlock *block : turn.blocks) {
            if (const auto *use = std::get_if<ToolUseBlock>(&block->value)) {
                m_calls.push_back(use);
            }
        }
    }
    const QByteArray instruction = jsonInstruction(request.responseFormat);
    if (!usesNativeJson() && !instruction.isEmpty()) {
        m_system.push_back({instruction});
    }
}

common::Result<QByteArray> GeminiEncoder::encode()
{
    if (std::optional<common::Error> error = refusal()) {
        return tl::unexpected(*std::move(error));
    }
    for (const ToolDefinition *tool : m_tools) {
        common::Result<QByteArray> schema = tool->schema.isEmpty()
            ? common::Result<QByteArray>(QByteArray())
            : GeminiSchema::clean(tool->schema);
        if (!schema) {
            return tl::unexpected(schema.error());
        }
        m_schemas.push_back(*std::move(schema));
    }
    if (usesNativeJson() && m_request.responseFormat.kind == ResponseFormat::Kind::JsonSchema) {
        common::Result<QByteArray> schema = GeminiSchema::clean(m_request.responseFormat.schema);
        if (!schema) {
            return tl::unexpected(schema.error());
        }
        m_responseSchema = *std::move(schema);
    }
    m_body.reserve(m_request.bytes + m_request.bytes / 8);
    m_json.beginObject();
    writeSystem();
    writeContents();
    writeTools();
    writeToolConfig();
    writeConfig();
    m_json.endObject();
    return std::move(m_body);
}

std::optional<common::Error> GeminiEncoder::refusal() const
{
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

bool GeminiEncoder::usesNativeJson() const
{
    return m_request.responseFormat.kind != ResponseFormat::Kind::Text && !m_isGemma
        && (m_tools.empty() || m_isThird);
}

void GeminiEncoder::writeSystem()
{
    if (m_system.empty() || m_isGemma || m_turns.empty()) {
        return; // it opens the first user turn
    }
    m_json.key("systemInstruction").beginObject().key("parts").beginArray();
    for (const SystemBlock &block : m_system) {
        writeText(block.text);
    }
    m_json.endArray().endObject();
}

void GeminiEncoder::beginUserTurn()
{
    m_json.beginObject().word("role", "user").key("parts").beginArray();
}

void GeminiEncoder::writeContents()
{
    const bool folds = !m_system.empty() && (m_isGemma || m_turns.empty());
    m_json.key("contents").beginArray();
    if (m_turns.empty() || m_turns.front().role == Role::Assistant) {
        // A conversation must begin with the user.
        beginUserTurn();
        if (folds) {
            for (const SystemBlock &block : m_system) {
                writeText(block.text);
            }
        } else {
            writeText("Continue.");
        }
        m_json.endArray().endObject();
    }
    for (const Turn &turn : m_turns) {
        const bool isFirstOfUser = &turn == &m_turns.front() && turn.role == Role::User;
        writeTurn(turn, folds && isFirstOfUser);
    }
    m_json.endArray();
}

void GeminiEncoder::writeTurn(const Turn &turn, bool foldSystem)
{
    const bool isModel = turn.role == Role::Assistant;
    m_turnSignature = isModel ? textSignature(turn) : QByteArray();
    m_needsSentinel = isModel && m_isThird && isForeign(turn);
    if (isModel) {
        m_json.beginObject().word("role", "model").key("parts").beginArray();
    } else {
        beginUserTurn();
    }
    if (foldSystem) {
        for (const SystemBlock &block : m_system) {
            writeText(block.text);
        }
    }
    if (std::all_of(turn.blocks.begin(), turn.blocks.end(), [](const ContentBlock *block) {
            return isMute(*block);
        })) {
        writeText("…"); // only thoughts; a turn without parts is refused
    }
    for (const ContentBlock *block : turn.blocks) {
        writeBlock(*block);
    }
    m_json.endArray().endObject();
}

void GeminiEncoder::writeBlock(const ContentBlock &block)
{
    if (const auto *text = std::get_if<TextBlock>(&block.value)) {
        writeText(text->text, std::exchange(m_turnSignature, {}));
    } else if (const auto *media = std::get_if<MediaBlock>(&block.value)) {
        writeMedia(*media);
    } else if (const auto *use = std::get_if<ToolUseBlock>(&block.value)) {
        writeCall(*use);
    } else if (const auto *result = std::get_if<ToolResultBlock>(&block.value)) {
        writeResult(*result);
    }
}

void GeminiEncoder::writeText(const QByteArray &text, const QByteArray &signature)
{
    m_json.beginObject().member("text", text);
    if (!signature.isEmpty()) {
        m_json.member("thoughtSignature", signature);
    }
    m_json.endObject();
}

void GeminiEncoder::writeMedia(const MediaBlock &media)
{
    m_json.beginObject().key("inlineData").beginObject();
    m_json.member("mimeType", media.mediaType).member("data", media.base64);
    m_json.endObject().endObject();
}

void GeminiEncoder::writeCall(const ToolUseBlock &use)
{
    m_json.beginObject().key("functionCall").beginObject().member("name", use.name);
    m_json.rawMember("args", argumentsObject(use.arguments)).endObject();
    if (!use.signature.isEmpty()) {
        m_json.member("thoughtSignature", use.signature);
    } else if (std::exchange(m_needsSentinel, false)) {
        m_json.member("thoughtSignature", foreignSignature);
    }
    m_json.endObject();
}

void GeminiEncoder::writeResult(const ToolResultBlock &result)
{
    const QByteArray text = resultText(result);
    const JsonValue json = result.isError ? JsonValue() : objectIn(text);
    m_json.beginObject().key("functionResponse").beginObject();
    m_json.member("name", nameOf(result.toolUseId)).key("response");
    if (json.isObject()) {
        m_json.raw(json.text());
    } else {
        m_json.beginObject().member(result.isError ? "error" : "result", text).endObject();
    }
    m_json.endObject().endObject();
    for (const auto &part : result.content) {
        if (const auto *media = std::get_if<MediaBlock>(&part)) {
            writeMedia(*media);
        }
    }
}

QByteArray GeminiEncoder::nameOf(const QByteArray &toolUseId) const
{
    const auto call = std::find_if(
        m_calls.begin(), m_calls.end(), [&toolUseId](const ToolUseBlock *use) {
            return use->id == toolUseId;
        });
    if (call != m_calls.end()) {
        return (*call)->name;
    }
    return toolUseId.isEmpty() ? QByteArray("tool") : toolUseId;
}

void GeminiEncoder::writeTools()
{
    if (m_tools.empty()) {
        return;
    }
    m_json.key("tools").beginArray().beginObject().key("functionDeclarations").beginArray();
    for (std::size_t i = 0; i < m_tools.size(); ++i) {
        m_json.beginObject().member("name", m_tools[i]->name);
        if (!m_tools[i]->description.isEmpty()) {
            m_json.member("description", m_tools[i]->description);
        }
        // An object schema without properties is refused: a tool without arguments has none.
        const common::Result<JsonValue> schema = parseJson(m_schemas[i]);
        if (schema && !(*schema)["properties"].isMissing()
            && !(*schema)["properties"].isEmptyContainer()) {
            m_json.rawMember("parameters", m_schemas[i]);
        }
        m_json.endObject();
    }
    m_json.endArray().endObject().endArray();
}

void GeminiEncoder::writeToolConfig()
{
    const ToolChoice &choice = m_request.toolChoice;
    if (m_tools.empty() || choice.mode == ToolChoice::Mode::Unset) {
        return;
    }
    m_json.key("toolConfig").beginObject().key("functionCallingConfig").beginObject();
    switch (choice.mode) {
    case ToolChoice::Mode::Unset:
    case ToolChoice::Mode::Auto:
        m_json.word("mode", "AUTO");
        break;
    case ToolChoice::Mode::None:
        m_json.word("mode", "NONE");
        break;
    case ToolChoice::Mode::Any:
        m_json.word("mode", "ANY");
        break;
    case ToolChoice::Mode::Named:
        m_json.word("mode", "ANY").key("allowedFunctionNames").beginArray();
        m_json.string(choice.name).endArray();
        break;
    }
    m_json.endObject().endObject();
}

void GeminiEncoder::writeConfig()
{
    const Sampling &sampling = m_request.sampling;
    const std::array<std::pair<QByteArrayView, const std::optional<JsonNumber> *>, 4> numbers{{
        {"temperature", &sampling.temperature},
        {"topP", &sampling.topP},
        {"topK", &sampling.topK},
        {"seed", &sampling.seed},
    }};
    m_json.key("generationConfig").beginObject();
    for (const auto &[name, number] : numbers) {
        if (number->has_value()) {
            m_json.rawMember(name, (*number)->text);
        }
    }
    if (m_request.maxTokens) {
        m_json.key("maxOutputTokens").integer(std::max<std::int64_t>(*m_request.maxTokens, 1));
    }
    if (m_request.choices > 1) {
        m_json.key("candidateCount").integer(m_request.choices);
    }
    QByteArray stops;
    JsonWriter list(stops);
    for (const QByteArray &stop : m_request.stop) {
        if (!stop.isEmpty()) {
            list.string(stop);
        }
    }
    if (!stops.isEmpty()) {
        m_json.key("stopSequences").beginArray().raw(stops).endArray();
    }
    writeResponseFormat();
    writeThinking();
    m_json.endObject();
}

void GeminiEncoder::writeResponseFormat()
{
    if (!usesNativeJson()) {
        return;
    }
    m_json.member("responseMimeType", "application/json");
    if (!m_responseSchema.isEmpty()) {
        m_json.rawMember("responseSchema", m_responseSchema);
    }
}

void GeminiEncoder::writeThinking()
{
    const Reasoning &reasoning = m_request.reasoning;
    if (m_model.capabilities.reasoning != catalog::Known::Yes || m_isGemma
        || !reasoning.isGiven()) {
        return;
    }
    const bool isPro = m_model.name.contains("-pro");
    m_json.key("thinkingConfig").beginObject();
    if (reasoning.budgetTokens) {
        m_json.key("thinkingBudget").integer(*reasoning.budgetTokens);
    } else if (m_isThird) {
        m_json.member("thinkingLevel", thinkingLevel(reasoning.effort, isPro));
    } else {
        m_json.key("thinkingBudget").integer(thinkingBudget(reasoning.effort, isPro));
    }
    if (reasoning.effort != "none") {
        m_json.key("includeThoughts").boolean(true);
    }
    m_json.endObject();
}

} // namespace freerelay::dialects
