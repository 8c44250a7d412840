#pragma once

#include "core/dialects/provider_dialect.h"

namespace freerelay::dialects {

/// OpenAI's embeddings, as spoken by most providers and local programs. Vectors are always asked
/// for as numbers, which all of them know; see vectors.h.
class OpenAiEmbeddingsDialect final : public ProviderDialect
{
public:
    [[nodiscard]] common::Result<EncodedRequest> encode(
        const ChatRequest &request,
        const catalog::Provider &provider,
        const catalog::Model &model) const override;

    [[nodiscard]] std::unique_ptr<ReplyTranslator>
    translator(const ReplyContext &context) const override;
};

} // namespace freerelay::dialects
