#include "data_url.h"

namespace freerelay::dialects {

std::optional<DataUrl> parseDataUrl(QByteArrayView url)
{
    constexpr qsizetype schemeLength = 5;
    const qsizetype comma = url.indexOf(',');
    if (comma < 0
        || url.first(std::min(url.size(), schemeLength)).compare("data:", Qt::CaseInsensitive)
            != 0) {
        return std::nullopt;
    }
    const QByteArray head = url.sliced(schemeLength, comma - schemeLength).toByteArray().toLower();
    const QByteArrayView payload = url.sliced(comma + 1);
    DataUrl result;
    result.mediaType = head.left(head.indexOf(';')).trimmed();
    if (result.mediaType.isEmpty()) {
        result.mediaType = "text/plain";
    } else if (result.mediaType == "image/jpg") {
        result.mediaType = "image/jpeg";
    }
    result.base64 = head.endsWith(";base64")
        ? payload.toByteArray()
        : QByteArray::fromPercentEncoding(payload.toByteArray()).toBase64();
    return result;
}

} // namespace freerelay::dialects
