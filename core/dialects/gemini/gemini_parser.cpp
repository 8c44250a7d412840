#include "gemini_parser.h"

#include "core/dialects/gemini/gemini_words.h"
#include "core/dialects/gemini/signature_book.h"

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

GeminiParser::GeminiParser(QByteArray requestId, SignatureBook *signatures)
    : m_requestId(std::move(requestId))
    , m_signatures(signatures)
{ }

void GeminiParser::onJson(QByteArrayView, const JsonValue &json, EventList &events)
{
    if (json.isArray()) { // an error, or a stream that was not asked for as SSE
        for (const JsonValue &response : json.elements()) {
            onResponse(response, events);
            if (hasFailed(events)) {
                return;
            }
        }
        return;
    }
    onResponse(json, events);
}

void GeminiParser::onResponse(const JsonValue &response, EventList &events)
{
    if (response["error"].isObject()) {
        events.push_back({ReplyFailure{geminiError(response["error"])}});
        return;
    }
    const JsonValue candidates = response["candidates"];
    const JsonValue feedback = response["promptFeedback"];
    const JsonValue usage = response["usageMetadata"];
    if (!candidates.isArray() && !feedback.isObject() && !usage.isObject()) {
        fail(
            events,
            common::ErrorKind::ProtocolError,
            u"The provider's reply is not a GenerateContentResponse."_s);
        return;
    }
    if (!m_started) {
        m_started = true;
        events.push_back(
            {MessageStart{response["responseId"].string(), response["modelVersion"].string()}});
    }
    for (const JsonValue &candidate : candidates.elements()) {
        onCandidate(candidate, events);
        if (hasFailed(events)) {
            return;
        }
    }
    if (feedback["blockReason"].isString()) {
        choice(0).finish = FinishReason::ContentFilter;
    }
    if (usage.isObject()) {
        m_usage = geminiUsage(usage, m_usage);
        events.push_back({UsageReport{m_usage}});
    }
}

void GeminiParser::onCandidate(const JsonValue &candidate, EventList &events)
{
    const std::int64_t index = candidate["index"].integer().value_or(0);
    if (index < 0 || index >= maxChoices) {
        fail(
            events,
            common::ErrorKind::ProtocolError,
            u"The provider's candidate has no valid index."_s);
        return;
    }
    choice(int(index)).seen = true;
    for (const JsonValue &part : candidate["content"]["parts"].elements()) {
        onPart(part, int(index), events);
    }
    if (const JsonValue reason = candidate["finishReason"]; reason.isString()) {
        onFinishReason(reason, int(index), events);
    }
}

void GeminiParser::onPart(const JsonValue &part, int index, EventList &events)
{
    if (part["functionCall"].isObject()) {
        onCall(part, index, events);
        return;
    }
    const QByteArray text = part["text"].string();
    if (!text.isEmpty() && part["thought"].isTrue()) {
        events.push_back({ThinkingDelta{text}, index});
    } else if (!text.isEmpty()) {
        events.push_back({TextDelta{text}, index});
    }
    if (const QByteArray signature = part["thoughtSignature"].string(); !signature.isEmpty()) {
        events.push_back({RedactedThinking{signature, googleSignatureFormat}, index});
    }
}

void GeminiParser::onCall(const JsonValue &part, int index, EventList &events)
{
    const JsonValue call = part["functionCall"];
    const JsonValue args = call["args"];
    const int number = choice(index).calls++;
    QByteArray id = call["id"].string();
    if (id.isEmpty()) {
        const QByteArray prefix = index > 0 ? QByteArray::number(index) + '_' : QByteArray();
        id = "call_" + m_requestId + '_' + prefix + QByteArray::number(number);
    }
    const ToolUseBlock use{
        id,
        call["name"].string(),
        args.isObject() ? args.text().toByteArray() : QByteArray("{}"),
        part["thoughtSignature"].string()};
    if (m_signatures != nullptr) {
        m_signatures->note(use);
    }
    events.push_back({ToolStart{number, use.id, use.name, use.signature}, index});
    events.push_back({ToolArgumentsDelta{number, use.arguments}, index});
}

void GeminiParser::onFinishReason(const JsonValue &reason, int index, EventList &events)
{
    if (reason.equals("FINISH_REASON_UNSPECIFIED")) {
        return;
    }
    choice(index).finish = geminiFinish(reason);
    if (!choice(index).finish) {
        fail(
            events,
            common::ErrorKind::Unavailable,
            u"The model produced a broken tool call: "_s + QString::fromUtf8(reason.string()));
    }
}

GeminiParser::Choice &GeminiParser::choice(int index)
{
    if (std::size_t(index) >= m_choices.size()) {
        m_choices.resize(std::size_t(index) + 1);
    }
    return m_choices[std::size_t(index)];
}

void GeminiParser::onEnd(EventList &events)
{
    bool isComplete = !m_choices.empty();
    for (const Choice &each : m_choices) {
        isComplete = isComplete && (each.finish || !each.seen);
    }
    if (!isComplete) {
        fail(
            events,
            common::ErrorKind::ProtocolError,
            u"The provider's reply ended before finishReason."_s);
        return;
    }
    for (std::size_t i = 0; i < m_choices.size(); ++i) {
        const Choice &each = m_choices[i];
        if (!each.finish) {
            continue; // an index that never came
        }
        FinishReason reason = *each.finish;
        if (reason == FinishReason::Stop && each.calls > 0) {
            reason = FinishReason::ToolCalls;
        }
        events.push_back({Finish{reason, {}}, int(i)});
    }
    m_ended = true;
}

} // namespace freerelay::dialects
