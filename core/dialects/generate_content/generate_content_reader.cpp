#include "generate_content_reader.h"

#include "core/dialects/canonical/chat_request_parts.h"
#include "core/dialects/generate_content/contents_reader.h"
#include "core/dialects/generate_content/generate_content_words.h"
#include "core/dialects/generate_content/google_schema.h"
#include "core/dialects/json.h"
#include "core/dialects/json_index.h"

#include <algorithm>
#include <array>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QByteArrayView streamMethod = "streamGenerateContent";

/// Members of generationConfig that are written under another name.
constexpr std::array<Renamed, 9> renamed{{
    {"temperature", "temperature"},
    {"topP", "top_p"},
    {"topK", "top_k"},
    {"maxOutputTokens", "max_tokens"},
    {"candidateCount", "n"},
    {"stopSequences", "stop"},
    {"seed", "seed"},
    {"presencePenalty", "presence_penalty"},
    {"frequencyPenalty", "frequency_penalty"},
}};

/// Members that say nothing to other providers, and nothing is lost with them.
constexpr std::array<QByteArrayView, 4> meaningless{{"model", "labels", "store", "serviceTier"}};

/// Members of generationConfig that have been read together.
constexpr std::array<QByteArrayView, 4> readTogether{
    {"responseMimeType", "responseSchema", "responseJsonSchema", "thinkingConfig"}};

template <typename Names> bool isAmong(const Names &names, const JsonMember &member)
{
    return std::any_of(names.begin(), names.end(), [&member](QByteArrayView name) {
        return isField(member, name);
    });
}

/// `alt=sse` in a query.
bool wantsEvents(const QByteArray &query)
{
    const QList<QByteArray> parts = query.split('&');
    return parts.contains("alt=sse");
}

} // namespace

GoogleTarget googleTarget(const QByteArray &path)
{
    constexpr QByteArrayView models = "/models/";
    const qsizetype at = path.indexOf(models);
    if (at < 0) {
        return {};
    }
    const QByteArray rest = path.sliced(at + models.size());
    const qsizetype colon = rest.lastIndexOf(':');
    return colon < 0 ? GoogleTarget{rest, {}}
                     : GoogleTarget{rest.first(colon), rest.sliced(colon + 1)};
}

common::Result<ClientRequest> GenerateContentReader::read(const ClientCall &call)
{
    const auto root = parseJson(call.body);
    if (!root) {
        return common::failure(root.error());
    }
    if (!root->isObject()) {
        return common::failure(
            common::ErrorKind::InvalidArgument, u"The body must be a JSON object."_s);
    }
    const JsonIndex index(call.body);
    const JsonValue counted = field(index.root(), "generateContentRequest"); // of countTokens
    m_request.chat.reserve(call.body.size() + call.body.size() / 4);
    m_json.beginObject();
    writeTarget(call);
    if (auto error = readRoot(counted.isObject() ? counted : index.root())) {
        return common::failure(*std::move(error));
    }
    m_json.endObject();
    return std::move(m_request);
}

void GenerateContentReader::writeTarget(const ClientCall &call)
{
    const GoogleTarget target = googleTarget(call.path);
    m_json.member("model", target.model);
    if (target.method == streamMethod) {
        m_json.key("stream").boolean(true);
        m_json.rawMember("stream_options", R"({"include_usage":true})");
        m_request.asArray = !wantsEvents(call.query);
    }
}

std::optional<common::Error> GenerateContentReader::readRoot(const JsonValue &root)
{
    for (const JsonMember &member : root.members()) {
        if (member.value.isNull()) {
            continue;
        }
        if (auto error = readMember(member)) {
            return error;
        }
    }
    writeTools();
    return writeMessages();
}

std::optional<common::Error> GenerateContentReader::readMember(const JsonMember &member)
{
    if (isField(member, "contents")) {
        m_contents = member.value;
    } else if (isField(member, "systemInstruction")) {
        m_system = member.value;
    } else if (isField(member, "tools")) {
        m_tools = member.value;
    } else if (isField(member, "toolConfig")) {
        m_calling = field(member.value, "functionCallingConfig");
    } else if (isField(member, "generationConfig")) {
        return writeConfig(member.value);
    } else if (isField(member, "cachedContent")) {
        return invalidParameter(
            u"cachedContent"_s, u"Content that Google keeps cannot be read here: send it whole."_s);
    } else if (!isAmong(meaningless, member)) {
        addIgnored(m_request.ignored, member.key());
    }
    return std::nullopt;
}

std::optional<common::Error> GenerateContentReader::writeMessages()
{
    ContentsReader reader(m_json, m_request.ignored);
    m_json.key("messages").beginArray();
    reader.writeSystem(m_system);
    auto error = reader.writeContents(m_contents);
    m_json.endArray();
    return error;
}

