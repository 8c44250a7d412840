#pragma once

#include "core/dialects/anthropic/anthropic_words.h"
#include "core/dialects/canonical/json_reply_reader.h"

namespace freerelay::dialects {

/// The Messages event stream as a state machine.
///
/// message_start → (content_block_start → content_block_delta* → content_block_stop)* →
/// message_delta → message_stop, which compatible services leave out; ping anywhere; error ends it.
/// Blocks do not interleave and their indices count up from 0; a delta fits its block. Anything
/// else is a ProtocolError; unknown event, block and delta types are skipped, as Anthropic's
/// versioning policy asks.
class AnthropicStreamParser final : public JsonReplyParser
{
public:
    void onJson(QByteArrayView type, const JsonValue &json, EventList &events) override;
    void onEnd(EventList &events) override;
    [[nodiscard]] bool isEnded() const override { return m_state == State::Ended; }

private:
    enum class State : std::uint8_t { Idle, Open, Finished, Ended };
    enum class Block : std::uint8_t { None, Text, Thinking, ToolUse, Other };

    void onMessageStart(const JsonValue &json, EventList &events);
    void onBlockStart(const JsonValue &json, EventList &events);
    void onBlockDelta(const JsonValue &json, EventList &events);
    void onBlockStop(const JsonValue &json, EventList &events);
    void onMessageDelta(const JsonValue &json, EventList &events);
    void onMessageStop(EventList &events);
    void openBlock(const JsonValue &block, EventList &events);
    void startTool(const JsonValue &block, EventList &events);
    [[nodiscard]] bool isCurrentBlock(const JsonValue &json) const;

    State m_state = State::Idle;
    Block m_block = Block::None;
    std::int64_t m_nextIndex = 0;
    int m_tools = 0;
    bool m_hasArguments = false;
    QByteArray m_toolInput; ///< what content_block_start had as input
    AnthropicUsage m_usage;
};

} // namespace freerelay::dialects
