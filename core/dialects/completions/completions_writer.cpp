#include "completions_writer.h"

#include "core/dialects/canonical/openai_reply_parts.h"
#include "core/dialects/sse_encoder.h"

namespace freerelay::dialects {

namespace {

/// What all of them begin with, up to the choices.
QByteArray beginning(const ClientReplyContext &context, const QByteArray &model)
{
    QByteArray text;
    JsonWriter json(text);
    const QByteArray &ours = context.requestId;
    const QByteArray id = "cmpl-" + ours.sliced(ours.indexOf('_') + 1);
    json.beginObject().member("id", id);
    json.member("object", "text_completion").key("created").integer(context.createdUnix());
    json.member("model", model).key("choices").beginArray();
    return text;
}

void writeChoice(JsonWriter &json, int index, QByteArrayView text, QByteArrayView finishReason)
{
    json.beginObject().member("text", text).key("index").integer(index);
    json.key("logprobs").null().key("finish_reason");
    finishReason.isEmpty() ? json.null() : json.string(finishReason);
    json.endObject();
}

QByteArray textOf(const ReplyChoice &choice)
{
    QByteArray text;
    for (const ContentBlock &block : choice.blocks) {
        if (const auto *piece = std::get_if<TextBlock>(&block.value)) {
            text.append(piece->text);
        }
    }
    return text;
}

} // namespace

void CompletionsReplyWriter::finish(QByteArray &out)
{
    const CanonicalReply &reply = m_collector.reply();
    out.append(beginning(m_context, reply.model));
    JsonWriter json(out);
    int index = 0;
    for (const ReplyChoice &choice : reply.choices) {
        writeChoice(json, index++, textOf(choice), toOpenAi(choice.finish.reason));
    }
    json.endArray();
    if (const QByteArray usage = openAiUsage(reply.usage); !usage.isNull()) {
        json.rawMember("usage", usage);
    }
    json.endObject();
}

void CompletionsStreamWriter::write(const CanonicalEvent &event, QByteArray &out)
{
    if (const auto *start = std::get_if<MessageStart>(&event.what)) {
        m_prefix = beginning(m_context, start->model);
    } else if (const auto *piece = std::get_if<TextDelta>(&event.what)) {
        writeChunk(event.choice, piece->text, {}, out);
    } else if (const auto *end = std::get_if<Finish>(&event.what)) {
        writeChunk(event.choice, {}, toOpenAi(end->reason), out);
    } else if (const auto *report = std::get_if<UsageReport>(&event.what)) {
        m_usage = report->usage;
    }
}

void CompletionsStreamWriter::writeChunk(
    int choice, QByteArrayView text, QByteArrayView finishReason, QByteArray &out) const
{
    QByteArray chunk = m_prefix;
    JsonWriter json(chunk);
    writeChoice(json, choice, text, finishReason);
    json.endArray().endObject();
    appendSseEvent(out, chunk);
}

void CompletionsStreamWriter::finish(QByteArray &out)
{
    if (const QByteArray usage = openAiUsage(m_usage); !usage.isNull()) {
        appendSseEvent(out, QByteArray(m_prefix + "],\"usage\":" + usage + '}'));
    }
    appendSseEvent(out, "[DONE]");
}

} // namespace freerelay::dialects
