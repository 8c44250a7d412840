#pragma once

#include "core/common/error.h"

#include <QByteArrayView>

#include <curl/curl.h>

namespace freerelay::upstream {

/// What libcurl's failure means to a caller.
///
/// Timeout: the connect limit (the only one libcurl keeps). Unavailable: no connection, TLS, or a
/// reply that broke off. ProtocolError: not proper HTTP. InvalidArgument: the address itself.
/// @param text  libcurl's error buffer; holds addresses, never header values
/// @see         https://curl.se/libcurl/c/libcurl-errors.html (7.88)
[[nodiscard]] common::Error curlError(CURLcode code, QByteArrayView text);

} // namespace freerelay::upstream
