#include "messages_request_reader.h"

#include "core/dialects/canonical/canonical_content.h"
#include "core/dialects/canonical/chat_request_parts.h"
#include "core/dialects/json.h"
#include "core/dialects/json_fields.h"
#include "core/dialects/json_index.h"

#include <algorithm>
#include <array>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Members that are written under another name, or as they are.
constexpr std::array<Renamed, 8> renamed{{
    {"model", "model"},
    {"max_tokens", "max_tokens"},
    {"temperature", "temperature"},
    {"top_p", "top_p"},
    {"top_k", "top_k"},
    {"stop_sequences", "stop"},
    {"thinking", "thinking"},
    {"cache_control", "cache_control"},
}};

/// Members that say nothing to other providers, and nothing is lost with them.
constexpr std::array<QByteArrayView, 3> meaningless{"service_tier", "inference_geo", "betas"};

bool isPart(const JsonValue &type)
{
    return type.equals("text") || type.equals("image") || type.equals("document");
}

bool isPlainText(const JsonValue &object)
{
    const JsonFields block(object);
    return block["type"].equals("text") && !block["cache_control"].isObject();
}

} // namespace

QByteArray MessagesRequestReader::path() const
{
    return indexed("messages", m_message);
}

void MessagesRequestReader::ignore(const QByteArray &what)
{
    addIgnored(m_request.ignored, what);
}

common::Result<ClientRequest> MessagesRequestReader::read(const QByteArray &body)
{
    const auto root = parseJson(body);
    if (!root) {
        return common::failure(root.error());
    }
    if (!root->isObject()) {
        return common::failure(
            common::ErrorKind::InvalidArgument, u"The body must be a JSON object."_s);
    }
    const JsonIndex index(body);
    m_request.chat.reserve(body.size() + body.size() / 4);
    m_json.beginObject();
    for (const JsonMember &member : index.root().members()) {
        if (auto error = readMember(member)) {
            return common::failure(*std::move(error));
        }
    }
    if (m_hasTools && m_toolChoice.isObject()) {
        writeToolChoice(m_toolChoice);
    }
    if (auto error = readMessages(m_messages)) {
        return common::failure(*std::move(error));
    }
    m_json.endObject();
    return std::move(m_request);
}

std::optional<common::Error> MessagesRequestReader::readMember(const JsonMember &member)
{
    const JsonValue value = member.value;
    if (value.isNull()) {
        return std::nullopt;
    }
    if (member.keyIs("messages")) {
        m_messages = value;
    } else if (member.keyIs("system")) {
        m_system = value;
    } else if (member.keyIs("tools")) {
        if (!value.isArray()) {
            return invalidParameter(u"tools"_s, u"Input should be a valid list"_s);
        }
        writeTools(value);
    } else if (member.keyIs("tool_choice")) {
        m_toolChoice = value;
    } else if (member.keyIs("stream")) {
        m_json.key("stream").boolean(value.isTrue());
        if (value.isTrue()) {
            m_json.rawMember("stream_options", R"({"include_usage":true})");
        }
    } else if (member.keyIs("metadata")) {
        if (const JsonValue user = value["user_id"]; user.isString()) {
            m_json.rawMember("user", user.text());
        }
    } else if (member.keyIs("output_config")) {
        writeOutputConfig(value);
    } else {
        const auto *const known = std::find_if(
            renamed.begin(), renamed.end(), [&](const Renamed &one) {
                return member.keyIs(one.from);
            });
        const bool isMeaningless = std::any_of(
            meaningless.begin(), meaningless.end(), [&](QByteArrayView name) {
                return member.keyIs(name);
            });
        if (known != renamed.end()) {
            m_json.rawMember(known->to, value.text());
        } else if (!isMeaningless) {
            ignore(member.key());
        }
        if (member.keyIs("thinking")) {
            m_request.thinking = !value["type"].equals("disabled");
        }
    }
    return std::nullopt;
}

/// `effort` and the schema of structured output.
void MessagesRequestReader::writeOutputConfig(const JsonValue &config)
{
    if (const JsonValue effort = config["effort"]; effort.isString()) {
        m_json.rawMember("reasoning_effort", effort.text());
    }
    const JsonValue format = config["format"];
    if (format["type"].equals("json_schema") && format["schema"].isObject()) {
        m_json.key("response_format").beginObject().word("type", "json_schema");
        m_json.key("json_schema").beginObject().word("name", "answer");
        m_json.rawMember("schema", format["schema"].text()).endObject().endObject();
    }
}

