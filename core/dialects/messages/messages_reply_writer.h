#pragma once

#include "core/dialects/canonical/reply_collector.h"
#include "core/dialects/canonical/reply_reader.h"
#include "core/dialects/client_dialect.h"

namespace freerelay::dialects {

/// Events → one whole Message of Anthropic's API. Of several choices only the first: the dialect
/// cannot ask for more.
class MessagesReplyWriter final : public ReplyWriter
{
public:
    explicit MessagesReplyWriter(ClientReplyContext context)
        : m_context(std::move(context))
    { }

    void write(const CanonicalEvent &event, QByteArray &) override { m_collector.add(event); }
    void finish(QByteArray &out) override;

private:
    ClientReplyContext m_context;
    ReplyCollector m_collector;
};

} // namespace freerelay::dialects
