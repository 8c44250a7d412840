#pragma once

#include "core/dialects/client_dialect.h"

namespace freerelay::dialects {

/// Google's generateContent API as clients speak it (ai.google.dev/api, v1beta, 2026-11): POST
/// /v1beta/models/{model}:generateContent, :streamGenerateContent and :countTokens. The path tells
/// the model and whether to stream. See GenerateContentReader.
class GenerateContentDialect final : public ClientDialect
{
public:
    [[nodiscard]] common::Result<ClientRequest> read(const ClientCall &call) const override;
    [[nodiscard]] std::unique_ptr<ReplyTranslator>
    translator(const ClientReplyContext &context) const override;
    [[nodiscard]] QByteArray error(const ErrorWords &words) const override;
    [[nodiscard]] QByteArray streamError(const ErrorWords &words) const override;
};

} // namespace freerelay::dialects
