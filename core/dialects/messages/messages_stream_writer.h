#pragma once

#include "core/dialects/canonical/reply_reader.h"
#include "core/dialects/client_dialect.h"
#include "core/dialects/messages/messages_words.h"

#include <optional>
#include <vector>

namespace freerelay::dialects {

/// Events → Anthropic's stream: message_start; for each block content_block_start, deltas,
/// content_block_stop; message_delta; message_stop.
///
/// Blocks never overlap there, while OpenAI's tool calls may: what comes for another block while a
/// tool's arguments are still coming is held back until the reply's end.
class MessagesStreamWriter final : public ReplyWriter
{
public:
    explicit MessagesStreamWriter(ClientReplyContext context);

    void write(const CanonicalEvent &event, QByteArray &out) override;
    void finish(QByteArray &out) override;

private:
    enum class Block { None, Text, Thinking, Tool };
    struct HeldTool
    {
        ToolStart start;
        QByteArray arguments;
    };

    void start(const MessageStart &start, QByteArray &out);
    void text(const QByteArray &piece, QByteArray &out);
    void thinking(const CanonicalEvent &event, QByteArray &out);
    void tool(const ToolStart &start, QByteArray &out);
    void arguments(const ToolArgumentsDelta &delta, QByteArray &out);
    void writeHeld(QByteArray &out);
    void open(Block block, QByteArrayView contentBlock, QByteArray &out);
    void close(QByteArray &out);
    void
    delta(QByteArrayView type, QByteArrayView key, const QByteArray &piece, QByteArray &out) const;

    ClientReplyContext m_context;
    bool m_started = false;
    Block m_open = Block::None;
    int m_index = -1; ///< of the block that is open, or was
    int m_tool = -1; ///< the tool call whose block is open
    std::vector<HeldTool> m_heldTools;
    QByteArray m_heldText;
    Finish m_finish;
    Usage m_usage;
    CountedHere m_here;
};

} // namespace freerelay::dialects
