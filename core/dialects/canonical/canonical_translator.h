#pragma once

#include "core/dialects/canonical/reply_reader.h"
#include "core/dialects/provider_dialect.h"
#include "core/dialects/reply_translator.h"

#include <memory>

namespace freerelay::dialects {

/// Joins the reader of one dialect to the writer of another by way of canonical events.
class CanonicalTranslator final : public ReplyTranslator
{
public:
    /// Whose reply it is. What the relay answers has been judged: an empty one that used up its
    /// tokens by thinking is an answer, and is told.
    enum class From { Provider, Relay };

    CanonicalTranslator(
        std::unique_ptr<ReplyReader> reader, std::unique_ptr<ReplyWriter> writer, From from);

    [[nodiscard]] std::optional<common::Error> feed(QByteArrayView in, QByteArray &out) override;
    /// A provider's reply that a content filter emptied is delivered; any other empty one is
    /// Unavailable.
    [[nodiscard]] std::optional<common::Error> finish(QByteArray &out) override;
    [[nodiscard]] const ReplyProgress &progress() const override { return m_progress; }

private:
    [[nodiscard]] std::optional<common::Error> pass(QByteArray &out);
    void note(const CanonicalEvent &event);

    std::unique_ptr<ReplyReader> m_reader;
    std::unique_ptr<ReplyWriter> m_writer;
    From m_from;
    EventList m_events;
    ReplyProgress m_progress;
    bool m_filtered = false;
};

/// Ready translator to OpenAI chat: chunks when the context streams, else one whole reply.
[[nodiscard]] std::unique_ptr<ReplyTranslator>
toOpenAiTranslator(std::unique_ptr<ReplyReader> reader, const ReplyContext &context);

/// Ready translator from OpenAI chat, as the relay speaks it, to the dialect of a writer.
/// @param stream  chunks come, else one whole reply
[[nodiscard]] std::unique_ptr<ReplyTranslator>
fromOpenAiTranslator(std::unique_ptr<ReplyWriter> writer, bool stream);

} // namespace freerelay::dialects
