#pragma once

#include "core/common/clock.h"
#include "core/upstream/chaos/fault.h"
#include "core/upstream/http_client.h"

namespace freerelay::upstream {

/// An error reply.
struct Refusal
{
    int status = 0;
    common::HeaderList headers;
    QByteArray body;
};

/// How long the windows of a minute and of a day are said to be used up.
inline constexpr std::chrono::seconds playedMinuteWait{20};
inline constexpr std::chrono::seconds playedDayWait = std::chrono::hours(1);

/// The error reply that `fault` is, as the callee's wire format has it: words, code, the limits
/// that the catalogue knows, and the headers in which this provider counts its windows. Pure; any
/// thread.
/// @param fault   MinuteLimit … GatewayTimeout
/// @param callee  its provider is not null
[[nodiscard]] Refusal refusalOf(Fault fault, const Callee &callee, common::WallTime wallNow);

} // namespace freerelay::upstream