void GenerateContentReader::writeTools()
{
    m_json.key("tools").beginArray();
    int index = 0;
    for (const JsonValue &tool : m_tools.elements()) {
        const QByteArray path = indexed("tools", index++);
        for (const JsonMember &member : tool.members()) {
            if (!isField(member, "functionDeclarations")) {
                addIgnored(m_request.ignored, path + ' ' + member.key());
                continue;
            }
            for (const JsonValue &declaration : member.value.elements()) {
                writeDeclaration(declaration);
            }
        }
    }
    m_json.endArray();
    if (m_hasTools) {
        writeToolChoice();
    }
}

void GenerateContentReader::writeDeclaration(const JsonValue &declaration)
{
    const JsonValue name = declaration["name"];
    if (!isAllowed(name)) {
        return;
    }
    m_hasTools = true;
    m_json.beginObject().word("type", "function").key("function").beginObject();
    m_json.rawMember("name", name.isString() ? name.text() : "\"\"");
    if (const JsonValue description = declaration["description"]; description.isString()) {
        m_json.rawMember("description", description.text());
    }
    if (const JsonValue schema = field(declaration, "parametersJsonSchema"); schema.isObject()) {
        m_json.rawMember("parameters", schema.text());
    } else if (const JsonValue parameters = declaration["parameters"]; parameters.isObject()) {
        m_json.rawMember("parameters", jsonSchemaOf(parameters));
    }
    m_json.endObject().endObject();
}

/// Tools that may not be called are not offered.
bool GenerateContentReader::isAllowed(const JsonValue &name) const
{
    const JsonValue names = field(m_calling, "allowedFunctionNames");
    if (!names.isArray() || names.isEmptyContainer()) {
        return true;
    }
    const QByteArray wanted = name.string();
    for (const JsonValue &one : names.elements()) {
        if (one.equals(wanted)) {
            return true;
        }
    }
    return false;
}

void GenerateContentReader::writeToolChoice()
{
    const JsonValue mode = m_calling["mode"];
    if (mode.equals("ANY")) {
        m_json.word("tool_choice", "required");
    } else if (mode.equals("NONE")) {
        m_json.word("tool_choice", "none");
    } else if (mode.equals("AUTO") || mode.equals("VALIDATED")) {
        m_json.word("tool_choice", "auto");
    }
}

std::optional<common::Error> GenerateContentReader::writeConfig(const JsonValue &config)
{
    for (const JsonMember &member : config.members()) {
        if (member.value.isNull()) {
            continue;
        }
        if (auto error = writeConfigMember(member)) {
            return error;
        }
    }
    writeResponseFormat(config);
    writeThinking(field(config, "thinkingConfig"));
    return std::nullopt;
}

std::optional<common::Error> GenerateContentReader::writeConfigMember(const JsonMember &member)
{
    const auto *const known = std::find_if(
        renamed.begin(), renamed.end(), [&member](const Renamed &one) {
            return isField(member, one.from);
        });
    if (known != renamed.end()) {
        m_json.rawMember(known->to, member.value.text());
    } else if (isField(member, "responseModalities")) {
        for (const JsonValue &modality : member.value.elements()) {
            if (!modality.equals("TEXT")) {
                return invalidParameter(
                    u"generationConfig.responseModalities"_s, u"Only TEXT can be answered."_s);
            }
        }
    } else if (!isAmong(readTogether, member)) {
        addIgnored(m_request.ignored, "generationConfig." + member.key());
    }
    return std::nullopt;
}

void GenerateContentReader::writeResponseFormat(const JsonValue &config)
{
    const JsonValue type = field(config, "responseMimeType");
    const JsonValue plain = field(config, "responseJsonSchema");
    const JsonValue google = field(config, "responseSchema");
    if (!type.equals("application/json")) {
        if (type.isString() && !type.equals("text/plain")) {
            addIgnored(m_request.ignored, "generationConfig.responseMimeType");
        }
        return;
    }
    m_json.key("response_format").beginObject();
    if (plain.isObject() || google.isObject()) {
        m_json.word("type", "json_schema").key("json_schema").beginObject();
        m_json.word("name", "answer");
        m_json.rawMember(
            "schema", plain.isObject() ? plain.text().toByteArray() : jsonSchemaOf(google));
        m_json.endObject();
    } else {
        m_json.word("type", "json_object");
    }
    m_json.endObject();
}

void GenerateContentReader::writeThinking(const JsonValue &config)
{
    m_request.thinking = field(config, "includeThoughts").isTrue();
    if (const JsonValue level = field(config, "thinkingLevel"); level.isString()) {
        m_json.member("reasoning_effort", level.string().toLower());
        return;
    }
    const std::optional<std::int64_t> budget = field(config, "thinkingBudget").integer();
    if (budget && *budget == 0) {
        m_json.word("reasoning_effort", "none");
    } else if (budget && *budget > 0) { // -1: the model decides
        m_json.key("thinking").beginObject().word("type", "enabled");
        m_json.key("budget_tokens").integer(*budget).endObject();
    }
}

} // namespace freerelay::dialects
