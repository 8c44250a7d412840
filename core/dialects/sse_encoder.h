#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace freerelay::dialects {

/// Appends one server-sent event to `out`: `data:` lines and a blank line.
/// @param data  any text; its line ends (LF, CR, CRLF) become separate `data:` lines
void appendSseEvent(QByteArray &out, QByteArrayView data);

/// The same with an `event:` line before it. `type` holds no line end.
void appendSseEvent(QByteArray &out, QByteArrayView type, QByteArrayView data);

/// Appends a comment line, which clients skip: keeps a quiet stream alive.
void appendSseComment(QByteArray &out, QByteArrayView text);

} // namespace freerelay::dialects
