#pragma once

#include "core/catalog/types.h"
#include "core/common/result.h"
#include "core/dialects/canonical/canonical_request.h"
#include "core/dialects/canonical/turns.h"
#include "core/dialects/json_writer.h"

#include <optional>

namespace freerelay::dialects {

/// Writes one canonical request as an Anthropic Messages body. The same request gives the same
/// bytes, so prompt caches hit.
///
/// - max_tokens: the client's, else the model's maximum, else the provider's default.
/// - temperature is clamped to 0..1; top_p is left out beside it (recent models refuse both).
/// - JSON output: output_config.format where the catalogue says jsonSchema = Yes; elsewhere an
///   instruction at the end of the system text.
/// - Reasoning, where the catalogue says reasoning = Yes: models without sampling parameters
///   (temperature = No: Claude 4.7 and later) take thinking "adaptive" with output_config.effort,
///   the others a budget: OpenRouter's shares of max_tokens (minimal 0.1, low 0.2, medium 0.5,
///   high 0.8, xhigh 0.95; at least 1,024, at most 32,000). A forced tool, a prefilled answer and
///   a tool loop whose thinking was not sent back exclude it; sampling parameters go then.
/// - Thinking goes back only with Anthropic's own signature.
/// - cache_control hints are passed, the first four of them (the API's limit).
class AnthropicEncoder
{
public:
    AnthropicEncoder(
        const CanonicalRequest &request,
        const catalog::Provider &provider,
        const catalog::Model &model);

    [[nodiscard]] common::Result<QByteArray> encode();

private:
    [[nodiscard]] std::optional<common::Error> refusal() const;
    [[nodiscard]] std::int64_t maxTokens() const;
    /// 0 = no thinking by budget
    [[nodiscard]] std::int64_t thinkingBudget() const;
    [[nodiscard]] bool thinksAdaptively() const;
    [[nodiscard]] bool mayThink() const;
    [[nodiscard]] bool hasUnsignedToolLoop() const;
    [[nodiscard]] bool usesNativeSchema() const;

    void writeSystem();
    void writeMessages();
    void writeTurn(const Turn &turn, bool isLast);
    void writeBlock(const ContentBlock &block, bool isPrefillEnd);
    void writeText(QByteArrayView text, const QByteArray &cacheControl);
    void writeMedia(const MediaBlock &media, const QByteArray &cacheControl);
    void writeToolUse(const ToolUseBlock &use, const QByteArray &cacheControl);
    void writeToolResult(const ToolResultBlock &result, const QByteArray &cacheControl);
    void writeTools();
    void writeToolChoice();
    void writeThinking();
    void writeSampling();
    void writeCacheControl(const QByteArray &hint);

    const CanonicalRequest &m_request;
    const catalog::Provider &m_provider;
    const catalog::Model &m_model;
    std::vector<SystemBlock> m_system;
    std::vector<Turn> m_turns;
    std::vector<const ToolDefinition *> m_tools;
    std::int64_t m_budget = 0;
    bool m_adaptive = false;
    int m_cacheHints = 0;
    QByteArray m_body;
    JsonWriter m_json{m_body};
};

} // namespace freerelay::dialects
