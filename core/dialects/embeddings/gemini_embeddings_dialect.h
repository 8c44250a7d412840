#pragma once

#include "core/dialects/provider_dialect.h"

namespace freerelay::dialects {

/// Gemini's native embeddings (batchEmbedContents, ai.google.dev/api/embeddings). It takes texts,
/// not tokens, and at most a hundred at once; nobody counts tokens.
class GeminiEmbeddingsDialect final : public ProviderDialect
{
public:
    static constexpr int maxTexts = 100;

    [[nodiscard]] common::Result<EncodedRequest> encode(
        const ChatRequest &request,
        const catalog::Provider &provider,
        const catalog::Model &model) const override;

    [[nodiscard]] std::unique_ptr<ReplyTranslator>
    translator(const ReplyContext &context) const override;
};

} // namespace freerelay::dialects
