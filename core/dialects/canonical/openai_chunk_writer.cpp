#include "openai_chunk_writer.h"

#include "core/dialects/canonical/openai_reply_parts.h"
#include "core/dialects/sse_encoder.h"

namespace freerelay::dialects {

OpenAiChunkWriter::OpenAiChunkWriter(ReplyContext context)
    : m_context(std::move(context))
{ }

void OpenAiChunkWriter::write(const CanonicalEvent &event, QByteArray &out)
{
    if (const auto *begin = std::get_if<MessageStart>(&event.what)) {
        start(*begin);
        choice(0, out);
    } else if (const auto *report = std::get_if<UsageReport>(&event.what)) {
        m_usage = report->usage;
    } else if (const auto *end = std::get_if<Finish>(&event.what)) {
        choice(event.choice, out);
        writeChunk(event.choice, "{}", end, out);
    } else if (!std::holds_alternative<ReplyFailure>(event.what)) {
        writeDelta(event, out);
    }
}

void OpenAiChunkWriter::finish(QByteArray &out)
{
    const QByteArray usage = openAiUsage(m_usage);
    if (m_context.includeUsage && !usage.isNull()) {
        start({});
        appendSseEvent(out, QByteArray(m_prefix + "],\"usage\":" + usage + '}'));
    }
    appendSseEvent(out, "[DONE]");
}

OpenAiChunkWriter::Choice &OpenAiChunkWriter::choice(int index, QByteArray &out)
{
    start({});
    const auto at = static_cast<std::size_t>(index);
    if (at >= m_choices.size()) {
        m_choices.resize(at + 1);
    }
    if (!m_choices[at].started) {
        m_choices[at].started = true;
        writeChunk(index, R"({"role":"assistant","content":""})", nullptr, out);
    }
    return m_choices[at];
}

void OpenAiChunkWriter::start(const MessageStart &start)
{
    if (!m_prefix.isEmpty()) {
        return;
    }
    JsonWriter json(m_prefix);
    json.beginObject().member("id", clientId(start.id, m_context));
    json.member("object", "chat.completion.chunk").key("created").integer(m_context.createdUnix);
    json.member("model", clientModel(start.model, m_context)).key("choices").beginArray();
}

void OpenAiChunkWriter::writeChunk(
    int choice, QByteArrayView delta, const Finish *finish, QByteArray &out)
{
    QByteArray chunk = m_prefix;
    JsonWriter json(chunk);
    json.beginObject().key("index").integer(choice).rawMember("delta", delta);
    json.key("logprobs").null();
    if (finish == nullptr) {
        json.key("finish_reason").null();
    } else {
        writeFinish(json, *finish);
    }
    json.endObject().endArray();
    if (m_context.includeUsage) {
        json.key("usage").null();
    }
    json.endObject();
    appendSseEvent(out, chunk);
}

void OpenAiChunkWriter::writeDelta(const CanonicalEvent &event, QByteArray &out)
{
    Choice &state = choice(event.choice, out);
    QByteArray delta;
    JsonWriter json(delta);
    json.beginObject();
    if (const auto *text = std::get_if<TextDelta>(&event.what)) {
        json.member("content", text->text);
    } else if (const auto *thinking = std::get_if<ThinkingDelta>(&event.what)) {
        state.thinking.append(thinking->text);
        json.member("reasoning_content", thinking->text).member("reasoning", thinking->text);
    } else if (const auto *tool = std::get_if<ToolStart>(&event.what)) {
        json.key("tool_calls").beginArray();
        writeToolCall(json, {tool->id, tool->name, "", tool->signature}, tool->index);
        json.endArray();
    } else if (const auto *arguments = std::get_if<ToolArgumentsDelta>(&event.what)) {
        json.key("tool_calls").beginArray().beginObject();
        json.key("index").integer(arguments->index).key("function").beginObject();
        json.member("arguments", arguments->json).endObject().endObject().endArray();
    } else {
        json.key("reasoning_details").beginArray().raw(thinkingDetail(state, event)).endArray();
    }
    json.endObject();
    writeChunk(event.choice, delta, nullptr, out);
}

QByteArray OpenAiChunkWriter::thinkingDetail(Choice &state, const CanonicalEvent &event)
{
    QByteArray detail;
    JsonWriter json(detail);
    if (const auto *end = std::get_if<ThinkingSignature>(&event.what)) {
        const ThinkingBlock block{state.thinking, end->signature, end->format};
        writeThinkingDetail(json, block, state.details++);
        state.thinking.clear();
    } else if (const auto *redacted = std::get_if<RedactedThinking>(&event.what)) {
        writeRedactedDetail(json, {redacted->data, redacted->format}, state.details++);
    }
    return detail;
}

} // namespace freerelay::dialects
