#pragma once

#include "core/dialects/canonical/reply_collector.h"
#include "core/dialects/canonical/reply_reader.h"
#include "core/dialects/ollama/ollama_words.h"

#include <optional>

namespace freerelay::dialects {

/// Events → one whole reply. Of several choices only the first, here and below: the dialect cannot
/// ask for more.
class OllamaReplyWriter final : public ReplyWriter
{
public:
    OllamaReplyWriter(ClientReplyContext context, OllamaForm form)
        : m_context(std::move(context))
        , m_form(form)
    { }

    void write(const CanonicalEvent &event, QByteArray &) override { m_collector.add(event); }
    void finish(QByteArray &out) override;

private:
    ClientReplyContext m_context;
    OllamaForm m_form;
    ReplyCollector m_collector;
};

/// Events → lines of JSON, each ended by a line feed; the last one has `done` true. A tool call is
/// told in one piece, when all of it is there.
class OllamaStreamWriter final : public ReplyWriter
{
public:
    OllamaStreamWriter(ClientReplyContext context, OllamaForm form)
        : m_context(std::move(context))
        , m_form(form)
    { }

    void write(const CanonicalEvent &event, QByteArray &out) override;
    void finish(QByteArray &out) override;

private:
    void line(const OllamaWords &words, QByteArray &out);

    ClientReplyContext m_context;
    OllamaForm m_form;
    QByteArray m_model;
    ReplyCollector m_calls; ///< tool calls, and nothing else
    std::optional<common::SteadyTime> m_firstAt;
    Finish m_finish;
    Usage m_usage;
};

} // namespace freerelay::dialects
