#pragma once

#include "core/dialects/canonical/reply_collector.h"
#include "core/dialects/canonical/reply_reader.h"
#include "core/dialects/client_dialect.h"
#include "core/dialects/json_writer.h"

namespace freerelay::dialects {

/// Events → one whole text_completion. Thoughts are no part of a text and left out, here and below.
class CompletionsReplyWriter final : public ReplyWriter
{
public:
    explicit CompletionsReplyWriter(ClientReplyContext context)
        : m_context(std::move(context))
    { }

    void write(const CanonicalEvent &event, QByteArray &) override { m_collector.add(event); }
    void finish(QByteArray &out) override;

private:
    ClientReplyContext m_context;
    ReplyCollector m_collector;
};

/// Events → a stream of text_completions. Usage comes last, when the client asked for it: else the
/// relay's stream has none.
class CompletionsStreamWriter final : public ReplyWriter
{
public:
    explicit CompletionsStreamWriter(ClientReplyContext context)
        : m_context(std::move(context))
    { }

    void write(const CanonicalEvent &event, QByteArray &out) override;
    void finish(QByteArray &out) override;

private:
    void
    writeChunk(int choice, QByteArrayView text, QByteArrayView finishReason, QByteArray &out) const;

    ClientReplyContext m_context;
    QByteArray m_prefix; ///< of every chunk
    Usage m_usage;
};

} // namespace freerelay::dialects
