#pragma once

#include "core/dialects/provider_dialect.h"

namespace freerelay::dialects {

/// OpenAI's chat completions, as spoken by most providers. Requests and replies are spliced, never
/// re-serialised: what no rule names passes byte for byte.
class OpenAiDialect final : public ProviderDialect
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
