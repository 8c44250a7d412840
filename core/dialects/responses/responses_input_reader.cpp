#include "responses_input_reader.h"

#include "core/dialects/canonical/canonical_content.h"
#include "core/dialects/canonical/chat_request_parts.h"
#include "core/dialects/json_fields.h"
#include "core/dialects/responses/compaction.h"
#include "core/dialects/responses/responses_thoughts.h"

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Older items name their call in `id`.
QByteArray callIdOf(const JsonFields &item)
{
    const JsonValue id = item["call_id"];
    return id.isString() ? id.string() : item["id"].string();
}

bool isText(const JsonValue &part)
{
    const JsonValue type = part["type"];
    return type.equals("input_text") || type.equals("output_text") || type.equals("text")
        || type.equals("summary_text");
}

bool isPart(const JsonValue &part)
{
    const JsonValue type = part["type"];
    return isText(part) || type.equals("input_image") || type.equals("input_file")
        || type.equals("input_audio");
}

QString latin(const QByteArray &path)
{
    return QString::fromLatin1(path);
}

} // namespace

QByteArray ResponsesInputReader::path() const
{
    return indexed("input", m_item);
}

void ResponsesInputReader::ignore(const QByteArray &what)
{
    addIgnored(m_ignored, what);
}

std::optional<common::Error> ResponsesInputReader::read(const JsonValue &input)
{
    if (input.isString()) {
        m_json.beginObject().word("role", "user").rawMember("content", input.text()).endObject();
        return std::nullopt;
    }
    gatherOutputs(input);
    int index = 0;
    for (const JsonValue &item : input.elements()) {
        m_item = index++;
        if (auto error = readItem(item)) {
            return error;
        }
    }
    flush();
    return std::nullopt;
}

void ResponsesInputReader::gatherOutputs(const JsonValue &input)
{
    for (const JsonValue &object : input.elements()) {
        const JsonFields item(object);
        if (kindOfOutput(item["type"])) {
            m_outputs[callIdOf(item)].items.push_back(object);
        }
    }
}

std::optional<common::Error> ResponsesInputReader::readItem(const JsonValue &object)
{
    const JsonFields item(object);
    const JsonValue type = item["type"];
    if (type.equals("message") || (type.isAbsent() && item["role"].isString())) {
        return readMessage(item);
    }
    if (const auto kind = kindOfCall(type)) {
        m_calls.push_back(
            {callIdOf(item), calledFunction(*kind, item), calledArguments(*kind, item)});
    } else if (kindOfOutput(type)) {
        return readOutput(item);
    } else if (type.equals("reasoning")) {
        readThought(item);
    } else if (type.equals("compaction") || type.equals("compaction_summary")) {
        readSummary(item);
    } else if (type.equals("item_reference") || (type.isAbsent() && item["id"].isString())) {
        return invalidParameter(
            latin(path()),
            u"Item “%1” is not kept here (any more)."_s.arg(
                QString::fromUtf8(item["id"].string().left(80))));
    } else if (!type.equals("additional_tools") && !type.equals("compaction_trigger")) {
        ignore(path() + ' ' + type.string());
    }
    return std::nullopt;
}

std::optional<common::Error> ResponsesInputReader::readMessage(const JsonFields &item)
{
    const JsonValue role = item["role"];
    const JsonValue content = item["content"];
    if (!content.isString() && !content.isArray()) {
        return invalidParameter(
            latin(path() + ".content"), u"Expected a string or an array of parts."_s);
    }
    if (auto error = checkParts(content)) {
        return error;
    }
    if (role.equals("assistant")) {
        readAssistant(content);
        return std::nullopt;
    }
    const bool isSystem = role.equals("system") || role.equals("developer");
    if (!isSystem && !role.equals("user")) {
        ignore(path() + " role " + role.string());
        return std::nullopt;
    }
    flush();
    m_json.beginObject().word("role", isSystem ? "system" : "user").key("content");
    writeContent(content);
    m_json.endObject();
    return std::nullopt;
}

void ResponsesInputReader::readAssistant(const JsonValue &content)
{
    if (content.isString()) {
        m_words.push_back(content);
        return;
    }
    int index = 0;
    for (const JsonValue &part : content.elements()) {
        const JsonValue words = part[part["type"].equals("refusal") ? "refusal" : "text"];
        if (words.isString()) {
            m_words.push_back(words);
        } else {
            ignore(indexed(path() + ".content", index) + ' ' + part["type"].string());
        }
        ++index;
    }
}

/// Nobody takes back thoughts that its provider has not signed; signed ones come in our own seal.
void ResponsesInputReader::readThought(const JsonFields &item)
{
    const JsonValue encrypted = item["encrypted_content"];
    if (!encrypted.isString()) {
        return;
    }
    const auto opened = openSeal(encrypted.string());
    if (!opened) {
        ignore(path() + " reasoning.encrypted_content");
        return;
    }
    if (!m_calls.empty()) {
        flush(); // a thought begins a turn
    }
    if (!opened->details.isEmpty()) {
        m_details += (m_details.isEmpty() ? "" : ",") + opened->details;
    }
    m_signatures.insert(opened->callSignatures);
}

/// What was said before the conversation was made shorter. Nobody else can open OpenAI's own.
void ResponsesInputReader::readSummary(const JsonFields &item)
{
    const auto summary = openSummary(item["encrypted_content"].string());
    if (!summary) {
        ignore(path() + ' ' + item["type"].string());
        return;
    }
    flush();
    m_json.beginObject().word("role", "user").member("content", *summary).endObject();
}

