#pragma once

#include "core/dialects/client_dialect.h"

namespace freerelay::dialects {

/// OpenAI's Responses API as clients speak it (openai-openapi 2.3.0, 2026-08-21; Codex 0.171;
/// POST /v1/responses).
class ResponsesDialect final : public ClientDialect
{
public:
    /// See ResponsesRequestReader.
    [[nodiscard]] common::Result<ClientRequest> read(const ClientCall &call) const override;
    [[nodiscard]] std::unique_ptr<ReplyTranslator>
    translator(const ClientReplyContext &context) const override;
    [[nodiscard]] QByteArray error(const ErrorWords &words) const override;
    /// The Response that is told before anybody has begun to answer; JSON.
    [[nodiscard]] static QByteArray
    queued(const ClientRequest &request, const QByteArray &requestId, common::WallTime now);
    /// Nothing: the stream itself says `error` and `response.failed`, with their numbers.
    [[nodiscard]] QByteArray streamError(const ErrorWords &) const override { return {}; }
};

} // namespace freerelay::dialects
