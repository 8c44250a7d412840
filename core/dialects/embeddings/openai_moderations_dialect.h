#pragma once

#include "core/dialects/provider_dialect.h"

namespace freerelay::dialects {

/// OpenAI's moderations (Mistral's are alike): results pass as they are.
class OpenAiModerationsDialect final : public ProviderDialect
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
