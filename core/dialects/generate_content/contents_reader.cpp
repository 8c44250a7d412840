#include "contents_reader.h"

#include "core/dialects/canonical/canonical_content.h"
#include "core/dialects/canonical/chat_request_parts.h"
#include "core/dialects/generate_content/generate_content_words.h"
#include "core/dialects/json_text.h"

#include <algorithm>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

/// One part, its fields found in one pass.
struct ContentsReader::Part
{
    Part(const JsonValue &part, const Place &ofContent, int at)
        : content(ofContent)
        , index(at)
    {
        for (const JsonMember &member : part.members()) {
            take(member);
        }
    }

    void take(const JsonMember &member)
    {
        if (isField(member, "text")) {
            text = member.value;
        } else if (isField(member, "inlineData")) {
            data = member.value;
        } else if (isField(member, "fileData")) {
            file = member.value;
        } else if (isField(member, "functionCall")) {
            call = member.value;
        } else if (isField(member, "functionResponse")) {
            result = member.value;
        } else if (isField(member, "thought")) {
            isThought = member.value.isTrue();
        } else if (isField(member, "thoughtSignature")) {
            signature = member.value;
        } else if (other.isEmpty() && !isField(member, "videoMetadata")) {
            other = member.key();
        }
    }

    [[nodiscard]] bool isText() const { return text.isString() && !isThought; }
    [[nodiscard]] bool isMedia() const { return data.isObject() || file.isObject(); }

    [[nodiscard]] QByteArray path() const { return indexed(content.path() + ".parts", index); }

    Place content;
    int index;
    JsonValue text;
    JsonValue data;
    JsonValue file;
    JsonValue call;
    JsonValue result;
    JsonValue signature;
    bool isThought = false;
    QByteArray other; ///< a field without a counterpart
};

namespace {

template <typename Part, typename Place>
std::vector<Part> partsOf(const JsonValue &content, const Place &place)
{
    std::vector<Part> parts;
    int index = 0;
    for (const JsonValue &part : field(content, "parts").elements()) {
        parts.emplace_back(part, place, index++);
    }
    return parts;
}

/// The value of the only member of an object when it has one of the names.
JsonValue soleMember(const JsonValue &object, std::initializer_list<QByteArrayView> names)
{
    JsonValue value;
    int count = 0;
    for (const JsonMember &member : object.members()) {
        ++count;
        for (const QByteArrayView name : names) {
            value = member.keyIs(name) ? member.value : value;
        }
    }
    return count == 1 ? value : JsonValue();
}

common::Error unreadable(const QByteArray &path, const QString &message)
{
    return invalidParameter(QString::fromLatin1(path), message);
}

} // namespace

QByteArray ContentsReader::Place::path() const
{
    const QByteArray plain = holder == nullptr ? QByteArray(name) : holder->path() + '.' + name;
    return index < 0 ? plain : indexed(plain, index);
}

void ContentsReader::ignore(const Part &part)
{
    if (!part.other.isEmpty()) {
        addIgnored(m_ignored, part.path() + ' ' + part.other);
    }
}

void ContentsReader::writeSystem(const JsonValue &instruction)
{
    QByteArrayList texts;
    if (instruction.isString()) {
        texts.append(instruction.rawString().toByteArray());
    }
    for (const Part &part : partsOf<Part>(instruction, Place{"systemInstruction"})) {
        if (part.isText()) {
            texts.append(part.text.rawString().toByteArray());
        } else {
            ignore(part);
        }
    }
    if (!texts.isEmpty()) {
        m_json.beginObject().word("role", "system");
        m_json.rawMember("content", QByteArray('"' + texts.join("\\n\\n") + '"')).endObject();
    }
}

std::optional<common::Error> ContentsReader::writeContents(const JsonValue &contents)
{
    if (contents.isString()) { // some clients' short form
        m_json.beginObject().word("role", "user").rawMember("content", contents.text());
        m_json.endObject();
        return std::nullopt;
    }
    if (contents.isObject()) {
        return writeContent(contents, {"contents"});
    }
    if (!contents.isArray() || contents.isEmptyContainer()) {
        return unreadable("contents", u"contents is not specified"_s);
    }
    int index = 0;
    for (const JsonValue &content : contents.elements()) {
        if (auto error = writeContent(content, {"contents", index++})) {
            return error;
        }
    }
    return std::nullopt;
}

