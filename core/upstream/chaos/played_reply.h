#pragma once

#include "core/common/clock.h"
#include "core/upstream/chaos/fault.h"
#include "core/upstream/http_client.h"

namespace freerelay::upstream {

/// What comes instead of a provider's answer.
struct PlayedReply
{
    int status = 0; ///< 0 = no reply
    common::HeaderList headers;
    QByteArray body;
    std::optional<common::Error> error; ///< how the call ends; nullopt = well
    bool isSilent = false; ///< nothing comes until a limit of the call has passed
};

/// Plays `fault` as the provider would show it: refusals have the status, headers and words of its
/// wire format, failures of the network are libcurl's. Each ends with "(chaos)", so that records
/// and logs do not pretend. Pure; any thread.
/// @param callee   its provider is not null
/// @param wallNow  for resets that are told as a time
/// @return         nullopt for faults that need the provider's own answer: Latency, and those
///                 within the body
/// @see            facts of resources/catalog/providers.yaml, for words and headers
[[nodiscard]] std::optional<PlayedReply>
playedReply(Fault fault, const Callee &callee, common::WallTime wallNow);

/// `error` with the mark of what is played.
[[nodiscard]] common::Error playedError(common::Error error);

} // namespace freerelay::upstream
