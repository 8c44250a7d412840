#pragma once

#include "core/dialects/canonical/canonical_reply.h"

namespace freerelay::dialects {

/// Reads the bytes of one upstream reply as events. One object per attempt; one thread.
class ReplyReader
{
public:
    virtual ~ReplyReader() = default;

    /// Bytes in any pieces. A ReplyFailure is the last event ever.
    virtual void feed(QByteArrayView in, EventList &events) = 0;
    /// The upstream closed cleanly. Appends what was held back; a ReplyFailure (ProtocolError)
    /// when the reply is incomplete.
    virtual void finish(EventList &events) = 0;
    /// The dialect's own end mark has been read.
    [[nodiscard]] virtual bool isEnded() const = 0;
};

/// Writes events in the dialect of a client. One object per attempt; one thread.
class ReplyWriter
{
public:
    virtual ~ReplyWriter() = default;

    /// Failures are not written: who owns the connection says them.
    virtual void write(const CanonicalEvent &event, QByteArray &out) = 0;
    /// All events were written: the rest and the end mark.
    virtual void finish(QByteArray &out) = 0;
    /// Instead of finish(): the reply broke off. For dialects whose last event depends on those
    /// before; who owns the connection says it for all others.
    virtual void fail(const common::Error &, QByteArray &) { }
};

} // namespace freerelay::dialects
