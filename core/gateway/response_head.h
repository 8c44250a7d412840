#pragma once

#include "core/common/http_headers.h"

#include <QByteArray>

#include <optional>

namespace freerelay::gateway {

/// How the end of a reply's body is told.
enum class BodyFraming : std::uint8_t {
    Length, ///< Content-Length
    Chunked,
    Close, ///< by the end of the connection (HTTP/1.0)
};

struct ResponseHead
{
    int status = 200;
    BodyFraming framing = BodyFraming::Length;
    qsizetype length = 0; ///< with BodyFraming::Length
    bool keepAlive = true;
    bool http10 = false; ///< the request's version; decides which Connection header is needed
};

/// Appends status line, `headers` and the framing headers, with the blank line. Header fields that
/// frame or could split the message (content-length, transfer-encoding, connection, line breaks)
/// are left out.
void appendHead(QByteArray &out, const ResponseHead &head, const common::HeaderList &headers);

/// Whether a reply of this status has no body and no Content-Length (RFC 9110 8.6).
[[nodiscard]] bool isBodiless(int status);

} // namespace freerelay::gateway
