#include "curl_error.h"

#include <QString>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::upstream {

using common::Error;
using common::ErrorKind;

namespace {

Error tlsError(CURLcode code)
{
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
        return {ErrorKind::Unavailable, u"The provider's certificate could not be verified."_s};
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
        return {
            ErrorKind::Unavailable,
            u"The list of trusted certificate authorities could not be read."_s};
    default:
        return {
            ErrorKind::Unavailable, u"A secure connection to the provider could not be set up."_s};
    }
}

Error transferError(CURLcode code, QByteArrayView text)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return {ErrorKind::Unavailable, u"The provider's host name could not be resolved."_s};
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
        return {ErrorKind::Unavailable, u"The proxy could not be used."_s};
    case CURLE_COULDNT_CONNECT:
        return {ErrorKind::Unavailable, u"The provider could not be reached."_s};
    case CURLE_OPERATION_TIMEDOUT:
        return {ErrorKind::Timeout, u"Connecting to the provider took too long (connect limit)."_s};
    case CURLE_GOT_NOTHING:
        return {ErrorKind::Unavailable, u"The provider closed the connection without a reply."_s};
    case CURLE_PARTIAL_FILE:
        return {ErrorKind::Unavailable, u"The provider's reply broke off before its end."_s};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_BAD_CONTENT_ENCODING:
    // A head whose single line passes libcurl's own limit ends this way.
    case CURLE_OUT_OF_MEMORY:
        return {ErrorKind::ProtocolError, u"The provider's reply is not proper HTTP."_s};
    case CURLE_URL_MALFORMAT:
        return {ErrorKind::InvalidArgument, u"The provider's address is not a proper URL."_s};
    case CURLE_UNSUPPORTED_PROTOCOL:
        // libcurl reports a reply without any status line the same way as a strange scheme.
        return !text.startsWith("Protocol \"")
            ? Error{ErrorKind::ProtocolError, u"The provider's reply is not proper HTTP."_s}
            : Error{ErrorKind::InvalidArgument, u"Only http and https addresses are supported."_s};
    case CURLE_RECV_ERROR:
        if (text.contains("chunked-encoding")) {
            return {ErrorKind::ProtocolError, u"The provider's reply is not proper HTTP."_s};
        }
        [[fallthrough]];
    default:
        return {ErrorKind::Unavailable, u"The connection to the provider was lost."_s};
    }
}

bool isTls(CURLcode code)
{
    switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CLIENTCERT:
        return true;
    default:
        return false;
    }
}

} // namespace

Error curlError(CURLcode code, QByteArrayView text)
{
    Error error = isTls(code) ? tlsError(code) : transferError(code, text);
    error.detail = QString::fromUtf8(
        text.isEmpty() ? QByteArrayView(curl_easy_strerror(code)) : text);
    return error;
}

} // namespace freerelay::upstream
