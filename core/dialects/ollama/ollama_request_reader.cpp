#include "ollama_request_reader.h"

#include "core/dialects/canonical/canonical_content.h"
#include "core/dialects/canonical/chat_request_parts.h"
#include "core/dialects/completions/fill_in_prompt.h"
#include "core/dialects/json.h"
#include "core/dialects/json_index.h"
#include "core/dialects/json_text.h"

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::dialects {

namespace {

constexpr int maxStopSequences = 4; ///< of OpenAI chat

/// Read elsewhere, or about the machine that runs a model.
constexpr std::array<QByteArrayView, 11> unsaid{
    "model",
    "messages",
    "prompt",
    "suffix",
    "system",
    "images",
    "stream",
    "keep_alive",
    "options",
    "truncate",
    "shift"};

/// Options that mean the same for a chat.
constexpr std::array<QByteArrayView, 6> sharedOptions{
    "temperature", "top_p", "top_k", "seed", "presence_penalty", "frequency_penalty"};

/// Options about the machine that runs a model.
constexpr std::array<QByteArrayView, 8> machineOptions{
    "num_ctx", "num_keep", "num_batch", "num_gpu", "main_gpu", "num_thread", "use_mmap", "numa"};

template <std::size_t count>
bool isOneOf(const std::array<QByteArrayView, count> &names, const JsonMember &member)
{
    return std::any_of(
        names.begin(), names.end(), [&](QByteArrayView name) { return member.keyIs(name); });
}

/// Images come without their type: it is told by their first bytes (in base64).
QByteArray imageType(QByteArrayView base64)
{
    if (base64.startsWith("iVBOR")) {
        return "image/png"_ba;
    }
    if (base64.startsWith("R0lGOD")) {
        return "image/gif"_ba;
    }
    return base64.startsWith("UklGR") ? "image/webp"_ba : "image/jpeg"_ba;
}

bool isEmpty(const JsonValue &value)
{
    return value.isAbsent() || value.isEmptyContainer() || value.text() == "\"\""
        || (value.isBool() && !value.isTrue());
}

} // namespace

common::Result<ClientRequest> OllamaRequestReader::read(const QByteArray &body)
{
    const auto checked = parseJson(body);
    if (!checked || !checked->isObject()) {
        return common::failure(
            common::ErrorKind::InvalidArgument, u"The body must be a JSON object."_s);
    }
    const JsonIndex index(body);
    const JsonValue root = index.root();
    m_request.chat.reserve(body.size() + body.size() / 4);
    const JsonValue stream = root["stream"];
    m_request.thinking = true;
    m_json.beginObject().member("model", ollamaModel(root["model"].string()));
    if (stream.isAbsent() || stream.isTrue()) {
        m_json.key("stream").boolean(true);
        m_json.rawMember("stream_options", R"({"include_usage":true})");
    }
    for (const JsonMember &member : root.members()) {
        writeMember(member);
    }
    writeOptions(root["options"]);
    if (m_form == OllamaForm::Generate) {
        writePrompt(root);
    } else if (MaybeError error = writeMessages(root["messages"])) {
        return common::failure(*std::move(error));
    }
    m_json.endObject();
    return std::move(m_request);
}

void OllamaRequestReader::writeMember(const JsonMember &member)
{
    const JsonValue value = member.value;
    if (member.keyIs("format")) {
        writeFormat(value);
    } else if (member.keyIs("think")) {
        m_request.thinking = value.isTrue() || value.isString();
        if (value.isString()) {
            m_json.rawMember("reasoning_effort", value.text());
        }
    } else if (member.keyIs("tools")) {
        if (value.isArray() && !value.isEmptyContainer()) {
            m_json.rawMember("tools", value.text());
        }
    } else if (!isOneOf(unsaid, member) && !isEmpty(value)) {
        addIgnored(m_request.ignored, member.key());
    }
}

void OllamaRequestReader::writeFormat(const JsonValue &format)
{
    if (format.equals("json")) {
        m_json.rawMember("response_format", R"({"type":"json_object"})");
    } else if (format.isObject()) {
        m_json.key("response_format").beginObject().word("type", "json_schema");
        m_json.key("json_schema").beginObject().word("name", "answer");
        m_json.rawMember("schema", format.text()).endObject().endObject();
    }
}

void OllamaRequestReader::writeOptions(const JsonValue &options)
{
    for (const JsonMember &member : options.members()) {
        const bool isNumber = member.value.isNumber();
        if (member.keyIs("num_predict")) {
            if (member.value.integer().value_or(0) > 0) { // negative: without end
                m_json.rawMember("max_tokens", member.value.text());
            }
        } else if (member.keyIs("stop")) {
            writeStop(member.value);
        } else if (isNumber && isOneOf(sharedOptions, member)) {
            m_json.rawMember(member.rawKey, member.value.text());
        } else if (!isOneOf(machineOptions, member) && !isEmpty(member.value)) {
            addIgnored(m_request.ignored, "options." + member.key());
        }
    }
}

void OllamaRequestReader::writeStop(const JsonValue &stop)
{
    if (stop.isString()) {
        m_json.rawMember("stop", stop.text());
        return;
    }
    if (!stop.isArray() || stop.isEmptyContainer()) {
        return;
    }
    m_json.key("stop").beginArray();
    int count = 0;
    for (const JsonValue sequence : stop.elements()) {
        if (count++ < maxStopSequences) {
            m_json.raw(sequence.text());
        }
    }
    m_json.endArray();
    if (count > maxStopSequences) {
        addIgnored(m_request.ignored, "options.stop[4]"_ba);
    }
}

std::optional<common::Error> OllamaRequestReader::writeMessages(const JsonValue &messages)
{
    if (!messages.isArray()) {
        return invalidParameter(u"messages"_s, u"a list of messages is expected"_s);
    }
    m_json.key("messages").beginArray();
    int index = 0;
    for (const JsonValue message : messages.elements()) {
        const JsonValue role = message["role"];
        if (!role.isString()) {
            return invalidParameter(
                QString::fromLatin1(indexed("messages"_ba, index)) + u".role"_s,
                u"a text is expected"_s);
        }
        ++index;
        m_json.beginObject().rawMember("role", role.text());
        if (role.equals("tool")) {
            m_json.member("tool_call_id", takeCallId(message));
        }
        writeCalls(message["tool_calls"]);
        writeContent(message["content"], message["images"]);
        m_json.endObject();
    }
    m_json.endArray();
    return std::nullopt;
}

void OllamaRequestReader::writePrompt(const JsonValue &root)
{
    const JsonValue given = root["system"];
    const QByteArrayView system = given.isString() && !isEmpty(given) ? given.text()
                                                                      : QByteArrayView();
    const QByteArray suffix = root["suffix"].string();
    m_request.fillsIn = !suffix.isEmpty();
    if (m_request.fillsIn) {
        writeFillIn(m_json, root["prompt"].string(), suffix, system);
        return;
    }
    m_json.key("messages").beginArray();
    if (!system.isEmpty()) {
        m_json.beginObject().word("role", "system").rawMember("content", system).endObject();
    }
    m_json.beginObject().word("role", "user");
    writeContent(root["prompt"], root["images"]);
    m_json.endObject().endArray();
}

void OllamaRequestReader::writeContent(const JsonValue &text, const JsonValue &images)
{
    const QByteArrayView said = text.isString() ? text.text() : QByteArrayView("\"\"");
    if (!images.isArray() || images.isEmptyContainer()) {
        m_json.rawMember("content", said);
        return;
    }
    m_json.key("content").beginArray();
    m_json.beginObject().word("type", "text").rawMember("text", said).endObject();
    for (const JsonValue image : images.elements()) {
        MediaBlock media;
        media.base64 = image.string();
        media.mediaType = imageType(media.base64);
        m_json.beginObject();
        writeMediaMembers(m_json, media);
        m_json.endObject();
    }
    m_json.endArray();
}

void OllamaRequestReader::writeCalls(const JsonValue &calls)
{
    if (!calls.isArray() || calls.isEmptyContainer()) {
        return;
    }
    m_json.key("tool_calls").beginArray();
    for (const JsonValue call : calls.elements()) {
        const JsonValue function = call["function"];
        Call open{call["id"].string(), function["name"].string()};
        if (open.id.isEmpty()) {
            open.id = "call_" + QByteArray::number(m_calls);
        }
        ++m_calls;
        const JsonValue arguments = function["arguments"];
        const QByteArray text = arguments.isString() ? arguments.string()
                                                     : arguments.text().toByteArray();
        m_json.beginObject().member("id", open.id).word("type", "function").key("function");
        m_json.beginObject().member("name", open.name).rawMember("arguments", jsonString(text));
        m_json.endObject().endObject();
        m_open.push_back(std::move(open));
    }
    m_json.endArray();
}

QByteArray OllamaRequestReader::takeCallId(const JsonValue &message)
{
    const QByteArray id = message["tool_call_id"].string();
    const QByteArray name = message["tool_name"].string();
    auto call = std::find_if(m_open.begin(), m_open.end(), [&](const Call &one) {
        return id.isEmpty() ? one.name == name : one.id == id;
    });
    if (call == m_open.end()) {
        call = m_open.begin();
    }
    if (call == m_open.end()) {
        return id.isEmpty() ? "call_unknown"_ba : id; // the provider says that it has no call
    }
    const QByteArray found = call->id;
    m_open.erase(call);
    return found;
}

} // namespace freerelay::dialects
