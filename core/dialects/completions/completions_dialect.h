#pragma once

#include "core/dialects/client_dialect.h"

namespace freerelay::dialects {

/// OpenAI's completions, from before there were chats: a prompt is said as the user's message, and
/// a prompt with a suffix as the task to fill the gap (fill_in_prompt.h).
class CompletionsDialect final : public ClientDialect
{
public:
    [[nodiscard]] common::Result<ClientRequest> read(const ClientCall &call) const override;
    [[nodiscard]] std::unique_ptr<ReplyTranslator>
    translator(const ClientReplyContext &context) const override;
    [[nodiscard]] QByteArray error(const ErrorWords &words) const override;
    [[nodiscard]] QByteArray streamError(const ErrorWords &words) const override;
};

} // namespace freerelay::dialects
