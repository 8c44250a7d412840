#pragma once

#include "core/dialects/canonical/canonical_reply.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"

namespace freerelay::dialects {

/// Words of Google's generateContent API that requests and replies share.

/// Whether a member is the field `camel` ("inlineData"): protobuf's JSON also takes the name in
/// snake case ("inline_data").
[[nodiscard]] bool isField(const JsonMember &member, QByteArrayView camel);

/// The value of a field, in either spelling; missing when there is none.
[[nodiscard]] JsonValue field(const JsonValue &object, QByteArrayView camel);

/// `finishReason`.
[[nodiscard]] QByteArrayView googleFinishReason(FinishReason reason);

/// A `usageMetadata` object, or null bytes when nothing was counted. Google's candidatesTokenCount
/// leaves thoughts out; its promptTokenCount includes what was read from a cache.
[[nodiscard]] QByteArray googleUsage(const Usage &usage);

/// `error.status` of an HTTP status (google.rpc.Code).
[[nodiscard]] QByteArrayView googleStatus(int httpStatus);

} // namespace freerelay::dialects
