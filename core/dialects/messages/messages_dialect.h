#pragma once

#include "core/dialects/client_dialect.h"

namespace freerelay::dialects {

/// Anthropic's Messages API as clients speak it (SDK types of 2026-08-07; POST /v1/messages).
class MessagesDialect final : public ClientDialect
{
public:
    /// `max_tokens` may be absent: counting tokens needs none. See MessagesRequestReader.
    [[nodiscard]] common::Result<ClientRequest> read(const ClientCall &call) const override;
    [[nodiscard]] std::unique_ptr<ReplyTranslator>
    translator(const ClientReplyContext &context) const override;
    [[nodiscard]] QByteArray error(const ErrorWords &words) const override;
    [[nodiscard]] QByteArray streamError(const ErrorWords &words) const override;
};

} // namespace freerelay::dialects