std::optional<common::Error>
ContentsReader::writeContent(const JsonValue &content, const Place &place)
{
    const JsonValue role = content["role"];
    const std::vector<Part> parts = partsOf<Part>(content, place);
    for (const Part &part : parts) {
        ignore(part);
    }
    if (role.equals("model")) {
        writeModel(parts);
        return std::nullopt;
    }
    if (role.equals("system")) {
        writeSystem(content);
        return std::nullopt;
    }
    if (role.isAbsent() || role.equals("user") || role.equals("function")) {
        return writeUser(parts);
    }
    return unreadable(place.path() + ".role", u"Please use a valid role: user, model."_s);
}

void ContentsReader::writeModel(const std::vector<Part> &parts)
{
    QByteArray text; // pieces of one text, as they were streamed
    bool hasText = false;
    bool hasCall = false;
    for (const Part &part : parts) {
        if (part.isText()) {
            text.append(part.text.rawString());
            hasText = true;
        } else if (part.isMedia()) {
            addIgnored(m_ignored, part.path() + " inlineData");
        }
        hasCall = hasCall || part.call.isObject();
    }
    if (!hasText && !hasCall) {
        return; // only thoughts
    }
    m_json.beginObject().word("role", "assistant").key("content");
    hasText ? m_json.raw(QByteArray('"' + text + '"')) : m_json.null();
    writeSignature(parts);
    if (hasCall) {
        m_json.key("tool_calls").beginArray();
        for (const Part &part : parts) {
            if (part.call.isObject()) {
                writeCall(part);
            }
        }
        m_json.endArray();
    }
    m_json.endObject();
}

/// Of the text; calls carry their own.
void ContentsReader::writeSignature(const std::vector<Part> &parts)
{
    const auto signedPart = std::find_if(parts.rbegin(), parts.rend(), [](const Part &part) {
        return part.signature.isString() && !part.call.isObject();
    });
    if (signedPart != parts.rend()) {
        m_json.key("reasoning_details").beginArray().beginObject();
        m_json.word("type", "reasoning.encrypted");
        m_json.rawMember("data", signedPart->signature.text());
        m_json.member("format", googleSignatureFormat).endObject().endArray();
    }
}

void ContentsReader::writeCall(const Part &part)
{
    const QByteArray name = part.call["name"].string();
    const JsonValue args = part.call["args"];
    QByteArray id = part.call["id"].string();
    if (id.isEmpty()) {
        id = nextId();
    }
    m_json.beginObject().member("id", id).word("type", "function");
    m_json.key("function").beginObject().member("name", name);
    m_json.member("arguments", args.isObject() ? args.text() : QByteArrayView("{}")).endObject();
    if (part.signature.isString()) {
        m_json.key("extra_content").beginObject().key("google").beginObject();
        m_json.rawMember("thought_signature", part.signature.text()).endObject().endObject();
    }
    m_json.endObject();
    m_open.push_back({std::move(id), name});
}

QByteArray ContentsReader::nextId()
{
    return "call_" + QByteArray::number(++m_calls);
}

QByteArray ContentsReader::answeredCall(const JsonValue &id, const QByteArray &name)
{
    const QByteArray given = id.string();
    const auto call = std::find_if(m_open.begin(), m_open.end(), [&](const OpenCall &open) {
        return given.isEmpty() ? open.name == name : open.id == given;
    });
    if (call == m_open.end()) {
        return given.isEmpty() ? nextId() : given;
    }
    QByteArray found = std::move(call->id);
    m_open.erase(call);
    return found;
}

std::optional<common::Error> ContentsReader::writeUser(const std::vector<Part> &parts)
{
    std::vector<const Part *> said;
    for (const Part &part : parts) {
        if (part.result.isObject()) {
            if (auto error = writeResult(part)) {
                return error;
            }
        } else if (part.isText() || part.isMedia()) {
            said.push_back(&part);
        }
    }
    if (said.empty()) {
        return std::nullopt;
    }
    m_json.beginObject().word("role", "user").key("content");
    auto error = writeParts(said);
    m_json.endObject();
    return error;
}

