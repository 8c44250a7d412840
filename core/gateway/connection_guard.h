#pragma once

#include "core/common/clock.h"
#include "core/common/deferred.h"
#include "core/gateway/connection_output.h"
#include "core/gateway/http_request_parser.h"
#include "core/gateway/refusal.h"

#include <QObject>

#include <deque>
#include <memory>
#include <optional>

class QTcpSocket;

namespace freerelay::gateway {

struct ConnectionContext;
class ResponseWriter;

/// Owns the framing of one connection.
///
/// It reads every byte off the socket before QHttpServer's own slot runs, checks and queues whole
/// requests, and puts back one constant header-less request line for each of them, the next when
/// the reply before is complete: what a client wrote never reaches QHttpServer's parser
/// (docs/architecture.md, the way of a request). Early errors, 100 Continue, time limits, order of
/// pipelined requests and the end of the connection are its own. Child of its socket; lives on
/// the worker's thread.
class ConnectionGuard final : public QObject
{
    Q_OBJECT

public:
    /// A connection beyond the limit is kept just long enough to be told so (503).
    enum class Admission : std::uint8_t { Serve, TellBusy };

    /// Must be created before QHttpServer connects to the socket.
    ConnectionGuard(
        QTcpSocket &socket, ConnectionContext &context, ConnectionPeer peer, Admission admission);
    ~ConnectionGuard() override;
    Q_DISABLE_COPY_MOVE(ConnectionGuard)

    /// Hands the released request to the worker's handler. Called by the adapter from
    /// QHttpServer's handleRequest(). `hold` is kept until the reply is complete.
    void dispatch(std::shared_ptr<void> hold);

    /// Ends what has taken too long at `now`.
    void sweep(common::SteadyTime now);

    /// Closes when idle, else after the reply in progress.
    void stopKeepAlive();

    /// Closes at once; the client sees a reset.
    void cut();
    /// Closes at once; a reply in progress is cut, a complete one left to the kernel.
    void endNow();

    /// A request or a reply is in progress or waiting.
    [[nodiscard]] bool isBusy() const;

    // For the ResponseWriter of the request in progress:

    [[nodiscard]] bool mayKeepAlive() const;
    [[nodiscard]] ConnectionOutput &output() { return m_output; }
    /// Flushes once in this turn of the event loop.
    void scheduleFlush() { m_flush.schedule(); }
    /// The reply is complete: releases the next request or closes.
    void replyDone(bool keepAlive);

private:
    enum class Phase : std::uint8_t {
        Open,
        Closing, ///< the last reply is being written
        Lingering, ///< our half is closed; what still comes is dropped until the client closes
        Dead,
    };

    void onReadyRead();
    void onBytesWritten();
    void onDisconnected();
    void flushStream();

    void readInput();
    void consume(QByteArrayView data);
    [[nodiscard]] std::optional<Refusal> admit();
    void enqueue(HttpRequest request);
    void account();
    void endInput(Refusal refusal);
    void continueIfOwed();

    void releaseNext();
    [[nodiscard]] bool takeSlot();
    void putBackCanonicalLine();
    void endCurrent();
    void wakeIfWaiting();
    void writeRefusal(const Refusal &refusal, bool keepAlive);
    void closeGracefully();
    void shutdownWrite();
    void touch();
    void sweepOpen(common::SteadyTime now);
    void releaseReserved(qint64 bytes);

    QTcpSocket &m_socket;
    ConnectionContext &m_context;
    ConnectionOutput m_output;
    common::Deferred m_flush; ///< of a stream, however many pieces were written in this turn
    HttpRequestParser m_parser;
    std::deque<HttpRequest> m_queue;
    std::optional<Refusal> m_lastWord; ///< answered after everything queued; then closed
    ResponseWriter *m_writer = nullptr; ///< of the request in progress; not owned
    std::shared_ptr<void> m_hold;
    common::SteadyTime m_since; ///< last progress of the current phase
    common::SteadyTime m_started; ///< first byte of the request that is being read
    qint64 m_reserved = 0; ///< bytes counted in ServerCounters::bufferedBytes
    qint64 m_currentBytes = 0; ///< of them: the body of the request in progress
    qint64 m_dropped = 0; ///< bytes thrown away after the input has ended
    Phase m_phase = Phase::Open;
    ConnectionPeer m_peer;
    Admission m_admission;
    bool m_busy = false; ///< a request is released and its reply is not complete
    bool m_released = false; ///< the canonical line lies in the socket's buffer
    bool m_inputEnded = false;
    bool m_owesContinue = false;
    bool m_served = false; ///< at least one request was seen
};

} // namespace freerelay::gateway
