#pragma once

#include <QByteArray>
#include <QByteArrayView>

class QTcpSocket;

namespace freerelay::gateway {

/// The writing side of one connection. Worker's thread only; the socket outlives it.
class ConnectionOutput final
{
public:
    explicit ConnectionOutput(QTcpSocket &socket)
        : m_socket(socket)
    { }

    /// Bytes given to send() that the kernel has not taken.
    [[nodiscard]] qint64 pending() const;

    /// Queues `bytes`; they leave with the next flush.
    void send(const QByteArray &bytes) { m_out += bytes; }
    /// Queues both; a large body leaves at once instead of being copied.
    void send(QByteArray &&head, const QByteArray &body);
    void flush();

    /// Ends our half of the connection; to be called when nothing is pending.
    void shutdown();
    /// Closes both halves with a reset.
    void reset();
    /// The connection is gone: drops what waits and takes nothing more.
    void close();

private:
    void write(QByteArrayView bytes);

    QTcpSocket &m_socket;
    QByteArray m_out;
    bool m_closed = false;
};

} // namespace freerelay::gateway
