#include "raw_client.h"

#include <QHostAddress>

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::tests {

namespace {
constexpr int patience = 20'000; // milliseconds; only a failing test waits that long
}

RawClient::RawClient(std::uint16_t port, const QString &address)
{
    m_socket.connectToHost(QHostAddress(address), port);
    m_socket.waitForConnected(patience);
}

void RawClient::send(const QByteArray &bytes)
{
    m_socket.write(bytes);
    while (m_socket.bytesToWrite() > 0 && m_socket.waitForBytesWritten(patience)) { }
}

RawReply RawClient::ask(const QByteArray &bytes)
{
    send(bytes);
    return read();
}

bool RawClient::fill()
{
    if (m_socket.bytesAvailable() == 0 && !m_socket.waitForReadyRead(patience)) {
        return false;
    }
    m_buffer += m_socket.readAll();
    return true;
}

bool RawClient::readLine(QByteArray &line)
{
    qsizetype end = 0;
    while ((end = m_buffer.indexOf("\r\n")) < 0) {
        if (!fill()) {
            return false;
        }
    }
    line = m_buffer.first(end);
    m_buffer.remove(0, end + 2);
    return true;
}

bool RawClient::take(qsizetype count, QByteArray &into)
{
    while (m_buffer.size() < count) {
        if (!fill()) {
            return false;
        }
    }
    into += m_buffer.first(count);
    m_buffer.remove(0, count);
    return true;
}

RawReply RawClient::read(bool headOnly)
{
    RawReply reply;
    QByteArray line;
    if (!readLine(line)) {
        return {};
    }
    const int status = line.mid(9, 3).toInt();
    while (readLine(line) && !line.isEmpty()) {
        const qsizetype colon = line.indexOf(':');
        reply.headers.add(line.first(colon).toLower(), line.mid(colon + 1).trimmed());
    }
    if (headOnly || status == 204 || status < 200) {
        reply.status = status;
        return reply;
    }
    if (reply.headers.contains("content-length")) {
        reply.status = take(reply.headers.value("content-length").toLongLong(), reply.body) ? status
                                                                                            : 0;
        return reply;
    }
    if (!reply.headers.contains("transfer-encoding")) {
        reply.status = waitForClose() ? status : 0;
        reply.body = std::exchange(m_buffer, {});
        return reply;
    }
    while (readLine(line)) {
        const qsizetype size = line.toLongLong(nullptr, 16);
        if (!take(size, reply.body) || !readLine(line)) {
            return {};
        }
        if (size == 0) {
            reply.status = status;
            return reply;
        }
    }
    return {};
}

bool RawClient::waitForClose()
{
    while (fill()) { }
    return m_socket.state() == QAbstractSocket::UnconnectedState;
}

bool RawClient::waitForBytes(qsizetype count)
{
    while (m_buffer.size() < count) {
        if (!fill()) {
            return false;
        }
    }
    return true;
}

void RawClient::halfClose()
{
    ::shutdown(static_cast<int>(m_socket.socketDescriptor()), SHUT_WR);
}

void RawClient::close()
{
    m_socket.abort();
}

PlainSocket::PlainSocket(std::uint16_t port)
    : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval timeout{patience / 1'000, 0};
    ::setsockopt(m_fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    ::setsockopt(m_fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    ::connect(m_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address);
}

PlainSocket::~PlainSocket()
{
    ::close(m_fd);
}

bool PlainSocket::send(const QByteArray &bytes)
{
    qsizetype sent = 0;
    while (sent < bytes.size()) {
        const ssize_t count = ::send(
            m_fd,
            bytes.constData() + sent,
            static_cast<std::size_t>(bytes.size() - sent),
            MSG_NOSIGNAL);
        if (count <= 0) {
            return false;
        }
        sent += count;
    }
    return true;
}

bool PlainSocket::endsByReset()
{
    std::array<char, 65'536> buffer{};
    for (;;) {
        const ssize_t count = ::recv(m_fd, buffer.data(), buffer.size(), 0);
        if (count <= 0) {
            return count < 0 && errno == ECONNRESET;
        }
        m_received.append(buffer.data(), count);
    }
}

} // namespace freerelay::tests
