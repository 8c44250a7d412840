#include "response_head.h"

#include "core/gateway/http_syntax.h"

#include <array>
#include <charconv>

namespace freerelay::gateway {

namespace {

QByteArrayView reason(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 402:
        return "Payment Required";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 417:
        return "Expectation Failed";
    case 421:
        return "Misdirected Request";
    case 422:
        return "Unprocessable Content";
    case 426:
        return "Upgrade Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    case 505:
        return "HTTP Version Not Supported";
    case 508:
        return "Loop Detected";
    default:
        return "Status";
    }
}

void appendNumber(QByteArray &out, qsizetype number)
{
    std::array<char, 24> digits; // NOLINT: filled by to_chars
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end - digits.data());
}

bool isOurs(QByteArrayView name)
{
    return name == "content-length" || name == "transfer-encoding" || name == "connection";
}

} // namespace

bool isBodiless(int status)
{
    return status == 204 || status == 304 || (status >= 100 && status < 200);
}

void appendHead(QByteArray &out, const ResponseHead &head, const common::HeaderList &headers)
{
    out += "HTTP/1.1 ";
    appendNumber(out, head.status);
    out += ' ';
    out += reason(head.status);
    out += "\r\n";
    for (const auto &[name, value] : headers.fields()) {
        if (name.isEmpty() || isOurs(name) || hasControl(name) || hasControl(value)) {
            continue;
        }
        out += name;
        out += ": ";
        out += value;
        out += "\r\n";
    }
    if (head.framing == BodyFraming::Chunked) {
        out += "transfer-encoding: chunked\r\n";
    } else if (head.framing == BodyFraming::Length && !isBodiless(head.status)) {
        out += "content-length: ";
        appendNumber(out, head.length);
        out += "\r\n";
    }
    if (!head.keepAlive) {
        out += "connection: close\r\n";
    } else if (head.http10) {
        out += "connection: keep-alive\r\n";
    }
    out += "\r\n";
}

} // namespace freerelay::gateway