std::optional<common::Error> ResponsesInputReader::readOutput(const JsonFields &item)
{
    const QByteArray id = callIdOf(item);
    flush();
    if (Outputs &outputs = m_outputs[id]; outputs.met < outputs.written) {
        ++outputs.met;
        return std::nullopt;
    }
    return invalidParameter(
        latin(path()),
        u"No tool call found for function call output with call_id %1."_s.arg(
            QString::fromUtf8(id.left(80))));
}

/// Writes the assistant's message that was gathered, and the outputs of its calls.
void ResponsesInputReader::flush()
{
    if (m_words.empty() && m_calls.empty()) {
        m_details.clear(); // a thought alone says nothing
        return;
    }
    m_json.beginObject().word("role", "assistant").key("content");
    writeWords();
    if (!m_details.isEmpty()) {
        m_json.rawMember("reasoning_details", QByteArray('[' + m_details + ']'));
    }
    if (!m_calls.empty()) {
        m_json.key("tool_calls").beginArray();
        for (const Call &call : m_calls) {
            writeCall(call);
        }
        m_json.endArray();
    }
    m_json.endObject();
    for (const Call &call : m_calls) {
        writeOutputOf(call);
    }
    m_words.clear();
    m_details.clear();
    m_calls.clear();
}

void ResponsesInputReader::writeWords()
{
    if (m_words.empty()) {
        m_json.null();
    } else if (m_words.size() == 1) {
        m_json.raw(m_words.front().text());
    } else {
        m_json.beginArray();
        for (const JsonValue &words : m_words) {
            m_json.beginObject().word("type", "text").rawMember("text", words.text()).endObject();
        }
        m_json.endArray();
    }
}

void ResponsesInputReader::writeCall(const Call &call)
{
    m_json.beginObject().member("id", call.id).word("type", "function").key("function");
    m_json.beginObject().member("name", call.name).member("arguments", call.arguments).endObject();
    if (const QByteArray signature = m_signatures.value(call.id); !signature.isEmpty()) {
        m_json.key("extra_content").beginObject().key("google").beginObject();
        m_json.member("thought_signature", signature).endObject().endObject();
    }
    m_json.endObject();
}

void ResponsesInputReader::writeOutputOf(const Call &call)
{
    const auto waiting = m_outputs.find(call.id);
    if (waiting == m_outputs.end()) {
        return;
    }
    Outputs &outputs = waiting->second;
    if (outputs.written == outputs.items.size()) {
        return;
    }
    const JsonValue item = outputs.items[outputs.written++];
    m_json.beginObject().word("role", "tool").member("tool_call_id", call.id).key("content");
    writeOutput(item);
    m_json.endObject();
}

/// Text, parts, or (of shells and patches) what is told as JSON.
void ResponsesInputReader::writeOutput(const JsonValue &object)
{
    const JsonFields item(object);
    const JsonValue output = item["output"];
    const JsonValue status = item["status"];
    if (output.isString()) {
        m_json.raw(output.text());
    } else if (isPart(output.first())) {
        Parts parts;
        for (const JsonValue &part : output.elements()) {
            if (isPart(part)) {
                parts.push_back(part);
            } else {
                ignore("output " + part["type"].string());
            }
        }
        writeParts(parts);
    } else if (!output.isAbsent()) {
        m_json.string(output.text());
    } else {
        m_json.raw(status.isString() ? status.text() : "\"\"");
    }
}

/// A picture that some provider keeps can be shown to nobody else.
std::optional<common::Error> ResponsesInputReader::checkParts(const JsonValue &content) const
{
    int index = 0;
    for (const JsonValue &part : content.elements()) {
        if (part["type"].equals("input_image") && !part["image_url"].isString()) {
            return invalidParameter(
                latin(indexed(path() + ".content", index) + ".image_url"),
                u"Expected a URL or data URL; uploaded files are not kept here."_s);
        }
        ++index;
    }
    return std::nullopt;
}

void ResponsesInputReader::writeContent(const JsonValue &content)
{
    if (content.isString()) {
        m_json.raw(content.text());
        return;
    }
    Parts parts;
    int index = 0;
    for (const JsonValue &part : content.elements()) {
        if (isPart(part)) {
            parts.push_back(part);
        } else {
            ignore(indexed(path() + ".content", index) + ' ' + part["type"].string());
        }
        ++index;
    }
    writeParts(parts);
}

void ResponsesInputReader::writeParts(const Parts &parts)
{
    writeContentParts(m_json, parts, isText, [this](const JsonValue &part) { writePart(part); });
}

void ResponsesInputReader::writePart(const JsonValue &part)
{
    const JsonValue type = part["type"];
    m_json.beginObject();
    if (isText(part)) {
        const JsonValue text = part["text"];
        m_json.word("type", "text").rawMember("text", text.isString() ? text.text() : "\"\"");
    } else if (type.equals("input_image")) {
        m_json.word("type", "image_url").key("image_url").beginObject();
        m_json.rawMember("url", part["image_url"].text());
        if (const JsonValue detail = part["detail"]; detail.isString()) {
            m_json.rawMember("detail", detail.text());
        }
        m_json.endObject();
    } else if (type.equals("input_audio")) {
        m_json.word("type", "input_audio").rawMember("input_audio", part["input_audio"].text());
    } else {
        m_json.word("type", "file").key("file").beginObject();
        const JsonValue url = part["file_url"];
        for (const char *name : {"filename", "file_id"}) {
            if (const JsonValue value = part[name]; value.isString()) {
                m_json.rawMember(name, value.text());
            }
        }
        const JsonValue data = url.isString() ? url : part["file_data"];
        if (data.isString()) {
            m_json.rawMember("file_data", data.text());
        }
        m_json.endObject();
    }
    m_json.endObject();
}

} // namespace freerelay::dialects
