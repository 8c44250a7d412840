#pragma once

#include "core/dialects/provider_dialect.h"

namespace freerelay::dialects {

/// Anthropic Messages (SDK types of 2026-08-07, anthropic-version 2023-06-01).
class AnthropicDialect final : public ProviderDialect
{
public:
    /// @return InvalidArgument for what Messages cannot say: n > 1, audio, uploaded files, the
    ///         legacy `functions`
    [[nodiscard]] common::Result<EncodedRequest> encode(
        const ChatRequest &request,
        const catalog::Provider &provider,
        const catalog::Model &model) const override;

    [[nodiscard]] std::unique_ptr<ReplyTranslator>
    translator(const ReplyContext &context) const override;
};

} // namespace freerelay::dialects
