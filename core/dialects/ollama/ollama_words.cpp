#include "ollama_words.h"

#include "core/dialects/canonical/turns.h"

#include <QDateTime>

#include <algorithm>

namespace freerelay::dialects {

namespace {

void writeCalls(JsonWriter &json, const std::vector<ToolUseBlock> &calls)
{
    json.key("tool_calls").beginArray();
    for (const ToolUseBlock &call : calls) {
        json.beginObject().key("function").beginObject().member("name", call.name);
        json.rawMember("arguments", argumentsObject(call.arguments)).endObject().endObject();
    }
    json.endArray();
}

void writeCount(JsonWriter &json, QByteArrayView name, const std::optional<std::int64_t> &count)
{
    if (count) {
        json.key(name).integer(*count);
    }
}

} // namespace

QByteArray ollamaModel(QByteArray name)
{
    constexpr QByteArrayView tag(":latest");
    if (name.endsWith(tag)) {
        name.chop(tag.size());
    }
    return name;
}

QByteArray ollamaTime(const ClientReplyContext &context)
{
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        context.wallNow().time_since_epoch());
    return QDateTime::fromMSecsSinceEpoch(now.count(), Qt::UTC)
        .toString(Qt::ISODateWithMs)
        .toLatin1();
}

QByteArray ollamaError(QByteArrayView message)
{
    QByteArray out;
    JsonWriter(out).beginObject().member("error", message).endObject();
    return out;
}

void beginOllamaReply(
    JsonWriter &json,
    OllamaForm form,
    const ClientReplyContext &context,
    const QByteArray &model,
    const OllamaWords &words)
{
    json.beginObject().member("model", model).member("created_at", ollamaTime(context));
    if (form == OllamaForm::Chat) {
        json.key("message").beginObject().member("role", "assistant");
    }
    json.member(form == OllamaForm::Chat ? "content" : "response", words.text);
    if (!words.thinking.isEmpty()) {
        json.member("thinking", words.thinking);
    }
    if (form == OllamaForm::Chat && !words.calls.empty()) {
        writeCalls(json, words.calls);
    }
    if (form == OllamaForm::Chat) {
        json.endObject();
    }
}

void endOllamaReply(
    JsonWriter &json,
    const ClientReplyContext &context,
    FinishReason reason,
    const Usage &usage,
    std::optional<common::SteadyTime> firstAt)
{
    const common::SteadyTime now = context.now();
    const common::SteadyTime first = firstAt.value_or(context.began);
    json.key("done").boolean(true);
    json.member("done_reason", reason == FinishReason::Length ? "length" : "stop");
    json.key("total_duration").integer((now - context.began).count());
    json.key("load_duration").integer(0);
    writeCount(json, "prompt_eval_count", usage.promptTokens);
    json.key("prompt_eval_duration").integer((first - context.began).count());
    writeCount(json, "eval_count", usage.completionTokens);
    // Clients divide by it.
    json.key("eval_duration").integer(std::max<std::int64_t>((now - first).count(), 1));
    json.endObject();
}

} // namespace freerelay::dialects
