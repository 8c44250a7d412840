#pragma once

#include "core/dialects/json_object_edit.h"
#include "core/dialects/json_splicer.h"
#include "core/dialects/json_value.h"
#include "core/dialects/openai_tool_calls.h"
#include "core/dialects/provider_dialect.h"
#include "core/dialects/sse_decoder.h"
#include "core/dialects/text/said_text.h"

#include <QByteArray>

#include <bitset>
#include <vector>

namespace freerelay::dialects {

/// OpenAI chat stream of any provider → stream as OpenAI documents it.
///
/// An event that is in order passes as it is; others are spliced: one id, created and object on
/// every chunk, finish_reason null until the end, usage only where the client asked for it,
/// reasoning text in both spellings, tool calls renumbered, also those that were printed as text.
/// Comments are dropped. A whole reply instead of a stream becomes a stream of one chunk.
class OpenAiStreamTranslator final : public ReplyTranslator
{
public:
    explicit OpenAiStreamTranslator(ReplyContext context);

    [[nodiscard]] std::optional<common::Error> feed(QByteArrayView in, QByteArray &out) override;
    [[nodiscard]] std::optional<common::Error> finish(QByteArray &out) override;
    [[nodiscard]] const ReplyProgress &progress() const override { return m_progress; }

private:
    using MaybeError = std::optional<common::Error>;

    /// `n` is at most 128 (openai-openapi 2.3.0).
    static constexpr std::size_t maxChoices = 128;
    using Indices = std::bitset<maxChoices>;

    /// What one choice has shown so far.
    struct Choice
    {
        Choice(const QByteArray &idStem, const QByteArrayList &tools)
            : toolCalls(idStem)
            , said(tools)
        { }
        OpenAiToolCalls toolCalls;
        SaidText said;
        bool started = false;
        bool finished = false;
    };

    /// What one chunk turned out to hold.
    struct ChunkFacts
    {
        bool choices = false; ///< at least one choice
        bool news = false; ///< something that the client has not been told yet
        Indices content; ///< choices that say something
        Indices finishes; ///< choices with a finish reason
    };

    [[nodiscard]] MaybeError drain(QByteArray &out);
    [[nodiscard]] MaybeError finishPlain(QByteArray &out);
    [[nodiscard]] MaybeError takeEvent(QByteArrayView data, QByteArray &out);
    [[nodiscard]] MaybeError takeChunk(JsonValue root, QByteArray &out);
    [[nodiscard]] MaybeError end(QByteArray &out);
    void rewriteTopLevel(JsonObjectEdit &chunk);
    [[nodiscard]] bool takeUsage(JsonObjectEdit &chunk);
    void keepUsageChunk(JsonObjectEdit &chunk, Splicer &splicer);
    void hideUsage(JsonObjectEdit &chunk) const;
    [[nodiscard]] MaybeError rewriteChoices(JsonValue choices, Splicer &splicer, ChunkFacts &facts);
    [[nodiscard]] MaybeError
    rewriteChoice(JsonValue value, qsizetype position, Splicer &splicer, ChunkFacts &facts);
    [[nodiscard]] bool
    rewriteDelta(JsonValue delta, Choice &state, Splicer &splicer, bool &saysSomething);
    [[nodiscard]] bool rewriteFinish(JsonObjectEdit &choice, Choice &state);
    void updateFinished();
    void releaseHeld(const Indices &goesOn, QByteArray &out);
    void tellRest(QByteArray &out);
    void tellRest(std::size_t index, const QByteArray &delta, QByteArray &out) const;
    void appendUsageChunk(QByteArray &out) const;

    ReplyContext m_context;
    SseDecoder m_decoder;
    ReplyProgress m_progress;
    QByteArray m_id; ///< JSON string; "" until the first chunk
    QByteArray m_created; ///< digits
    QByteArray m_model; ///< JSON string
    QByteArray m_usage; ///< the last usage object seen, completed
    QByteArray m_usageChunk; ///< the provider's own chunk for it, rewritten
    QByteArray m_held; ///< the last chunk with a finish reason, until it is known to be the end
    Indices m_heldFinishes;
    QByteArray m_plain; ///< body of a reply that is no event stream
    std::vector<Choice> m_choices; ///< by index
    bool m_sawBytes = false;
    bool m_isPlain = false;
};

} // namespace freerelay::dialects
