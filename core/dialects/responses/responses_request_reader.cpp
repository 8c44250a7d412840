#include "responses_request_reader.h"

#include "core/dialects/canonical/chat_request_parts.h"
#include "core/dialects/json.h"
#include "core/dialects/json_index.h"
#include "core/dialects/responses/compaction.h"
#include "core/dialects/responses/responses_input_reader.h"
#include "core/dialects/responses/responses_object.h"

#include <algorithm>
#include <array>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Members that are written under another name, or as they are.
constexpr std::array<Renamed, 9> renamed{{
    {"model", "model"},
    {"max_output_tokens", "max_completion_tokens"},
    {"temperature", "temperature"},
    {"top_p", "top_p"},
    {"user", "user"},
    {"safety_identifier", "safety_identifier"},
    {"prompt_cache_key", "prompt_cache_key"},
    {"prompt_cache_retention", "prompt_cache_retention"},
    {"service_tier", "service_tier"},
}};

/// Members that change nothing in what a provider is asked.
constexpr std::array<QByteArrayView, 8> ours{
    "metadata",
    "store",
    "background",
    "stream_options",
    "max_tool_calls",
    "client_metadata",
    "previous_response_id",
    "prompt_cache_options"};

/// Members that the Response says again as they came.
constexpr std::array<QByteArrayView, 15> echoed{
    "background",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt_cache_key",
    "reasoning",
    "safety_identifier",
    "store",
    "temperature",
    "tool_choice",
    "top_p",
    "truncation"};

template <std::size_t N>
bool isOneOf(const std::array<QByteArrayView, N> &names, const JsonMember &member)
{
    return std::any_of(
        names.begin(), names.end(), [&](QByteArrayView name) { return member.keyIs(name); });
}

/// A tool as a Response says it: its form has no optional members where a request has some.
QByteArray echoedTool(const JsonValue &tool)
{
    if (!tool["type"].equals("function")) {
        return tool.text().toByteArray();
    }
    QByteArray out;
    JsonWriter json(out);
    json.beginObject();
    for (const JsonMember &member : tool.members()) {
        json.escapedKey(member.key()).raw(member.value.text());
    }
    for (const char *name : {"parameters", "strict"}) {
        if (tool[name].isMissing()) {
            json.key(name).null();
        }
    }
    json.endObject();
    return out;
}

QByteArray echoedText(const JsonValue &text)
{
    const JsonValue format = text["format"];
    const JsonValue verbosity = text["verbosity"];
    QByteArray out;
    JsonWriter json(out);
    json.beginObject();
    json.rawMember("format", format.isObject() ? format.text() : R"({"type":"text"})");
    json.rawMember("verbosity", verbosity.isString() ? verbosity.text() : R"("medium")");
    json.endObject();
    return out;
}

} // namespace

ResponsesRequestReader::ResponsesRequestReader(Purpose purpose)
    : m_purpose(purpose)
    , m_json(m_request.chat)
{
    m_terms->compaction = purpose == Purpose::Compaction;
    m_terms->echo = defaultEcho();
}

common::Result<ClientRequest> ResponsesRequestReader::read(const QByteArray &body)
{
    const auto root = parseJson(body);
    if (!root) {
        return common::failure(root.error());
    }
    if (!root->isObject()) {
        return common::failure(
            common::ErrorKind::InvalidArgument, u"The body of a request must be a JSON object."_s);
    }
    const JsonIndex index(body);
    m_request.chat.reserve(body.size() + body.size() / 4);
    m_json.beginObject();
    for (const JsonMember &member : index.root().members()) {
        if (auto error = readMember(member)) {
            return common::failure(*std::move(error));
        }
    }
    if (auto error = writeConversation()) {
        return common::failure(*std::move(error));
    }
    m_json.endObject();
    m_terms->tools = m_tools.bridged();
    m_request.terms = m_terms;
    return std::move(m_request);
}

std::optional<common::Error> ResponsesRequestReader::readMember(const JsonMember &member)
{
    if (member.value.isNull()) {
        return std::nullopt;
    }
    if (auto error = checkShape(member)) {
        return error;
    }
    if (isOneOf(echoed, member)) {
        echo(member.key(), member.value.text().toByteArray());
    }
    const auto *const known = std::find_if(
        renamed.begin(), renamed.end(), [&](const Renamed &one) { return member.keyIs(one.from); });
    if (known != renamed.end()) {
        m_json.rawMember(known->to, member.value.text());
        return std::nullopt;
    }
    return readKnown(member);
}

/// What nobody else would refuse.
std::optional<common::Error> ResponsesRequestReader::checkShape(const JsonMember &member) const
{
    const JsonValue value = member.value;
    const auto amiss = [&member](const QString &what) {
        return invalidParameter(QString::fromUtf8(member.key()), what);
    };
    if (member.keyIs("conversation") || member.keyIs("prompt")) {
        return amiss(u"This is kept at OpenAI only. Send what it stands for."_s);
    }
    if (member.keyIs("tools") && !value.isArray()) {
        return amiss(u"Expected an array."_s);
    }
    if ((member.keyIs("metadata") || member.keyIs("reasoning") || member.keyIs("text"))
        && !value.isObject()) {
        return amiss(u"Expected an object."_s);
    }
    if (member.keyIs("instructions") && !value.isString()) {
        return amiss(u"Expected a string."_s);
    }
    if (member.keyIs("max_output_tokens") && value.integer().value_or(0) < 1) {
        return amiss(u"Expected an integer above 0."_s);
    }
    if (member.keyIs("parallel_tool_calls") && !value.isBool()) {
        return amiss(u"Expected a boolean."_s);
    }
    return std::nullopt;
}

