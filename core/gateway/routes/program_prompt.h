#pragma once

#include "core/common/result.h"

#include <QByteArray>
#include <QByteArrayList>

namespace freerelay::gateway {

/// A chat as a program gets it.
struct ProgramPrompt
{
    QByteArray text;
    /// Members of the request that no program can be told ("temperature", "tools").
    QByteArrayList ignored;
};

/// The messages of a chat (OpenAI's form) as one text for a program that takes a prompt: a single
/// message as it is, else each under its role. Pure; any thread.
/// @param body  a valid chat request
/// @return InvalidArgument when it has more than texts, or no text at all
[[nodiscard]] common::Result<ProgramPrompt> programPrompt(const QByteArray &body);

} // namespace freerelay::gateway
