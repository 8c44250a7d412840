#include "openai_delta.h"

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

bool completeContent(JsonObjectEdit &edit)
{
    const JsonValue content = edit.value("content");
    if (!content.isArray()) {
        return !content.rawString().isEmpty();
    }
    const Parts parts = readParts(content);
    edit.set("content", '"' + parts.text + '"');
    if (!parts.thinking.isEmpty()) {
        edit.set("reasoning_content", '"' + parts.thinking + '"');
        edit.set("reasoning", '"' + parts.thinking + '"');
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

bool completeText(JsonObjectEdit &edit)
{
    bool hasContent = completeReasoning(edit);
    hasContent = completeContent(edit) || hasContent;
    const JsonValue calls = edit.value("tool_calls");
    hasContent = hasContent || !edit.value("refusal").rawString().isEmpty()
        || (calls.isArray() && !calls.isEmptyContainer()) || edit.value("function_call").isObject()
        || edit.value("audio").isObject();
    dropNull(edit, "tool_calls");
    dropNull(edit, "function_call");
    return hasContent;
}

} // namespace freerelay::dialects