std::optional<common::Error> ResponsesRequestReader::readKnown(const JsonMember &member)
{
    const JsonValue value = member.value;
    if (m_purpose == Purpose::Compaction && (member.keyIs("stream") || member.keyIs("text"))) {
        return std::nullopt; // of the answers that are to come
    }
    if (member.keyIs("input")) {
        m_input = value;
    } else if (member.keyIs("instructions")) {
        m_instructions = value;
    } else if (member.keyIs("tools")) {
        m_toolList = value;
    } else if (member.keyIs("tool_choice")) {
        m_toolChoice = value;
    } else if (member.keyIs("parallel_tool_calls")) {
        m_parallel = value;
    } else if (member.keyIs("stream")) {
        m_json.key("stream").boolean(value.isTrue());
        if (value.isTrue()) {
            m_json.rawMember("stream_options", R"({"include_usage":true})");
        }
    } else if (member.keyIs("reasoning")) {
        readReasoning(value);
    } else if (member.keyIs("text")) {
        readText(value);
    } else if (member.keyIs("include")) {
        readInclude(value);
    } else if (
        !isOneOf(ours, member) && !(member.keyIs("truncation") && value.equals("disabled"))) {
        addIgnored(m_request.ignored, member.key());
    }
    return std::nullopt;
}

void ResponsesRequestReader::readReasoning(const JsonValue &reasoning)
{
    if (const JsonValue effort = reasoning["effort"]; effort.isString()) {
        m_json.rawMember("reasoning_effort", effort.text());
    }
    m_request.thinking = reasoning["summary"].isString()
        || reasoning["generate_summary"].isString();
}

void ResponsesRequestReader::readText(const JsonValue &text)
{
    echo("text", echoedText(text));
    if (const JsonValue verbosity = text["verbosity"]; verbosity.isString()) {
        m_json.rawMember("verbosity", verbosity.text());
    }
    const JsonValue format = text["format"];
    if (format["type"].equals("json_schema")) {
        m_json.key("response_format").beginObject().word("type", "json_schema");
        m_json.key("json_schema").beginObject();
        for (const char *name : {"name", "description", "schema", "strict"}) {
            if (const JsonValue value = format[name]; !value.isAbsent()) {
                m_json.rawMember(name, value.text());
            }
        }
        m_json.endObject().endObject();
    } else if (format["type"].equals("json_object")) {
        m_json.rawMember("response_format", R"({"type":"json_object"})");
    }
}

void ResponsesRequestReader::readInclude(const JsonValue &include)
{
    for (const JsonValue &what : include.elements()) {
        if (what.equals("reasoning.encrypted_content")) {
            m_terms->encrypted = true;
        } else {
            addIgnored(m_request.ignored, "include " + what.string());
        }
    }
}

std::optional<common::Error> ResponsesRequestReader::writeConversation()
{
    if (m_input.isMissing()) {
        return invalidParameter(u"input"_s, u"Missing required parameter."_s);
    }
    if (!m_input.isString() && !m_input.isArray()) {
        return invalidParameter(u"input"_s, u"Expected a string or an array of items."_s);
    }
    addTools();
    const bool mayCall = !m_terms->compaction;
    m_tools.writeTo(m_json, mayCall ? m_toolChoice : JsonValue(R"("none")"), m_request.ignored);
    if (!m_tools.isEmpty() && m_parallel.isBool()) {
        m_json.rawMember("parallel_tool_calls", m_parallel.text());
    }
    m_json.key("messages").beginArray();
    if (m_instructions.isString()) {
        m_json.beginObject().word("role", "system");
        m_json.rawMember("content", m_instructions.text()).endObject();
    }
    auto error = ResponsesInputReader(m_json, m_request.ignored).read(m_input);
    if (m_terms->compaction) {
        writeCompactionPrompt();
    }
    m_json.endArray();
    return error;
}

void ResponsesRequestReader::writeCompactionPrompt()
{
    m_terms->userMessages = userMessagesIn(m_input);
    m_json.beginObject().word("role", "user").member("content", compactionPrompt()).endObject();
}

/// Codex names tools that come later in an item of the input, and asks there for a compaction.
void ResponsesRequestReader::addTools()
{
    m_tools.add(m_toolList, "tools", m_request.ignored);
    int index = 0;
    for (const JsonValue &item : m_input.elements()) {
        const JsonValue type = item["type"];
        if (type.equals("additional_tools")) {
            m_tools.add(item["tools"], indexed("input", index) + ".tools", m_request.ignored);
        } else if (type.equals("compaction_trigger")) {
            m_terms->compaction = true;
        }
        ++index;
    }
    echoTools();
}

void ResponsesRequestReader::echoTools()
{
    QByteArray out;
    JsonWriter json(out);
    json.beginArray();
    for (const JsonValue &tool : m_toolList.elements()) {
        json.raw(echoedTool(tool));
    }
    json.endArray();
    echo("tools", out);
}

void ResponsesRequestReader::echo(QByteArrayView name, const QByteArray &json)
{
    for (auto &[key, value] : m_terms->echo) {
        if (key == name) {
            value = json;
        }
    }
}

} // namespace freerelay::dialects
