#pragma once

#include "core/catalog/types.h"
#include "core/common/result.h"
#include "core/dialects/canonical/canonical_request.h"
#include "core/dialects/canonical/turns.h"
#include "core/dialects/json_writer.h"

namespace freerelay::dialects {

/// Writes one canonical request as a generateContent body. The same request gives the same bytes.
///
/// - System text becomes systemInstruction; Gemma has none: it opens the first user turn.
/// - Calls and their results are matched by order, as Gemini does; a result's name is looked up
///   from the call with its id. A result that is a JSON object goes as it is, else as
///   {"result": text} or {"error": text}.
/// - Gemini 3 and later refuse a call without thoughtSignature in the history. A turn that has
///   none came from another model: its first call gets the documented sentinel.
/// - JSON mode beside tools is refused before Gemini 3: there, and on Gemma, an instruction in the
///   system text takes its place.
/// - reasoning_effort where the catalogue says reasoning = Yes: thinkingLevel from Gemini 3 on,
///   thinkingBudget before (Google's own mapping for its OpenAI endpoint: minimal and low 1,024,
///   medium 8,192, high 24,576, none 0; ai.google.dev/gemini-api/docs/openai, 2026-11).
class GeminiEncoder
{
public:
    GeminiEncoder(const CanonicalRequest &request, const catalog::Model &model);

    [[nodiscard]] common::Result<QByteArray> encode();

private:
    [[nodiscard]] std::optional<common::Error> refusal() const;
    [[nodiscard]] bool usesNativeJson() const;

    void writeContents();
    void writeTurn(const Turn &turn, bool foldSystem);
    void writeBlock(const ContentBlock &block);
    void writeText(const QByteArray &text, const QByteArray &signature = {});
    void writeMedia(const MediaBlock &media);
    void writeCall(const ToolUseBlock &use);
    void writeResult(const ToolResultBlock &result);
    void beginUserTurn();
    void writeSystem();
    void writeTools();
    void writeToolConfig();
    void writeConfig();
    void writeResponseFormat();
    void writeThinking();
    [[nodiscard]] QByteArray nameOf(const QByteArray &toolUseId) const;

    const CanonicalRequest &m_request;
    const catalog::Model &m_model;
    std::vector<SystemBlock> m_system;
    std::vector<Turn> m_turns;
    std::vector<const ToolUseBlock *> m_calls; ///< of all turns, in order
    std::vector<const ToolDefinition *> m_tools;
    std::vector<QByteArray> m_schemas; ///< cleaned, beside m_tools; "" = no parameters
    QByteArray m_responseSchema;
    bool m_isGemma = false;
    bool m_isThird = false; ///< Gemini 3 or later
    QByteArray m_turnSignature; ///< for the next text of this turn
    bool m_needsSentinel = false; ///< for the next call of this turn
    QByteArray m_body;
    JsonWriter m_json{m_body};
};

} // namespace freerelay::dialects
