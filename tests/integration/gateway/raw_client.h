#pragma once

#include "core/common/http_headers.h"

#include <QByteArray>
#include <QTcpSocket>

#include <cstdint>

namespace freerelay::tests {

struct RawReply
{
    int status = 0; ///< 0 = the connection ended before a whole reply came
    common::HeaderList headers;
    QByteArray body; ///< without chunk framing
};

/// A blocking HTTP client that sends exactly what it is told, for a server on other threads.
class RawClient final
{
public:
    explicit RawClient(std::uint16_t port, const QString &address = QStringLiteral("127.0.0.1"));

    void send(const QByteArray &bytes);
    /// The next whole reply (or its head only, after HEAD).
    RawReply read(bool headOnly = false);
    RawReply ask(const QByteArray &bytes);
    /// Waits for the server to close; what came before is in rest().
    bool waitForClose();
    [[nodiscard]] QByteArray rest() const { return m_buffer; }
    bool waitForBytes(qsizetype count);
    /// FIN from our side; the other half stays open.
    void halfClose();
    void close();
    [[nodiscard]] QTcpSocket &socket() { return m_socket; }

private:
    bool fill();
    bool readLine(QByteArray &line);
    bool take(qsizetype count, QByteArray &into);

    QTcpSocket m_socket;
    QByteArray m_buffer;
};

/// A socket that does nothing by itself: it neither reads nor closes until told.
class PlainSocket final
{
public:
    explicit PlainSocket(std::uint16_t port);
    ~PlainSocket();
    Q_DISABLE_COPY_MOVE(PlainSocket)

    /// False when the peer has closed.
    bool send(const QByteArray &bytes);
    /// Reads until the peer ends the connection; true when it ended by a reset.
    bool endsByReset();
    [[nodiscard]] QByteArray received() const { return m_received; }

private:
    int m_fd;
    QByteArray m_received;
};

} // namespace freerelay::tests
