#pragma once

#include "core/catalog/types.h"
#include "core/dialects/json_splicer.h"
#include "core/dialects/json_value.h"

#include <QByteArray>

namespace freerelay::dialects {

/// Makes the messages of a request what a provider accepts: role developer, null and array
/// content, unknown members, ids of tool calls.
///
/// @param messages  a checked `messages` array inside the text of `splicer`
/// @param foreign   see ChatRequest::foreign
void encodeMessages(
    JsonValue messages, const catalog::WireRules &rules, bool foreign, Splicer &splicer);

/// True when the rules concern more than the role developer.
[[nodiscard]] bool rewritesMessages(const catalog::WireRules &rules);

/// `id` itself when it is already [A-Za-z0-9]{length}, else letters and digits made from it: the
/// same id always gives the same result.
[[nodiscard]] QByteArray shortToolCallId(const QByteArray &id, int length);

} // namespace freerelay::dialects
