#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace freerelay::dialects {

struct DataUrl
{
    QByteArray mediaType; ///< lower case; "text/plain" when not named (RFC 2397)
    QByteArray base64; ///< byte-exact when the URL is base64, else converted
};

/// Takes a data: URL apart (RFC 2397). "image/jpg", which providers refuse, becomes "image/jpeg".
/// @return nullopt when `url` is none
[[nodiscard]] std::optional<DataUrl> parseDataUrl(QByteArrayView url);

} // namespace freerelay::dialects
