#include "response_head.h"

#include "core/gateway/http_syntax.h"

#include <array>
#include <charconv>

namespace freerelay::gateway {

namespace {

struct Reason
{
    int status;
    QByteArrayView phrase;
};

/// RFC 9110 15; the phrases are for people, no client reads them.
constexpr Reason reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {508, "Loop Detected"},
};

QByteArrayView reason(int status)
{
    for (const Reason &entry : reasons) {
        if (entry.status == status) {
            return entry.phrase;
        }
    }
    return "Status";
}

void appendNumber(QByteArray &out, qsizetype number)
{
    std::array<char, 24> digits; // NOLINT: filled by to_chars
    const char *const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
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
