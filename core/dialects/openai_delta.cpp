#include "openai_delta.h"

#include "core/dialects/json_text.h"

namespace freerelay::dialects {

namespace {

/// Raw (escaped) pieces of a content array.
struct Parts
{
    QByteArray text;
    QByteArray thinking;
};

Parts readParts(JsonValue content)
{
    Parts parts;
    for (const JsonValue part : content.elements()) {
        const JsonValue thinking = part["thinking"];
        for (const JsonValue piece : thinking.elements()) {
            parts.thinking.append(piece["text"].rawString());
        }
        parts.thinking.append(thinking.rawString());
        parts.text.append(part["text"].rawString());
    }
    return parts;
}

void dropNull(JsonObjectEdit &edit, QByteArrayView key)
{
    const qsizetype index = edit.find(key);
    if (index >= 0 && edit.at(index).value.isNull()) {
        edit.remove(index);
    }
}

void setReasoning(JsonObjectEdit &edit, const QByteArray &json)
{
    edit.set("reasoning_content", json);
    edit.set("reasoning", json);
}

/// Text in one string.
bool sortContent(JsonObjectEdit &edit, JsonValue content, SaidText &said, TextRest rest)
{
    const QByteArray text = content.string();
    SaidPiece piece = said.take(text);
    if (rest == TextRest::None) {
        const SaidPiece last = said.end();
        piece.thinking += last.thinking;
        piece.text += last.text;
    }
    if (piece.text != text) {
        edit.set("content", jsonString(piece.text));
    }
    if (!piece.thinking.isEmpty()) {
        setReasoning(edit, jsonString(piece.thinking));
    }
    return !piece.isEmpty();
}

bool completeContent(JsonObjectEdit &edit, SaidText &said, TextRest rest)
{
    const JsonValue content = edit.value("content");
    if (!content.isArray()) {
        return said.isPlain() || content.rawString().isEmpty()
            ? !content.rawString().isEmpty()
            : sortContent(edit, content, said, rest);
    }
    const Parts parts = readParts(content);
    edit.set("content", '"' + parts.text + '"');
    if (!parts.thinking.isEmpty()) {
        setReasoning(edit, '"' + parts.thinking + '"');
    }
    return !parts.text.isEmpty() || !parts.thinking.isEmpty();
}

bool completeReasoning(JsonObjectEdit &edit)
{
    const JsonValue shortName = edit.value("reasoning");
    const JsonValue longName = edit.value("reasoning_content");
    if (!shortName.rawString().isEmpty() && longName.rawString().isEmpty()) {
        edit.set("reasoning_content", shortName.text().toByteArray());
    } else if (!longName.rawString().isEmpty() && shortName.rawString().isEmpty()) {
        edit.set("reasoning", longName.text().toByteArray());
    }
    return !shortName.rawString().isEmpty() || !longName.rawString().isEmpty();
}

} // namespace

bool completeText(JsonObjectEdit &edit, SaidText &said, TextRest rest)
{
    bool hasContent = completeReasoning(edit);
    hasContent = completeContent(edit, said, rest) || hasContent;
    const JsonValue calls = edit.value("tool_calls");
    hasContent = hasContent || !edit.value("refusal").rawString().isEmpty()
        || (calls.isArray() && !calls.isEmptyContainer()) || edit.value("function_call").isObject()
        || edit.value("audio").isObject();
    dropNull(edit, "tool_calls");
    dropNull(edit, "function_call");
    return hasContent;
}

} // namespace freerelay::dialects
