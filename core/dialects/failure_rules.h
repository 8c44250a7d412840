#pragma once

#include "core/common/error.h"
#include "core/dialects/error_body.h"
#include "core/dialects/provider_error.h"

namespace freerelay::dialects {

/// What an error means, from its status and words.
/// @param status  the HTTP status; inside a stream the one in the body, 0 = unknown
[[nodiscard]] FailureClass
failureClass(int status, const ErrorBody &body, const catalog::ErrorRules &rules);

/// True when the words speak of a per-day window.
[[nodiscard]] bool namesDailyQuota(const ErrorBody &body);

/// The kind by which an error inside a 2xx reply is reported.
[[nodiscard]] common::ErrorKind errorKind(FailureClass failure);

/// The error that a 2xx reply carried, for a translator to return.
[[nodiscard]] common::Error errorInReply(JsonValue root);

} // namespace freerelay::dialects
