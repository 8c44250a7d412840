#pragma once

#include "core/dialects/reply_translator.h"

#include <QByteArray>
#include <QByteArrayView>

namespace freerelay::dialects {

/// What a client has been told by the chunks of one stream, as far as another one needs it to go
/// on from there.
struct ToldStream
{
    QByteArray id; ///< JSON text; "" = nothing was told
    QByteArray created; ///< JSON text
    QByteArray text; ///< content of the first choice; UTF-8
    /// It is nothing but text (and reasoning) of one choice.
    bool plain = true;
};

/// Reads a stream in OpenAI's chat form, as the translators write it. Pure; any thread.
/// @param sse  whole events
[[nodiscard]] ToldStream readToldStream(QByteArrayView sse);

} // namespace freerelay::dialects
