#pragma once

#include "core/common/http_headers.h"

#include <QByteArray>
#include <QByteArrayList>

#include <vector>

namespace freerelay::tests {

/// One piece of a body. A held piece waits for FakeUpstream::release().
struct FakeChunk
{
    QByteArray bytes;
    bool held = false;
};

/// How the end of the body is told.
enum class FakeFraming { ContentLength, Chunked, UntilClose };

/// What goes wrong. Reset sends RST, Cut sends FIN, Stall says nothing more and stays open.
enum class FakeFault { None, Reset, Cut, Stall };

/// What FakeUpstream answers to one request. A value: build it with the functions below and
/// change what the test needs.
struct FakeReply
{
    /// Fault before any byte of the head.
    static constexpr int beforeHead = -1;
    static constexpr int never = -2;

    int status = 200;
    QByteArray reason = "OK";
    common::HeaderList headers;
    std::vector<FakeChunk> chunks;
    FakeFraming framing = FakeFraming::ContentLength;

    FakeFault fault = FakeFault::None;
    int faultAfterChunks = never; ///< beforeHead, 0 (after the head), or n chunks

    QByteArray raw; ///< written as it is, instead of head and body
    qint64 floodBytes = 0; ///< this many 'x' after the chunks, as fast as they are taken
    bool headHeld = false; ///< the head waits for release() as well
    bool oneByteWrites = false; ///< one byte a write, each in its own turn of the event loop
    bool closeAfter = false; ///< says "connection: close" and closes
    bool dropAfter = false; ///< closes after the reply without having said so

    [[nodiscard]] static FakeReply json(QByteArray body, int status = 200);
    [[nodiscard]] static FakeReply html(QByteArray body, int status = 502);
    /// text/event-stream, chunked; each event is one chunk and gets its blank line here.
    [[nodiscard]] static FakeReply sse(const QByteArrayList &events);
    /// Chunked, or as `framing` says.
    [[nodiscard]] static FakeReply
    stream(const QByteArrayList &chunks, FakeFraming framing = FakeFraming::Chunked);
    [[nodiscard]] static FakeReply flood(qint64 bytes);
    /// These bytes instead of HTTP, then FIN.
    [[nodiscard]] static FakeReply garbage(QByteArray bytes);

    [[nodiscard]] FakeReply withHeader(QByteArray lowerCaseName, QByteArray value) const;
    [[nodiscard]] FakeReply withFault(FakeFault what, int afterChunks) const;
    /// Chunk `index` and all later ones wait for release(), one permit each.
    [[nodiscard]] FakeReply heldFrom(int index) const;

    /// The head as it goes over the wire.
    [[nodiscard]] QByteArray head() const;
    /// One piece of body in the reply's framing.
    [[nodiscard]] QByteArray framed(const QByteArray &bytes) const;
};

} // namespace freerelay::tests
