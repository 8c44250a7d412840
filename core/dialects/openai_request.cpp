#include "core/dialects/json.h"
#include "core/dialects/openai_chat.h"
#include "core/dialects/openai_message_check.h"
#include "core/dialects/openai_parameters.h"

#include <algorithm>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

using MaybeError = std::optional<common::Error>;

constexpr int maxStopSequences = 4; // openai-openapi 2.3.0, StopConfiguration

common::Error invalid(QString message, QString param)
{
    return {common::ErrorKind::InvalidArgument, std::move(message), {}, std::move(param), {}};
}

MaybeError checkStop(JsonValue stop)
{
    int count = 0;
    for (const JsonValue sequence : stop.elements()) {
        if (!sequence.isString()) {
            return wrongType(u"stop[%1]"_s.arg(count), u"a string"_s, sequence);
        }
        ++count;
    }
    if (count > maxStopSequences) {
        return invalid(
            u"Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length %1 instead."_s
                .arg(count),
            u"stop"_s);
    }
    return std::nullopt;
}

MaybeError checkLogitBias(JsonValue bias)
{
    for (const JsonMember &member : bias.members()) {
        const std::optional<double> number = member.value.number();
        if (!number || *number < -100 || *number > 100) {
            return invalid(
                u"Invalid 'logit_bias': each bias must be a number from -100 to 100."_s,
                u"logit_bias"_s);
        }
    }
    return std::nullopt;
}

MaybeError checkToolChoice(JsonValue choice)
{
    const bool known = !choice.isString() || choice.equals("none") || choice.equals("auto")
        || choice.equals("required");
    return known
        ? MaybeError()
        : MaybeError(invalid(
            u"Invalid value: '%1'. Supported values are: 'none', 'auto', and 'required'."_s.arg(
                QString::fromUtf8(choice.string().left(40))),
            u"tool_choice"_s));
}

MaybeError checkTools(JsonValue tools)
{
    int index = 0;
    for (const JsonValue tool : tools.elements()) {
        const QString param = u"tools[%1]"_s.arg(index++);
        if (!tool.isObject()) {
            return wrongType(param, u"an object"_s, tool);
        }
        const JsonValue type = tool["type"];
        if (!type.isString()) {
            return type.isAbsent() ? invalid(
                       u"Missing required parameter: '%1.type'."_s.arg(param), param + u".type"_s)
                                   : wrongType(param + u".type"_s, u"a string"_s, type);
        }
        if (type.equals("function") && !tool["function"]["name"].isString()) {
            const QString name = param + u".function.name"_s;
            return invalid(u"Missing required parameter: '%1'."_s.arg(name), name);
        }
    }
    return std::nullopt;
}

MaybeError readResponseFormat(JsonValue format, RequestNeeds &needs)
{
    needs.jsonObject = needs.jsonSchema = false;
    if (!format.isObject()) {
        return std::nullopt;
    }
    const JsonValue type = format["type"];
    needs.jsonObject = type.equals("json_object");
    needs.jsonSchema = type.equals("json_schema");
    if (needs.jsonSchema && !format["json_schema"].isObject()) {
        return invalid(
            u"Missing required parameter: 'response_format.json_schema'."_s,
            u"response_format.json_schema"_s);
    }
    if (!needs.jsonObject && !needs.jsonSchema && !type.equals("text")) {
        return invalid(
            u"Invalid value for 'response_format.type'. Supported values are: 'json_object', 'json_schema', and 'text'."_s,
            u"response_format.type"_s);
    }
    return std::nullopt;
}

bool isFilledArray(JsonValue value)
{
    return value.isArray() && !value.isEmptyContainer();
}

/// Reads the members one after the other; a repeated name counts with its last value.
class RequestReader
{
public:
    explicit RequestReader(ChatRequest &request)
        : m_request(request)
    { }

