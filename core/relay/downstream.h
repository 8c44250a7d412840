#pragma once

#include "core/common/clock.h"
#include "core/common/http_headers.h"

#include <QByteArray>

#include <functional>

namespace freerelay::relay {

/// The client's side of one request, as the relay sees it. Lives on the worker thread.
///
/// Handlers are called from the event loop, never from inside another of these functions; they may
/// call any of them, replace the handlers, and drop the last reference to the object.
class Downstream
{
public:
    virtual ~Downstream() = default;

    /// A whole reply: head and body at once. Ends the reply.
    virtual void reply(int status, const common::HeaderList &headers, QByteArray body) = 0;

    /// Head of a reply whose length is not known; body follows by write(), then finish() or
    /// abort().
    virtual void beginStream(int status, const common::HeaderList &headers) = 0;
    virtual void write(const QByteArray &bytes) = 0;
    /// The stream is complete (for an error event: complete as well, it says so in its text).
    virtual void finish() = 0;
    /// Closes the connection without a proper end, so that the client sees a cut.
    virtual void abort() = 0;

    /// Bytes accepted by write() and not yet taken by the kernel.
    [[nodiscard]] virtual qint64 pending() const = 0;
    [[nodiscard]] virtual bool isGone() const = 0;

    /// Looks at limits of its own; called a few times a second while the request is under way. It
    /// may call the handlers.
    virtual void checkLimits(common::SteadyTime) { }

    /// `drained` is called whenever pending() falls; `gone` once when the client has left.
    /// Replaces earlier handlers; empty functions remove them.
    virtual void setHandlers(std::function<void()> drained, std::function<void()> gone) = 0;
};

} // namespace freerelay::relay
