#pragma once

#include "core/common/result.h"

#include <QByteArray>

namespace freerelay::gateway {

/// The messages of a chat (OpenAI's form) as one text for a program that takes a prompt: a single
/// message as it is, else each under its role. Pure; any thread.
/// @param body  a valid chat request
/// @return InvalidArgument when it has more than texts, or no text at all
[[nodiscard]] common::Result<QByteArray> programPrompt(const QByteArray &body);

} // namespace freerelay::gateway
