#pragma once

#include "core/dialects/responses/responses_dialect.h"

namespace freerelay::dialects {

/// POST /v1/responses/compact (OpenAI "Compact a response"; Codex with the provider `openai`): the
/// same request as for a Response, answered by the items that stand in the place of its input.
/// Never a stream.
class CompactionDialect final : public ClientDialect
{
public:
    [[nodiscard]] common::Result<ClientRequest> read(const ClientCall &call) const override;
    [[nodiscard]] std::unique_ptr<ReplyTranslator>
    translator(const ClientReplyContext &context) const override;
    [[nodiscard]] QByteArray error(const ErrorWords &words) const override
    {
        return m_responses.error(words);
    }
    [[nodiscard]] QByteArray streamError(const ErrorWords &words) const override
    {
        return m_responses.streamError(words);
    }

private:
    ResponsesDialect m_responses;
};

} // namespace freerelay::dialects
