#include "response_head.h"

#include "core/common/byte_writer.h"
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

class Number
{
public:
    explicit Number(qsizetype number)
        : m_end(std::to_chars(m_digits.data(), m_digits.data() + m_digits.size(), number).ptr)
    { }
    operator QByteArrayView() const // NOLINT: stands for its digits
    {
        return {m_digits.data(), m_end};
    }

private:
    std::array<char, 24> m_digits; // NOLINT: filled by to_chars
    const char *m_end;
};

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
    constexpr qsizetype ownLines = 256; // status line, framing, connection
    qsizetype size = ownLines;
    for (const auto &[name, value] : headers.fields()) {
        size += name.size() + value.size() + 4;
    }
    common::ByteWriter writer(out, size);
    writer << "HTTP/1.1 " << Number(head.status) << ' ' << reason(head.status) << "\r\n";
    for (const auto &[name, value] : headers.fields()) {
        if (!name.isEmpty() && !isOurs(name) && !hasControl(name) && !hasControl(value)) {
            writer << name << ": " << value << "\r\n";
        }
    }
    if (head.framing == BodyFraming::Chunked) {
        writer << "transfer-encoding: chunked\r\n";
    } else if (head.framing == BodyFraming::Length && !isBodiless(head.status)) {
        writer << "content-length: " << Number(head.length) << "\r\n";
    }
    if (!head.keepAlive) {
        writer << "connection: close\r\n";
    } else if (head.http10) {
        writer << "connection: keep-alive\r\n";
    }
    writer << "\r\n";
    writer.finish();
}

} // namespace freerelay::gateway
