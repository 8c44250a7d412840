#pragma once

#include "core/catalog/types.h"
#include "core/dialects/client_dialect.h"

#include <array>
#include <span>

namespace freerelay::fuzz {

/// The wires that are spoken to providers.
inline constexpr std::array wires{
    catalog::Wire::OpenAiChat,
    catalog::Wire::AnthropicMessages,
    catalog::Wire::GoogleGenerateContent};

/// One of the clients' dialects, at its address.
struct Client
{
    const dialects::ClientDialect *dialect; ///< static
    QByteArray path;
    bool json = true; ///< its stream is lines of JSON, and no events
};

/// Those of chats.
[[nodiscard]] std::span<const Client> clients();

} // namespace freerelay::fuzz
