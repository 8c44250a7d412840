#include "sse_to_array.h"

namespace freerelay::dialects {

void SseToArray::feed(QByteArrayView events, QByteArray &out)
{
    m_decoder.append(events);
    while (const auto event = m_decoder.next()) {
        out.append(m_begun ? ",\r\n" : "[");
        out.append(event->data);
        m_begun = true;
    }
}

void SseToArray::finish(QByteArray &out)
{
    out.append(m_begun ? "]" : "[]");
}

} // namespace freerelay::dialects
