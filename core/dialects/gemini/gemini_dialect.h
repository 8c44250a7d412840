#pragma once

#include "core/dialects/provider_dialect.h"

namespace freerelay::dialects {

/// Google's native generateContent (v1beta, as of 2026-11).
class GeminiDialect final : public ProviderDialect
{
public:
    /// @return InvalidArgument for what generateContent cannot say: media by address (the API
    ///         fetches none, and neither do we), uploaded files, the legacy `functions`
    [[nodiscard]] common::Result<EncodedRequest> encode(
        const ChatRequest &request,
        const catalog::Provider &provider,
        const catalog::Model &model) const override;

    [[nodiscard]] std::unique_ptr<ReplyTranslator>
    translator(const ReplyContext &context) const override;
};

} // namespace freerelay::dialects