/// Google's convention: `output` holds the result, `error` what went wrong, anything else is the
/// result itself.
std::optional<common::Error> ContentsReader::writeResult(const Part &part)
{
    const JsonValue response = part.result["response"];
    const JsonValue error = soleMember(response, {"error"});
    JsonValue text = error.isMissing() ? soleMember(response, {"output", "result"}) : error;
    text = text.isString() ? text : JsonValue();
    m_json.beginObject().word("role", "tool");
    m_json.member("tool_call_id", answeredCall(part.result["id"], part.result["name"].string()));
    if (!error.isMissing()) {
        m_json.key("is_error").boolean(true);
    }
    const QByteArray content = !text.isMissing()
        ? text.text().toByteArray()
        : jsonString((error.isMissing() ? response : error).text().toByteArray());
    std::vector<Part> media;
    for (Part &one : partsOf<Part>(part.result, Place{"functionResponse", -1, &part})) {
        if (one.isMedia()) {
            media.push_back(std::move(one));
        }
    }
    m_json.key("content");
    std::optional<common::Error> failed;
    if (media.empty()) {
        m_json.raw(content);
    } else {
        m_json.beginArray().beginObject().word("type", "text").rawMember("text", content);
        m_json.endObject();
        for (const Part &one : media) {
            failed = failed ? failed : writeMedia(one);
        }
        m_json.endArray();
    }
    m_json.endObject();
    return failed;
}

/// One text alone is written as a string: not every provider takes a list.
std::optional<common::Error> ContentsReader::writeParts(const std::vector<const Part *> &parts)
{
    if (parts.size() == 1 && parts.front()->isText()) {
        m_json.raw(parts.front()->text.text());
        return std::nullopt;
    }
    m_json.beginArray();
    for (const Part *part : parts) {
        if (part->isText()) {
            m_json.beginObject().word("type", "text").rawMember("text", part->text.text());
            m_json.endObject();
        } else if (auto error = writeMedia(*part)) {
            return error;
        }
    }
    m_json.endArray();
    return std::nullopt;
}

std::optional<common::Error> ContentsReader::writeMedia(const Part &part)
{
    return part.data.isObject() ? writeData(part) : writeFile(part);
}

std::optional<common::Error> ContentsReader::writeData(const Part &part)
{
    MediaBlock media;
    media.mediaType = field(part.data, "mimeType").string();
    media.base64 = part.data["data"].string();
    if (media.mediaType.startsWith("text/")) {
        m_json.beginObject().word("type", "text");
        m_json.member("text", QByteArray::fromBase64(media.base64)).endObject();
        return std::nullopt;
    }
    if (media.mediaType.startsWith("audio/")) {
        media.kind = MediaKind::Audio;
    } else if (media.mediaType == "application/pdf") {
        media.kind = MediaKind::Document;
    } else if (!media.mediaType.startsWith("image/")) {
        return unreadable(
            part.path() + ".inlineData.mimeType",
            u"Images, sound, PDF and text can be sent on; this type cannot."_s);
    }
    m_json.beginObject();
    writeMediaMembers(m_json, media);
    m_json.endObject();
    return std::nullopt;
}

/// Addresses that anybody can fetch; what was uploaded to Google only Google can read.
std::optional<common::Error> ContentsReader::writeFile(const Part &part)
{
    MediaBlock media;
    media.url = field(part.file, "fileUri").string();
    const bool isOpen = media.url.startsWith("https://") && !media.url.contains("googleapis.com");
    if (!isOpen || !field(part.file, "mimeType").rawString().startsWith("image/")) {
        return unreadable(
            part.path() + ".fileData",
            u"A file that was uploaded elsewhere cannot be read here: send it as inlineData."_s);
    }
    m_json.beginObject();
    writeMediaMembers(m_json, media);
    m_json.endObject();
    return std::nullopt;
}

} // namespace freerelay::dialects