    MaybeError read(JsonValue root)
    {
        for (const JsonMember &member : root.members()) {
            const bool escaped = member.rawKey.contains('\\');
            const QByteArray unescaped = escaped ? member.key() : QByteArray();
            const ParameterSpec *spec = parameterSpec(
                escaped ? QByteArrayView(unescaped) : member.rawKey);
            if (spec == nullptr) {
                continue;
            }
            if (MaybeError error = checkParameter(*spec, member.value)) {
                return error;
            }
            if (MaybeError error = take(*spec, member.value)) {
                return error;
            }
        }
        return finish();
    }

private:
    MaybeError take(const ParameterSpec &spec, JsonValue value)
    {
        RequestNeeds &needs = m_request.needs;
        switch (spec.id) {
        case Parameter::Model:
            m_request.model = value.string();
            break;
        case Parameter::Stream:
            m_request.stream = value.isTrue();
            break;
        case Parameter::Messages:
            m_messages = value;
            break;
        case Parameter::N:
            needs.choices = int(value.integer().value_or(1));
            break;
        case Parameter::MaxTokens:
            m_maxTokens = value.integer();
            break;
        case Parameter::MaxCompletionTokens:
            m_maxCompletionTokens = value.integer();
            break;
        case Parameter::StreamOptions:
            return takeStreamOptions(value);
        case Parameter::ResponseFormat:
            m_formatBytes = value.text().size();
            return readResponseFormat(value, needs);
        case Parameter::Stop:
            return checkStop(value);
        case Parameter::Tools:
            m_tools = value;
            return checkTools(value);
        case Parameter::Functions:
            m_functions = value;
            break;
        case Parameter::ToolChoice:
            m_toolChoice = value;
            return checkToolChoice(value);
        case Parameter::OpenAiOnly:
            return spec.name == "logit_bias" ? checkLogitBias(value) : MaybeError();
        default:
            break;
        }
        return std::nullopt;
    }

    MaybeError takeStreamOptions(JsonValue options)
    {
        const JsonValue include = options["include_usage"];
        if (!include.isAbsent() && !include.isBool()) {
            return wrongType(u"stream_options.include_usage"_s, u"a boolean"_s, include);
        }
        m_request.includeUsage = include.isTrue();
        return std::nullopt;
    }

    MaybeError finish()
    {
        RequestNeeds &needs = m_request.needs;
        MessageFacts facts;
        if (MaybeError error = checkMessages(m_messages, facts)) {
            return error;
        }
        m_request.messages = {
            m_messages.begin() - m_request.body.constData(), m_messages.text().size()};
        needs.vision = facts.vision;
        m_request.developerRole = facts.developerRole;
        std::int64_t textBytes = facts.textBytes + (needs.jsonSchema ? m_formatBytes : 0);
        for (const JsonValue list : {m_tools, m_functions}) {
            if (isFilledArray(list)) {
                needs.tools = true;
                textBytes += list.text().size();
            }
        }
        if (!m_toolChoice.equals("none")) {
            for (const JsonValue tool : m_tools.elements()) {
                m_request.tools.append(tool["function"]["name"].string());
            }
        }
        needs.promptTokensEstimated = textBytes / 4;
        needs.outputTokensRequested = m_maxCompletionTokens ? *m_maxCompletionTokens
                                                            : m_maxTokens.value_or(0);
        return std::nullopt;
    }

    ChatRequest &m_request;
    JsonValue m_messages;
    JsonValue m_tools;
    JsonValue m_functions;
    JsonValue m_toolChoice;
    std::optional<std::int64_t> m_maxTokens;
    std::optional<std::int64_t> m_maxCompletionTokens;
    std::int64_t m_formatBytes = 0;
};

} // namespace

common::Result<ChatRequest> parseOpenAiChat(QByteArray body)
{
    ChatRequest request;
    request.body = padded(std::move(body));
    const common::Result<JsonValue> root = parseJson(request.body);
    if (!root) {
        return common::failure(
            common::ErrorKind::InvalidArgument,
            u"We could not parse the JSON body of your request: "_s % root.error().message % u'.');
    }
    if (!root->isObject()) {
        return common::failure(
            common::ErrorKind::InvalidArgument, u"The JSON body of a request must be an object."_s);
    }
    request.index = std::make_shared<const JsonIndex>(request.body);
    if (MaybeError error = RequestReader(request).read(request.root())) {
        return common::failure(std::move(*error));
    }
    return request;
}

} // namespace freerelay::dialects