void MessagesRequestReader::writeTools(const JsonValue &tools)
{
    m_json.key("tools").beginArray();
    int index = 0;
    for (const JsonValue &object : tools.elements()) {
        const JsonFields tool(object);
        const JsonValue type = tool["type"];
        if (!type.isAbsent() && !type.equals("custom")) {
            ignore(indexed("tools", index++) + ' ' + type.string());
            continue;
        }
        ++index;
        m_hasTools = true;
        m_json.beginObject().word("type", "function").key("function").beginObject();
        m_json.rawMember("name", tool["name"].isString() ? tool["name"].text() : "\"\"");
        if (const JsonValue description = tool["description"]; description.isString()) {
            m_json.rawMember("description", description.text());
        }
        if (const JsonValue schema = tool["input_schema"]; schema.isObject()) {
            m_json.rawMember("parameters", schema.text());
        }
        m_json.endObject();
        copyCacheControl(tool);
        m_json.endObject();
    }
    m_json.endArray();
}

void MessagesRequestReader::writeToolChoice(const JsonValue &choice)
{
    const JsonValue type = choice["type"];
    if (type.equals("tool")) {
        m_json.key("tool_choice").beginObject().word("type", "function");
        m_json.key("function").beginObject().member("name", choice["name"].string()).endObject();
        m_json.endObject();
    } else if (type.equals("any")) {
        m_json.word("tool_choice", "required");
    } else if (type.equals("none") || type.equals("auto")) {
        m_json.rawMember("tool_choice", type.text());
    }
    if (choice["disable_parallel_tool_use"].isTrue()) {
        m_json.key("parallel_tool_calls").boolean(false);
    }
}

std::optional<common::Error> MessagesRequestReader::readMessages(const JsonValue &messages)
{
    if (messages.isMissing()) {
        return invalidParameter(u"messages"_s, u"Field required"_s);
    }
    if (!messages.isArray()) {
        return invalidParameter(u"messages"_s, u"Input should be a valid list"_s);
    }
    if (messages.isEmptyContainer()) {
        return invalidParameter(u"messages"_s, u"at least one message is required"_s);
    }
    m_json.key("messages").beginArray();
    writeSystem(m_system);
    int index = 0;
    for (const JsonValue &message : messages.elements()) {
        if (auto error = readMessage(message, index++)) {
            return error;
        }
    }
    m_json.endArray();
    return std::nullopt;
}

std::optional<common::Error> MessagesRequestReader::readMessage(const JsonValue &object, int index)
{
    const JsonFields message(object);
    m_message = index;
    const auto amiss = [this](const char *member, const QString &what) {
        return invalidParameter(QString::fromLatin1(path()) + QLatin1StringView(member), what);
    };
    const JsonValue content = message["content"];
    if (!content.isString() && !content.isArray()) {
        return amiss(".content", u"Input should be a string or a list of content blocks"_s);
    }
    const JsonValue role = message["role"];
    if (role.equals("assistant")) {
        writeAssistant(content);
    } else if (role.equals("user")) {
        writeUser(content);
    } else if (role.equals("system")) {
        writeSystem(content);
    } else {
        return amiss(".role", u"Input should be 'user' or 'assistant'"_s);
    }
    return std::nullopt;
}

/// A string, or blocks of text.
void MessagesRequestReader::writeSystem(const JsonValue &system)
{
    if (system.isString()) {
        m_json.beginObject().word("role", "system").rawMember("content", system.text());
        m_json.endObject();
        return;
    }
    Blocks parts;
    for (const JsonValue &block : system.elements()) {
        if (block["type"].equals("text")) {
            parts.push_back(block);
        }
    }
    if (!parts.empty()) {
        m_json.beginObject().word("role", "system").key("content");
        writeParts(parts);
        m_json.endObject();
    }
}

void MessagesRequestReader::writeAssistant(const JsonValue &content)
{
    Blocks parts;
    Blocks calls;
    Blocks thoughts;
    int index = 0;
    for (const JsonValue &block : content.elements()) {
        const JsonValue type = block["type"];
        if (isPart(type)) {
            parts.push_back(block);
        } else if (type.equals("tool_use")) {
            calls.push_back(block);
        } else if (type.equals("thinking") || type.equals("redacted_thinking")) {
            thoughts.push_back(block);
        } else {
            ignore(indexed(path() + ".content", index) + ' ' + type.string());
        }
        ++index;
    }
    m_json.beginObject().word("role", "assistant").key("content");
    if (content.isString()) {
        m_json.raw(content.text());
    } else if (parts.empty() && !calls.empty()) {
        m_json.null();
    } else {
        writeParts(parts);
    }
    writeThinking(thoughts);
    if (!calls.empty()) {
        m_json.key("tool_calls").beginArray();
        for (const JsonValue &call : calls) {
            writeToolUse(call);
        }
        m_json.endArray();
    }
    m_json.endObject();
}

