#include "openai_message_check.h"

#include "core/dialects/openai_parameters.h"

#include <array>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

using MaybeError = std::optional<common::Error>;

/// Stands for an image, a sound or a file in the estimate (see RequestNeeds).
constexpr std::int64_t mediaBytes = 1000 * 4;

constexpr std::array<QByteArrayView, 6> roles{
    "user", "assistant", "system", "tool", "developer", "function"};

common::Error invalid(QString message, QString param)
{
    return {common::ErrorKind::InvalidArgument, std::move(message), {}, std::move(param), {}};
}

common::Error missing(const QString &param)
{
    return invalid(u"Missing required parameter: '%1'."_s.arg(param), param);
}

/// The members of one message that are looked at.
struct Message
{
    JsonValue role;
    JsonValue content;
    JsonValue toolCalls;
    JsonValue toolCallId;
    JsonValue functionCall;
    JsonValue audio;
    JsonValue refusal;
};

Message readMessage(JsonValue object)
{
    Message message;
    for (const JsonMember &member : object.members()) {
        if (member.keyIs("role")) {
            message.role = member.value;
        } else if (member.keyIs("content")) {
            message.content = member.value;
        } else if (member.keyIs("tool_calls")) {
            message.toolCalls = member.value;
        } else if (member.keyIs("tool_call_id")) {
            message.toolCallId = member.value;
        } else if (member.keyIs("function_call")) {
            message.functionCall = member.value;
        } else if (member.keyIs("audio")) {
            message.audio = member.value;
        } else if (member.keyIs("refusal")) {
            message.refusal = member.value;
        }
    }
    return message;
}

/// Checks one message at a time; knows its place for the error texts only.
class MessageCheck
{
public:
    explicit MessageCheck(MessageFacts &facts)
        : m_facts(facts)
    { }

    MaybeError check(JsonValue value, int index)
    {
        m_index = index;
        if (!value.isObject()) {
            return wrongType(path(), u"an object"_s, value);
        }
        const Message message = readMessage(value);
        if (MaybeError error = checkRole(message.role)) {
            return error;
        }
        if (MaybeError error = checkContent(message)) {
            return error;
        }
        if (message.role.equals("tool") && !message.toolCallId.isString()) {
            const QString param = path(u".tool_call_id");
            return message.toolCallId.isAbsent()
                ? missing(param)
                : wrongType(param, u"a string"_s, message.toolCallId);
        }
        return checkToolCalls(message.toolCalls);
    }

private:
    [[nodiscard]] QString path(QStringView rest = {}) const
    {
        return u"messages[%1]%2"_s.arg(m_index).arg(rest);
    }

    [[nodiscard]] MaybeError checkRole(JsonValue role)
    {
        m_facts.developerRole = m_facts.developerRole || role.equals("developer");
        if (role.isMissing()) {
            return missing(path(u".role"));
        }
        if (!role.isString()) {
            return wrongType(path(u".role"), u"a string"_s, role);
        }
        for (const QByteArrayView known : roles) {
            if (role.equals(known)) {
                return std::nullopt;
            }
        }
        return invalid(
            u"Invalid value: '%1'. Supported values are: 'system', 'developer', 'user', 'assistant', 'tool', and 'function'."_s
                .arg(QString::fromUtf8(role.string().left(40))),
            path(u".role"));
    }

    MaybeError checkContent(const Message &message)
    {
        const JsonValue content = message.content;
        if (content.isString()) {
            m_facts.textBytes += content.rawString().size();
            return std::nullopt;
        }
        if (content.isArray()) {
            return checkParts(content);
        }
        if (!content.isAbsent()) {
            return wrongType(path(u".content"), u"a string or an array of parts"_s, content);
        }
        const bool mayBeAbsent = message.role.equals("function")
            || (message.role.equals("assistant")
                && (message.toolCalls.isArray() || message.functionCall.isObject()
                    || message.audio.isObject() || message.refusal.isString() || content.isNull()));
        if (mayBeAbsent) {
            return std::nullopt;
        }
        return content.isNull()
            ? wrongType(path(u".content"), u"a string or an array of parts"_s, content)
            : missing(path(u".content"));
    }

    MaybeError checkParts(JsonValue parts)
    {
        int index = 0;
        for (const JsonValue part : parts.elements()) {
            const QString param = path(u".content[%1]"_s.arg(index++));
            if (!part.isObject()) {
                return wrongType(param, u"an object"_s, part);
            }
            if (MaybeError error = checkPart(part, param)) {
                return error;
            }
        }
        return std::nullopt;
    }

    MaybeError checkPart(JsonValue part, const QString &param)
    {
        const JsonValue type = part["type"];
        if (!type.isString()) {
            return type.isAbsent() ? missing(param + u".type"_s)
                                   : wrongType(param + u".type"_s, u"a string"_s, type);
        }
        if (type.equals("text") || type.equals("input_text")) {
            const JsonValue text = part["text"];
            m_facts.textBytes += text.rawString().size();
            return text.isString() ? MaybeError()
                                   : MaybeError(wrongType(param + u".text"_s, u"a string"_s, text));
        }
        if (type.equals("image_url") || type.equals("input_image")) {
            m_facts.vision = true;
            m_facts.textBytes += mediaBytes;
            const JsonValue image = part["image_url"];
            const bool usable = image.isString() || image["url"].isString()
                || type.equals("input_image");
            return usable ? MaybeError() : MaybeError(missing(param + u".image_url.url"_s));
        }
        m_facts.textBytes += type.equals("refusal") ? part["refusal"].rawString().size()
                                                    : mediaBytes;
        return std::nullopt;
    }

    MaybeError checkToolCalls(JsonValue calls)
    {
        if (calls.isAbsent()) {
            return std::nullopt;
        }
        if (!calls.isArray()) {
            return wrongType(path(u".tool_calls"), u"an array"_s, calls);
        }
        int index = 0;
        for (const JsonValue call : calls.elements()) {
            if (!call.isObject()) {
                return wrongType(path(u".tool_calls[%1]"_s.arg(index)), u"an object"_s, call);
            }
            ++index;
        }
        m_facts.textBytes += calls.text().size();
        return std::nullopt;
    }

    MessageFacts &m_facts;
    int m_index = 0;
};

} // namespace

std::optional<common::Error> checkMessages(JsonValue messages, MessageFacts &facts)
{
    if (messages.isAbsent()) {
        return missing(u"messages"_s);
    }
    if (!messages.isArray()) {
        return wrongType(u"messages"_s, u"an array of objects"_s, messages);
    }
    if (messages.isEmptyContainer()) {
        return invalid(
            u"Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."_s,
            u"messages"_s);
    }
    MessageCheck check(facts);
    int index = 0;
    for (const JsonValue message : messages.elements()) {
        if (std::optional<common::Error> error = check.check(message, index)) {
            return error;
        }
        ++index;
    }
    return std::nullopt;
}

} // namespace freerelay::dialects
