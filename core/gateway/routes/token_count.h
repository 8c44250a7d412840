#pragma once

#include "core/dialects/client_dialect.h"
#include "core/gateway/http_types.h"
#include "core/relay/downstream.h"

namespace freerelay::gateway {

/// Answers how many tokens a request has: an estimate, as routing makes one, and said to be one in
/// x-freerelay-estimate. Nobody is asked. Any thread.
/// @param member  of the answer that holds the number
void countTokens(
    const dialects::ClientDialect &dialect,
    const QByteArray &member,
    const HttpRequest &request,
    relay::Downstream &downstream);

} // namespace freerelay::gateway
