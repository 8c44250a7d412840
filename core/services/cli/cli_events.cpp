#include "cli_events.h"

#include <QString>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

QJsonObject textEvent(const QString &type, const QJsonValue &text)
{
    return {{u"type"_s, type}, {u"text"_s, text.toString()}};
}

QJsonObject errorEvent(const QJsonValue &error)
{
    QString message = error.toString();
    for (const QJsonValue &candidate :
         {error["message"_L1], error["data"_L1]["message"_L1], error["name"_L1]}) {
        message = message.isEmpty() ? candidate.toString() : message;
    }
    return {{u"type"_s, u"error"_s}, {u"message"_s, message}};
}

QJsonObject toolEvent(
    const QString &tool,
    const QJsonValue &status,
    const QJsonValue &input,
    const QJsonValue &output)
{
    return {
        {u"type"_s, u"tool"_s},
        {u"tool"_s, tool},
        {u"status"_s, status.toString(u"completed"_s)},
        {u"input"_s, input.isUndefined() ? QJsonValue() : input},
        {u"output"_s, output.isUndefined() ? QJsonValue() : output}};
}

QJsonObject usageEvent(const QJsonValue &input, const QJsonValue &output, const QJsonValue &cached)
{
    return {
        {u"type"_s, u"usage"_s},
        {u"input_tokens"_s, input.toInteger()},
        {u"output_tokens"_s, output.toInteger()},
        {u"cached_tokens"_s, cached.toInteger()}};
}

std::optional<QJsonObject> codexItem(const QJsonValue &item)
{
    const QString type = item["type"_L1].toString();
    const QJsonValue status = item["status"_L1];
    if (type == "agent_message"_L1) {
        return textEvent(u"text"_s, item["text"_L1]);
    }
    if (type == "reasoning"_L1) {
        return textEvent(type, item["text"_L1]);
    }
    if (type == "command_execution"_L1) {
        return toolEvent(u"shell"_s, status, item["command"_L1], item["aggregated_output"_L1]);
    }
    if (type == "file_change"_L1) {
        return toolEvent(type, status, item["changes"_L1], {});
    }
    if (type == "mcp_tool_call"_L1) {
        return toolEvent(
            item["tool"_L1].toString(), status, item["arguments"_L1], item["result"_L1]);
    }
    if (type == "web_search"_L1) {
        return toolEvent(type, status, item["query"_L1], {});
    }
    return type == "error"_L1 ? std::optional(errorEvent(item)) : std::nullopt;
}

} // namespace

std::optional<QJsonObject> openCodeEvent(const QJsonObject &line)
{
    const QString type = line["type"_L1].toString();
    const QJsonValue part = line["part"_L1];
    if (type == "step_start"_L1) {
        return QJsonObject{{u"type"_s, u"started"_s}, {u"session"_s, line["sessionID"_L1]}};
    }
    if (type == "text"_L1 || type == "reasoning"_L1) {
        return textEvent(type, part["text"_L1]);
    }
    if (type == "tool_use"_L1) {
        const QJsonValue state = part["state"_L1];
        const QJsonValue said = state["output"_L1];
        return toolEvent(
            part["tool"_L1].toString(),
            state["status"_L1],
            state["input"_L1],
            said.isUndefined() ? state["error"_L1] : said);
    }
    if (type == "step_finish"_L1) {
        const QJsonValue tokens = part["tokens"_L1];
        const QJsonValue cache = tokens["cache"_L1];
        // It counts apart what is part of something here (OpenCode 1.18.33).
        const qint64 cached = cache["read"_L1].toInteger();
        return usageEvent(
            tokens["input"_L1].toInteger() + cached + cache["write"_L1].toInteger(),
            tokens["output"_L1].toInteger() + tokens["reasoning"_L1].toInteger(),
            cached);
    }
    return type == "error"_L1 ? std::optional(errorEvent(line["error"_L1])) : std::nullopt;
}

std::optional<QJsonObject> codexEvent(const QJsonObject &line)
{
    const QString type = line["type"_L1].toString();
    if (type == "thread.started"_L1) {
        return QJsonObject{{u"type"_s, u"started"_s}, {u"session"_s, line["thread_id"_L1]}};
    }
    if (type == "item.completed"_L1) {
        return codexItem(line["item"_L1]);
    }
    if (type == "turn.completed"_L1) {
        const QJsonValue usage = line["usage"_L1];
        return usageEvent(
            usage["input_tokens"_L1], usage["output_tokens"_L1], usage["cached_input_tokens"_L1]);
    }
    if (type == "turn.failed"_L1) {
        return errorEvent(line["error"_L1]);
    }
    return type == "error"_L1 ? std::optional(errorEvent(line["message"_L1])) : std::nullopt;
}

} // namespace freerelay::services
