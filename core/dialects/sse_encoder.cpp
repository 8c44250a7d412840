#include "sse_encoder.h"

#include <algorithm>

namespace freerelay::dialects {

namespace {

bool isLineEnd(char c)
{
    return c == '\n' || c == '\r';
}

} // namespace

void appendSseEvent(QByteArray &out, QByteArrayView data)
{
    for (;;) {
        const qsizetype length = std::find_if(data.begin(), data.end(), isLineEnd) - data.begin();
        out.append("data: ").append(data.first(length)).append('\n');
        if (length == data.size()) {
            break;
        }
        const bool pair = data.sliced(length).startsWith("\r\n");
        data = data.sliced(length + (pair ? 2 : 1));
    }
    out.append('\n');
}

void appendSseEvent(QByteArray &out, QByteArrayView type, QByteArrayView data)
{
    out.append("event: ").append(type).append('\n');
    appendSseEvent(out, data);
}

void appendSseComment(QByteArray &out, QByteArrayView text)
{
    out.append(": ").append(text).append("\n\n");
}

} // namespace freerelay::dialects
