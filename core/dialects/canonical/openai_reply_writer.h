#pragma once

#include "core/dialects/canonical/reply_collector.h"
#include "core/dialects/canonical/reply_reader.h"
#include "core/dialects/provider_dialect.h"

namespace freerelay::dialects {

/// Events → one chat.completion with every member that the official schema requires.
///
/// Reasoning goes into `reasoning_content` and `reasoning`; what a client must send back with the
/// message (signatures) into `reasoning_details`, see openai_reply_parts.h.
class OpenAiReplyWriter final : public ReplyWriter
{
public:
    explicit OpenAiReplyWriter(ReplyContext context);

    void write(const CanonicalEvent &event, QByteArray &out) override;
    void finish(QByteArray &out) override;

private:
    ReplyContext m_context;
    ReplyCollector m_collector;
};

} // namespace freerelay::dialects
