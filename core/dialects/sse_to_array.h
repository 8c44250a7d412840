#pragma once

#include "core/dialects/sse_decoder.h"

#include <QByteArray>

namespace freerelay::dialects {

/// Writes a stream of server-sent JSON events as one JSON array, an element at a time: what
/// Google's streams are without `alt=sse`. One thread.
class SseToArray
{
public:
    /// @param events  in any pieces
    void feed(QByteArrayView events, QByteArray &out);
    /// Closes the array, also an empty one.
    void finish(QByteArray &out);

private:
    SseDecoder m_decoder;
    bool m_begun = false;
};

} // namespace freerelay::dialects
