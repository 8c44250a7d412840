#pragma once

#include "core/gateway/http_types.h"
#include "core/gateway/replay/reply_logs.h"
#include "core/relay/error_reply.h"

#include <chrono>
#include <optional>
#include <variant>

namespace freerelay::gateway {

/// How long the reply to a request with an idempotency key is sent again (spec 10.7).
inline constexpr std::chrono::seconds idempotencyPeriod{300};

/// What the header Idempotency-Key means together with who sends it: the same key of two clients
/// is two keys, and neither key nor credential can be told from the hash.
/// @return nullopt without the header; an error when it is empty or longer than 255 bytes
[[nodiscard]] std::variant<std::optional<ReplyLogs::Key>, relay::ClientError>
idempotencyKeyOf(const HttpRequest &request);

/// What a client gets that used its key for something else.
[[nodiscard]] relay::ClientError keyUsedOtherwise();

} // namespace freerelay::gateway
