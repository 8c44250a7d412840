#include "connection_output.h"

#include <QTcpSocket>

#include <utility>

#ifdef Q_OS_UNIX
#include <sys/socket.h>
#endif

namespace freerelay::gateway {

qint64 ConnectionOutput::pending() const
{
    return m_out.size() + m_socket.bytesToWrite();
}

void ConnectionOutput::send(QByteArray &&head, const QByteArray &body)
{
    constexpr qsizetype copiedBody = 64 * 1024;
    if (m_out.isEmpty()) {
        m_out = std::move(head);
    } else {
        m_out += head;
    }
    if (body.size() <= copiedBody) {
        m_out += body;
        return;
    }
    flush();
    write(body);
}

void ConnectionOutput::flush()
{
    if (!m_out.isEmpty()) {
        // Taken out first: a drained handler may write more while this is on its way.
        const QByteArray out = std::exchange(m_out, {});
        write(out);
    }
}

/// Straight to the kernel when nothing waits: QTcpSocket would switch its write notifier on and
/// off again for each reply. What the kernel does not take goes the usual way.
void ConnectionOutput::write(QByteArrayView bytes)
{
    if (m_closed) {
        return;
    }
#ifdef Q_OS_LINUX
    if (m_socket.bytesToWrite() == 0 && m_socket.state() == QAbstractSocket::ConnectedState) {
        const ssize_t taken = ::send(
            static_cast<int>(m_socket.socketDescriptor()),
            bytes.data(),
            static_cast<std::size_t>(bytes.size()),
            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken > 0) {
            bytes = bytes.sliced(taken);
        }
    }
#endif
    if (!bytes.isEmpty()) {
        m_socket.write(bytes.data(), bytes.size());
        m_socket.flush();
    }
}

void ConnectionOutput::shutdown()
{
#ifdef Q_OS_UNIX
    if (m_socket.socketDescriptor() >= 0) {
        ::shutdown(static_cast<int>(m_socket.socketDescriptor()), SHUT_WR);
    }
#else
    m_socket.disconnectFromHost();
#endif
}

void ConnectionOutput::reset()
{
#ifdef Q_OS_UNIX
    // With lingering off the kernel sends a reset: an end by FIN would look like a complete reply
    // to a client of HTTP/1.0.
    const linger off{1, 0};
    if (m_socket.socketDescriptor() >= 0) {
        ::setsockopt(
            static_cast<int>(m_socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &off, sizeof off);
    }
#endif
    close();
    m_socket.abort(); // emits disconnected
}

void ConnectionOutput::close()
{
    m_closed = true;
    m_out = {};
}

} // namespace freerelay::gateway
