#include "openai_reply_parser.h"

#include "core/dialects/openai_usage.h"

namespace freerelay::dialects {

namespace {

FinishReason finishFrom(const JsonValue &word)
{
    if (word.equals("length")) {
        return FinishReason::Length;
    }
    if (word.equals("tool_calls") || word.equals("function_call")) {
        return FinishReason::ToolCalls;
    }
    return word.equals("content_filter") ? FinishReason::ContentFilter : FinishReason::Stop;
}

void readFailure(const JsonValue &error, EventList &events)
{
    const bool isLimit = error["code"].equals("rate_limit_exceeded")
        || error["code"].equals("insufficient_quota");
    fail(
        events,
        isLimit ? common::ErrorKind::RateLimited : common::ErrorKind::Unavailable,
        QString::fromUtf8(error["message"].string()));
}

/// @param repeatsText  the text of a signed block was not told before
void readDetails(const JsonValue &details, bool repeatsText, int choice, EventList &events)
{
    for (const JsonValue &detail : details.elements()) {
        const QByteArray format = detail["format"].string();
        if (detail["type"].equals("reasoning.encrypted")) {
            events.push_back({RedactedThinking{detail["data"].string(), format}, choice});
        } else if (detail["type"].equals("reasoning.text")) {
            if (repeatsText) {
                events.push_back({ThinkingDelta{detail["text"].string()}, choice});
            }
            events.push_back({ThinkingSignature{detail["signature"].string(), format}, choice});
        }
    }
}

} // namespace

void OpenAiReplyParser::onJson(QByteArrayView, const JsonValue &json, EventList &events)
{
    if (const JsonValue error = json["error"]; error.isObject()) {
        readFailure(error, events);
        return;
    }
    if (!m_started) {
        m_started = true;
        events.push_back({MessageStart{json["id"].string(), json["model"].string()}});
    }
    for (const JsonValue &choice : json["choices"].elements()) {
        const std::int64_t number = choice["index"].integer().value_or(0);
        if (number < 0 || number >= maxChoices) {
            continue; // nobody can have asked for it; writers keep a place for each choice
        }
        const int index = int(number);
        const JsonValue message = choice["message"];
        readMessage(
            message.isObject() ? message : choice["delta"], message.isObject(), index, events);
        if (const JsonValue reason = choice["finish_reason"]; reason.isString()) {
            events.push_back({Finish{finishFrom(reason), choice["stop_reason"].string()}, index});
        }
    }
    if (const JsonValue usage = json["usage"]; usage.isObject()) {
        events.push_back({UsageReport{readUsage(usage)}});
    }
}

void OpenAiReplyParser::readMessage(
    const JsonValue &message, bool isWhole, int choice, EventList &events)
{
    const JsonValue details = message["reasoning_details"];
    const bool hasDetails = details.isArray() && !details.isEmptyContainer();
    const QByteArray thinking = message["reasoning_content"].string();
    if (!thinking.isEmpty() && !(isWhole && hasDetails)) {
        events.push_back({ThinkingDelta{thinking}, choice});
    }
    readDetails(details, isWhole, choice, events);
    for (const char *name : {"content", "refusal"}) {
        if (const QByteArray text = message[name].string(); !text.isEmpty()) {
            events.push_back({TextDelta{text}, choice});
        }
    }
    readToolCalls(message["tool_calls"], choice, events);
}

void OpenAiReplyParser::readToolCalls(const JsonValue &calls, int choice, EventList &events)
{
    int place = 0;
    for (const JsonValue &call : calls.elements()) {
        const int index = int(call["index"].integer().value_or(place));
        ++place;
        const JsonValue function = call["function"];
        if (m_toolsSeen.insert({choice, index}).second) {
            const QByteArray signature
                = call["extra_content"]["google"]["thought_signature"].string();
            events.push_back(
                {ToolStart{index, call["id"].string(), function["name"].string(), signature},
                 choice});
        }
        if (const QByteArray piece = function["arguments"].string(); !piece.isEmpty()) {
            events.push_back({ToolArgumentsDelta{index, piece}, choice});
        }
    }
}

} // namespace freerelay::dialects
