#include "openai_message_reader.h"

#include "core/dialects/canonical/data_url.h"
#include "core/dialects/json_fields.h"
#include "core/dialects/json_writer.h"

#include <QStringBuilder>

namespace freerelay::dialects {

namespace {

QByteArray cacheControlIn(const JsonFields &holder)
{
    const JsonValue hint = holder["cache_control"];
    return hint.isObject() ? hint.text().toByteArray() : QByteArray();
}

/// An address that a client gave: data inside or a reference.
MediaBlock mediaFrom(MediaKind kind, const QByteArray &address)
{
    MediaBlock media;
    media.kind = kind;
    if (std::optional<DataUrl> data = parseDataUrl(address)) {
        media.mediaType = std::move(data->mediaType);
        media.base64 = std::move(data->base64);
    } else {
        media.url = address;
    }
    return media;
}

MediaBlock readImage(const JsonValue &image)
{
    MediaBlock media = mediaFrom(
        MediaKind::Image, image.isString() ? image.string() : image["url"].string());
    media.detail = image["detail"].string();
    return media;
}

MediaBlock readAudio(const JsonValue &audio)
{
    MediaBlock media;
    media.kind = MediaKind::Audio;
    media.mediaType = "audio/" + audio["format"].string();
    media.base64 = audio["data"].string();
    return media;
}

MediaBlock readFile(const JsonValue &file)
{
    MediaBlock media;
    const QByteArray data = file["file_data"].string();
    if (!data.isEmpty()) {
        media = mediaFrom(MediaKind::Document, data);
    }
    media.kind = MediaKind::Document;
    media.fileId = file["file_id"].string();
    media.fileName = file["filename"].string();
    return media;
}

ContentBlock readPart(const JsonValue &object)
{
    const JsonFields part(object);
    const JsonValue type = part["type"];
    ContentBlock block{UnknownBlock{}, cacheControlIn(part)};
    if (type.equals("text")) {
        block.value = TextBlock{part["text"].string()};
    } else if (type.equals("refusal")) {
        block.value = TextBlock{part["refusal"].string(), true};
    } else if (type.equals("image_url")) {
        block.value = readImage(part["image_url"]);
    } else if (type.equals("input_audio")) {
        block.value = readAudio(part["input_audio"]);
    } else if (type.equals("file")) {
        block.value = readFile(part["file"]);
    } else {
        block.value = UnknownBlock{type.string(), object.text().toByteArray()};
    }
    return block;
}

/// Adds the parts of a message; a string is one.
void readContent(const JsonValue &content, std::vector<ContentBlock> &blocks)
{
    if (content.isString()) {
        blocks.push_back({TextBlock{content.string()}});
    }
    for (const JsonValue &part : content.elements()) {
        blocks.push_back(readPart(part));
    }
}

std::vector<ContentBlock> readContent(const JsonValue &content)
{
    std::vector<ContentBlock> blocks;
    readContent(content, blocks);
    return blocks;
}

ContentBlock readToolCall(const JsonValue &object)
{
    const JsonFields call(object);
    ToolUseBlock use;
    use.id = call["id"].string();
    if (call["type"].equals("custom")) {
        const JsonValue custom = call["custom"];
        use.name = custom["name"].string();
        JsonWriter(use.arguments)
            .beginObject()
            .member("input", custom["input"].string())
            .endObject();
    } else {
        const JsonFields function(call["function"]);
        const JsonValue arguments = function["arguments"];
        use.name = function["name"].string();
        use.arguments = arguments.isObject() ? arguments.text().toByteArray() : arguments.string();
    }
    use.signature = call["extra_content"]["google"]["thought_signature"].string();
    return {std::move(use)};
}

void readReasoning(const JsonFields &message, std::vector<ContentBlock> &blocks)
{
    for (const JsonValue &entry : message["reasoning_details"].elements()) {
        const JsonFields detail(entry);
        const QByteArray format = detail["format"].string();
        if (detail["type"].equals("reasoning.text")) {
            const ThinkingBlock thinking{
                detail["text"].string(), detail["signature"].string(), format};
            blocks.push_back({thinking});
        } else if (detail["type"].equals("reasoning.encrypted")) {
            blocks.push_back({RedactedThinkingBlock{detail["data"].string(), format}});
        }
    }
    if (!blocks.empty()) {
        return;
    }
    const JsonValue content = message["reasoning_content"];
    const QByteArray text = content.isString() ? content.string() : message["reasoning"].string();
    if (!text.isEmpty()) {
        blocks.push_back({ThinkingBlock{text, {}, {}}});
    }
}

CanonicalMessage readAssistant(const JsonFields &message)
{
    CanonicalMessage result{Role::Assistant, {}};
    readReasoning(message, result.blocks);
    readContent(message["content"], result.blocks);
    if (message["refusal"].isString()) {
        result.blocks.push_back({TextBlock{message["refusal"].string(), true}});
    }
    for (const JsonValue &call : message["tool_calls"].elements()) {
        result.blocks.push_back(readToolCall(call));
    }
    return result;
}

CanonicalMessage readToolResult(const JsonFields &message)
{
    ToolResultBlock result;
    result.toolUseId = message["tool_call_id"].string();
    result.isError = message["is_error"].isTrue();
    for (ContentBlock &block : readContent(message["content"])) {
        if (auto *text = std::get_if<TextBlock>(&block.value)) {
            result.content.emplace_back(std::move(*text));
        } else if (auto *media = std::get_if<MediaBlock>(&block.value)) {
            result.content.emplace_back(std::move(*media));
        }
    }
    CanonicalMessage read{Role::User, {}};
    read.blocks.push_back({std::move(result), cacheControlIn(message)});
    return read;
}

void readSystem(const JsonFields &message, CanonicalRequest &request)
{
    for (const ContentBlock &block : readContent(message["content"])) {
        const auto *text = std::get_if<TextBlock>(&block.value);
        if (text != nullptr && !text->text.trimmed().isEmpty()) {
            request.system.push_back({text->text, block.cacheControl});
        }
    }
}

} // namespace

QByteArray readCacheControl(const JsonValue &holder)
{
    return cacheControlIn(JsonFields(holder));
}

void readOpenAiMessage(const JsonValue &object, CanonicalRequest &request)
{
    const JsonFields message(object);
    const JsonValue role = message["role"];
    if (role.equals("system") || role.equals("developer")) {
        readSystem(message, request);
        return;
    }
    CanonicalMessage read;
    if (role.equals("assistant")) {
        read = readAssistant(message);
    } else if (role.equals("tool")) {
        read = readToolResult(message);
    } else {
        read = {Role::User, readContent(message["content"])};
    }
    // A hint on the message stands for one on its last block.
    const QByteArray hint = cacheControlIn(message);
    if (!hint.isEmpty() && !read.blocks.empty()) {
        read.blocks.back().cacheControl = hint;
    }
    request.messages.push_back(std::move(read));
}

} // namespace freerelay::dialects
