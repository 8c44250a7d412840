#include "text_completion_parser.h"

#include "core/dialects/failure_rules.h"
#include "core/dialects/openai_usage.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::dialects {

namespace {

FinishReason finishFrom(const JsonValue &word)
{
    const QByteArrayView openAi = openAiFinishReason(word.string());
    if (openAi == "length") {
        return FinishReason::Length;
    }
    return openAi == "content_filter" ? FinishReason::ContentFilter : FinishReason::Stop;
}

} // namespace

void TextCompletionParser::onJson(QByteArrayView, const JsonValue &json, EventList &events)
{
    if (!json["error"].isAbsent()) {
        events.push_back({ReplyFailure{errorInReply(json)}});
        return;
    }
    if (!m_started) {
        m_started = true;
        events.push_back({MessageStart{json["id"].string(), json["model"].string()}});
    }
    for (const JsonValue &choice : json["choices"].elements()) {
        const int index = int(choice["index"].integer().value_or(0));
        if (const QByteArray text = choice["text"].string(); !text.isEmpty()) {
            events.push_back({TextDelta{text}, index});
        }
        if (const JsonValue reason = choice["finish_reason"];
            reason.isString() && !reason.rawString().isEmpty()) {
            m_finished = true;
            events.push_back({Finish{finishFrom(reason), {}}, index});
        }
    }
    if (const JsonValue usage = json["usage"]; usage.isObject()) {
        events.push_back({UsageReport{readUsage(usage)}});
    }
}

void TextCompletionParser::onEnd(EventList &events)
{
    if (!m_finished) {
        fail(
            events,
            common::ErrorKind::ProtocolError,
            u"The provider's completion ended without a finish reason."_s);
    }
}

} // namespace freerelay::dialects
