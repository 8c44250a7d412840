#pragma once

#include "core/dialects/canonical/canonical_request.h"

#include <QByteArrayList>
#include <QByteArrayView>

#include <initializer_list>

namespace freerelay::dialects {

/// Whether a parameter of OpenAI chat only hints or wishes: an answer without it is as good. What
/// is left out is named to the client unless it is one of these.
[[nodiscard]] bool isHint(QByteArrayView parameter);

/// The parameters of a request that a provider's format has no words for, by OpenAI's names, as
/// far as answers depend on them.
/// @param said  those that it has, of: top_k, seed, presence_penalty, frequency_penalty,
///              parallel_tool_calls
[[nodiscard]] QByteArrayList
unsaidParameters(const CanonicalRequest &request, std::initializer_list<QByteArrayView> said);

} // namespace freerelay::dialects
