#include "openai_messages_encoder.h"

#include "core/dialects/json_object_edit.h"

#include <algorithm>
#include <utility>

namespace freerelay::dialects {

namespace {

bool isAlphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Members that a provider with a strict schema accepts (Mistral's OpenAPI: SystemMessage,
/// UserMessage, AssistantMessage, ToolMessage; additionalProperties false).
bool isStrictKey(const JsonMember &member, JsonValue role)
{
    if (member.keyIs("role") || member.keyIs("content")) {
        return true;
    }
    if (role.equals("assistant")) {
        return member.keyIs("tool_calls") || member.keyIs("prefix");
    }
    if (role.equals("tool")) {
        return member.keyIs("tool_call_id") || member.keyIs("name");
    }
    return role.equals("function") && member.keyIs("name");
}

bool isStrictCallKey(const JsonMember &member)
{
    return member.keyIs("id") || member.keyIs("type") || member.keyIs("function")
        || member.keyIs("index");
}

/// How a model is told that a tool failed: OpenAI's form has no member for it.
constexpr QByteArrayView errorMark = "Error: ";

bool saysError(JsonValue text)
{
    constexpr QByteArrayView word = "error";
    const QByteArrayView said = text.rawString();
    return said.size() >= word.size()
        && said.first(word.size()).compare(word, Qt::CaseInsensitive) == 0;
}

/// All text parts as one JSON string; null when there is a part that is no text.
QByteArray flattened(JsonValue parts, QByteArrayView mark)
{
    QByteArray out("\"");
    out.append(mark);
    bool isFirst = true;
    for (const JsonValue part : parts.elements()) {
        const JsonValue text = part["text"];
        if (!text.isString()) {
            return {};
        }
        if (!std::exchange(isFirst, false)) {
            out.append("\\n");
        }
        out.append(text.rawString());
    }
    return out.append('"');
}

/// Applies the rules to one message.
class MessageEncoder
{
public:
    MessageEncoder(const catalog::WireRules &rules, bool foreign, Splicer &splicer)
        : m_rules(rules)
        , m_foreign(foreign)
        , m_splicer(splicer)
    { }

    void encode(JsonValue message) const
    {
        JsonObjectEdit edit(message);
        const qsizetype role = edit.find("role");
        const JsonValue roleValue = role < 0 ? JsonValue() : edit.at(role).value;
        if (!m_rules.developerRole && roleValue.equals("developer")) {
            edit.set("role", "\"system\"");
        }
        const bool isError = m_foreign && edit.value("is_error").isTrue();
        encodeContent(edit, roleValue, isError ? errorMark : QByteArrayView());
        if (m_foreign) {
            edit.remove("reasoning_details");
            edit.remove("cache_control");
            edit.remove("is_error");
        }
        if (m_rules.strictMessages) {
            for (qsizetype i = 0; i < edit.size(); ++i) {
                if (!edit.isRemoved(i) && !isStrictKey(edit.at(i), roleValue)) {
                    edit.remove(i);
                }
            }
        }
        if (m_rules.toolCallIdLength > 0 || m_rules.strictMessages || m_foreign) {
            encodeToolCalls(edit);
        }
        edit.commit(m_splicer);
    }

private:
    /// @param mark  what the text begins with, unless it says so itself
    void encodeContent(JsonObjectEdit &edit, JsonValue role, QByteArrayView mark) const
    {
        const JsonValue content = edit.value("content");
        const bool nullRefused = m_rules.nullContentAsEmpty
            || (m_rules.strictMessages && content.isNull() && !role.equals("assistant"));
        if (nullRefused && content.isAbsent()) {
            edit.set("content", "\"\"");
        } else if (m_rules.flattenContent && content.isArray()) {
            const bool says = saysError(content.first()["text"]);
            const QByteArray text = flattened(content, says ? QByteArrayView() : mark);
            if (!text.isNull()) {
                edit.set("content", text);
                return;
            }
        }
        if (!mark.isEmpty()) {
            markContent(edit, content, mark);
        }
        if (m_foreign) {
            removeHints(content);
        }
    }

    void markContent(JsonObjectEdit &edit, JsonValue content, QByteArrayView mark) const
    {
        if (content.isString() && !saysError(content)) {
            edit.set("content", '"' + mark.toByteArray() + content.rawString().toByteArray() + '"');
        } else if (content.isArray() && !content.isEmptyContainer()) {
            m_splicer.insert(
                content.begin() + 1,
                "{\"type\":\"text\",\"text\":\"" + mark.trimmed().toByteArray() + "\"},");
        }
    }

    /// Hints for a provider's cache.
    void removeHints(JsonValue parts) const
    {
        for (const JsonValue part : parts.elements()) {
            JsonObjectEdit edit(part);
            edit.remove("cache_control");
            edit.commit(m_splicer);
        }
    }

    void encodeToolCalls(JsonObjectEdit &message) const
    {
        const qsizetype reference = message.find("tool_call_id");
        if (reference >= 0 && message.at(reference).value.isString()) {
            rewriteId(message, reference);
        }
        const JsonValue calls = message.value("tool_calls");
        for (const JsonValue call : calls.elements()) {
            JsonObjectEdit edit(call);
            for (qsizetype i = 0; m_rules.strictMessages && i < edit.size(); ++i) {
                if (!isStrictCallKey(edit.at(i))) {
                    edit.remove(i);
                }
            }
            if (m_foreign && !m_rules.strictMessages) {
                edit.remove("cache_control");
            }
            const qsizetype id = edit.find("id");
            if (id >= 0 && edit.at(id).value.isString()) {
                rewriteId(edit, id);
            }
            edit.commit(m_splicer);
        }
    }

    void rewriteId(JsonObjectEdit &edit, qsizetype index) const
    {
        if (m_rules.toolCallIdLength <= 0) {
            return;
        }
        const QByteArray id = edit.at(index).value.string();
        const QByteArray shortened = shortToolCallId(id, m_rules.toolCallIdLength);
        if (shortened != id) {
            edit.replaceValue(index, '"' + shortened + '"');
        }
    }

    const catalog::WireRules &m_rules;
    bool m_foreign;
    Splicer &m_splicer;
};

} // namespace

QByteArray shortToolCallId(const QByteArray &id, int length)
{
    if (id.size() == length && std::all_of(id.begin(), id.end(), isAlphanumeric)) {
        return id;
    }
    // FNV-1a, 64 bits: two of a conversation's few ids meet with a chance of 62^-9.
    std::uint64_t hash = 0xcbf29ce484222325U;
    const auto mix = [&hash](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3U; };
    for (const char c : id) {
        mix(static_cast<unsigned char>(c));
    }
    constexpr char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    QByteArray out;
    out.reserve(length);
    for (int i = 0; i < length; ++i) {
        mix(static_cast<unsigned char>(i));
        out.append(digits[(hash >> 32) % 62]);
    }
    return out;
}

bool rewritesMessages(const catalog::WireRules &rules)
{
    return rules.nullContentAsEmpty || rules.flattenContent || rules.strictMessages
        || rules.toolCallIdLength > 0;
}

void encodeMessages(
    JsonValue messages, const catalog::WireRules &rules, bool foreign, Splicer &splicer)
{
    const bool all = foreign || rewritesMessages(rules);
    if (!all && rules.developerRole) {
        return;
    }
    const MessageEncoder encoder(rules, foreign, splicer);
    for (const JsonValue message : messages.elements()) {
        if (all || message["role"].equals("developer")) {
            encoder.encode(message);
        }
    }
}

} // namespace freerelay::dialects
