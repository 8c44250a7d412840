#include "ollama_writer.h"

namespace freerelay::dialects {

namespace {

OllamaWords wordsOf(const CanonicalReply &reply, bool withThinking)
{
    OllamaWords words;
    if (reply.choices.empty()) {
        return words;
    }
    for (const ContentBlock &block : reply.choices.front().blocks) {
        if (const auto *text = std::get_if<TextBlock>(&block.value)) {
            words.text.append(text->text);
        } else if (const auto *call = std::get_if<ToolUseBlock>(&block.value)) {
            words.calls.push_back(*call);
        } else if (const auto *thinking = std::get_if<ThinkingBlock>(&block.value)) {
            words.thinking.append(withThinking ? thinking->text : QByteArray());
        }
    }
    return words;
}

} // namespace

void OllamaReplyWriter::finish(QByteArray &out)
{
    const CanonicalReply &reply = m_collector.reply();
    const Finish end = reply.choices.empty() ? Finish() : reply.choices.front().finish;
    JsonWriter json(out);
    beginOllamaReply(json, m_form, m_context, reply.model, wordsOf(reply, m_context.thinking));
    endOllamaReply(json, m_context, end.reason, reply.usage, std::nullopt);
}

void OllamaStreamWriter::write(const CanonicalEvent &event, QByteArray &out)
{
    if (event.choice != 0) {
        return;
    }
    if (const auto *start = std::get_if<MessageStart>(&event.what)) {
        m_model = start->model;
    } else if (const auto *piece = std::get_if<TextDelta>(&event.what)) {
        line({piece->text}, out);
    } else if (const auto *thought = std::get_if<ThinkingDelta>(&event.what)) {
        if (m_context.thinking) {
            line({{}, thought->text}, out);
        }
    } else if (const auto *end = std::get_if<Finish>(&event.what)) {
        m_finish = *end;
    } else if (const auto *report = std::get_if<UsageReport>(&event.what)) {
        m_usage = report->usage;
    } else if (
        std::holds_alternative<ToolStart>(event.what)
        || std::holds_alternative<ToolArgumentsDelta>(event.what)) {
        m_calls.add(event);
    }
}

void OllamaStreamWriter::line(const OllamaWords &words, QByteArray &out)
{
    if (!m_firstAt) {
        m_firstAt = m_context.now();
    }
    JsonWriter json(out);
    beginOllamaReply(json, m_form, m_context, m_model, words);
    json.key("done").boolean(false).endObject();
    out.append('\n');
}

void OllamaStreamWriter::finish(QByteArray &out)
{
    if (const OllamaWords calls = wordsOf(m_calls.reply(), false); !calls.calls.empty()) {
        line(calls, out);
    }
    JsonWriter json(out);
    beginOllamaReply(json, m_form, m_context, m_model, {});
    endOllamaReply(json, m_context, m_finish.reason, m_usage, m_firstAt);
    out.append('\n');
}

} // namespace freerelay::dialects