void MessagesRequestReader::writeThinking(const Blocks &thoughts)
{
    if (thoughts.empty()) {
        return;
    }
    m_json.key("reasoning_details").beginArray();
    for (const JsonValue &thought : thoughts) {
        const bool isReadable = thought["type"].equals("thinking");
        m_json.beginObject().member("type", isReadable ? "reasoning.text" : "reasoning.encrypted");
        if (isReadable) {
            m_json.member("text", thought["thinking"].string());
            m_json.member("signature", thought["signature"].string());
        } else {
            m_json.member("data", thought["data"].string());
        }
        m_json.member("format", anthropicSignatureFormat).endObject();
    }
    m_json.endArray();
}

void MessagesRequestReader::writeToolUse(const JsonValue &object)
{
    const JsonFields block(object);
    const JsonValue input = block["input"];
    m_json.beginObject().member("id", block["id"].string()).word("type", "function");
    m_json.key("function").beginObject().member("name", block["name"].string());
    m_json.member("arguments", input.isObject() ? input.text() : QByteArrayView("{}"));
    m_json.endObject();
    copyCacheControl(block);
    m_json.endObject();
}

/// Results of tools must stand right behind the calls, so they come before what else is said.
void MessagesRequestReader::writeUser(const JsonValue &content)
{
    Blocks parts;
    int index = 0;
    for (const JsonValue &block : content.elements()) {
        const JsonValue type = block["type"];
        if (type.equals("tool_result")) {
            writeToolResult(block, index);
        } else if (isPart(type)) {
            parts.push_back(block);
        } else {
            ignore(indexed(path() + ".content", index) + ' ' + type.string());
        }
        ++index;
    }
    if (content.isArray() && parts.empty()) {
        return;
    }
    m_json.beginObject().word("role", "user").key("content");
    if (content.isString()) {
        m_json.raw(content.text());
    } else {
        writeParts(parts);
    }
    m_json.endObject();
}

void MessagesRequestReader::writeToolResult(const JsonValue &object, int at)
{
    const JsonFields result(object);
    m_json.beginObject().word("role", "tool");
    m_json.member("tool_call_id", result["tool_use_id"].string());
    if (result["is_error"].isTrue()) {
        m_json.key("is_error").boolean(true);
    }
    m_json.key("content");
    const JsonValue content = result["content"];
    if (content.isArray()) {
        Blocks parts;
        int index = 0;
        for (const JsonValue &block : content.elements()) {
            const JsonValue type = block["type"];
            if (isPart(type)) {
                parts.push_back(block);
            } else {
                ignore(
                    indexed(indexed(path() + ".content", at) + ".content", index) + ' '
                    + type.string());
            }
            ++index;
        }
        writeParts(parts);
    } else {
        m_json.raw(content.isString() ? content.text() : "\"\"");
    }
    copyCacheControl(result);
    m_json.endObject();
}

void MessagesRequestReader::writeParts(const Blocks &parts)
{
    writeContentParts(
        m_json, parts, isPlainText, [this](const JsonValue &part) { writePart(part); });
}

void MessagesRequestReader::writePart(const JsonValue &object)
{
    const JsonFields block(object);
    if (!block["type"].equals("text")) {
        writeMedia(object);
        return;
    }
    const JsonValue text = block["text"];
    m_json.beginObject().word("type", "text");
    m_json.rawMember("text", text.isString() ? text.text() : "\"\"");
    copyCacheControl(block);
    m_json.endObject();
}

void MessagesRequestReader::writeMedia(const JsonValue &object)
{
    const JsonFields block(object);
    const JsonFields source(block["source"]);
    if (source["type"].equals("text")) {
        m_json.beginObject().word("type", "text").member("text", source["data"].string());
        m_json.endObject();
        return;
    }
    MediaBlock media;
    media.kind = block["type"].equals("image") ? MediaKind::Image : MediaKind::Document;
    media.fileName = block["title"].string();
    if (source["type"].equals("base64")) {
        media.mediaType = source["media_type"].string();
        media.base64 = source["data"].string();
    } else {
        media.url = source["url"].string();
    }
    m_json.beginObject();
    writeMediaMembers(m_json, media);
    copyCacheControl(block);
    m_json.endObject();
}

void MessagesRequestReader::copyCacheControl(const JsonFields &block)
{
    if (const JsonValue hint = block["cache_control"]; hint.isObject()) {
        m_json.rawMember("cache_control", hint.text());
    }
}

} // namespace freerelay::dialects
