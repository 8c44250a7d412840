#include "reply_collector.h"

namespace freerelay::dialects {

namespace {

/// The block at the end if it is a T; null otherwise.
template <typename T> T *lastBlock(ReplyChoice &choice)
{
    return choice.blocks.empty() ? nullptr : std::get_if<T>(&choice.blocks.back().value);
}

void addText(ReplyChoice &choice, const QByteArray &text)
{
    if (auto *last = lastBlock<TextBlock>(choice)) {
        last->text.append(text);
    } else {
        choice.blocks.push_back({TextBlock{text}});
    }
}

ThinkingBlock &openThinking(ReplyChoice &choice)
{
    auto *last = lastBlock<ThinkingBlock>(choice);
    if (last == nullptr || !last->signature.isEmpty()) {
        choice.blocks.push_back({ThinkingBlock{}});
        last = lastBlock<ThinkingBlock>(choice);
    }
    return *last;
}

void addArguments(ReplyChoice &choice, const ToolArgumentsDelta &delta)
{
    int index = 0;
    for (ContentBlock &block : choice.blocks) {
        auto *call = std::get_if<ToolUseBlock>(&block.value);
        if (call != nullptr && index++ == delta.index) {
            call->arguments.append(delta.json);
        }
    }
}

} // namespace

void ReplyCollector::add(const CanonicalEvent &event)
{
    if (const auto *start = std::get_if<MessageStart>(&event.what)) {
        m_reply.id = start->id;
        m_reply.model = start->model;
        return;
    }
    if (const auto *report = std::get_if<UsageReport>(&event.what)) {
        m_reply.usage = report->usage;
        return;
    }
    const auto at = static_cast<std::size_t>(event.choice);
    if (at >= m_reply.choices.size()) {
        m_reply.choices.resize(at + 1);
    }
    addBlock(event, m_reply.choices[at]);
}

void ReplyCollector::addBlock(const CanonicalEvent &event, ReplyChoice &choice)
{
    if (const auto *text = std::get_if<TextDelta>(&event.what)) {
        addText(choice, text->text);
    } else if (const auto *thinking = std::get_if<ThinkingDelta>(&event.what)) {
        openThinking(choice).text.append(thinking->text);
    } else if (const auto *signature = std::get_if<ThinkingSignature>(&event.what)) {
        ThinkingBlock &block = openThinking(choice);
        block.signature = signature->signature;
        block.format = signature->format;
    } else if (const auto *redacted = std::get_if<RedactedThinking>(&event.what)) {
        choice.blocks.push_back({RedactedThinkingBlock{redacted->data, redacted->format}});
    } else if (const auto *tool = std::get_if<ToolStart>(&event.what)) {
        choice.blocks.push_back({ToolUseBlock{tool->id, tool->name, {}, tool->signature}});
    } else if (const auto *arguments = std::get_if<ToolArgumentsDelta>(&event.what)) {
        addArguments(choice, *arguments);
    } else if (const auto *finish = std::get_if<Finish>(&event.what)) {
        choice.finish = *finish;
    }
}

} // namespace freerelay::dialects
