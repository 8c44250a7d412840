#include "fake_reply.h"

namespace freerelay::tests {

FakeReply FakeReply::json(QByteArray body, int status)
{
    FakeReply reply;
    reply.status = status;
    reply.headers.add("content-type", "application/json");
    reply.chunks.push_back({std::move(body)});
    return reply;
}

FakeReply FakeReply::html(QByteArray body, int status)
{
    FakeReply reply;
    reply.status = status;
    reply.headers.add("content-type", "text/html");
    reply.chunks.push_back({std::move(body)});
    return reply;
}

FakeReply FakeReply::sse(const QByteArrayList &events)
{
    FakeReply reply;
    reply.headers.add("content-type", "text/event-stream");
    reply.framing = FakeFraming::Chunked;
    for (const QByteArray &event : events) {
        reply.chunks.push_back({event + "\n\n"});
    }
    return reply;
}

FakeReply FakeReply::stream(const QByteArrayList &chunks, FakeFraming framing)
{
    FakeReply reply;
    reply.headers.add("content-type", "application/octet-stream");
    reply.framing = framing;
    for (const QByteArray &chunk : chunks) {
        reply.chunks.push_back({chunk});
    }
    return reply;
}

FakeReply FakeReply::flood(qint64 bytes)
{
    FakeReply reply;
    reply.headers.add("content-type", "application/octet-stream");
    reply.floodBytes = bytes;
    return reply;
}

FakeReply FakeReply::garbage(QByteArray bytes)
{
    FakeReply reply;
    reply.raw = std::move(bytes);
    return reply;
}

FakeReply FakeReply::withHeader(QByteArray lowerCaseName, QByteArray value) const
{
    FakeReply reply = *this;
    reply.headers.add(std::move(lowerCaseName), std::move(value));
    return reply;
}

FakeReply FakeReply::withFault(FakeFault what, int afterChunks) const
{
    FakeReply reply = *this;
    reply.fault = what;
    reply.faultAfterChunks = afterChunks;
    return reply;
}

FakeReply FakeReply::heldFrom(int index) const
{
    FakeReply reply = *this;
    for (std::size_t i = static_cast<std::size_t>(index); i < reply.chunks.size(); ++i) {
        reply.chunks[i].held = true;
    }
    return reply;
}

QByteArray FakeReply::head() const
{
    QByteArray head = "HTTP/1.1 " + QByteArray::number(status) + ' ' + reason + "\r\n";
    for (const auto &[name, value] : headers.fields()) {
        head += name + ": " + value + "\r\n";
    }
    if (framing == FakeFraming::Chunked) {
        head += "transfer-encoding: chunked\r\n";
    } else if (framing == FakeFraming::ContentLength && !headers.contains("content-length")) {
        qint64 length = floodBytes;
        for (const FakeChunk &chunk : chunks) {
            length += chunk.bytes.size();
        }
        head += "content-length: " + QByteArray::number(length) + "\r\n";
    }
    if (closeAfter || framing == FakeFraming::UntilClose) {
        head += "connection: close\r\n";
    }
    return head + "\r\n";
}

QByteArray FakeReply::framed(const QByteArray &bytes) const
{
    if (framing != FakeFraming::Chunked || bytes.isEmpty()) {
        return bytes;
    }
    return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n";
}

} // namespace freerelay::tests
