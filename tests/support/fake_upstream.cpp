#include "fake_upstream.h"

#include "tests/support/fake_connection.h"

#include <QTcpSocket>

#include <algorithm>

namespace freerelay::tests {

FakeUpstream::FakeUpstream(QObject *parent)
    : QObject(parent)
{
    // Tests open hundreds of connections in one turn of the event loop.
    constexpr int backlog = 1'024;
    m_server.setListenBacklogSize(backlog);
    m_server.setMaxPendingConnections(backlog);
    connect(&m_server, &QTcpServer::newConnection, this, &FakeUpstream::onNewConnection);
    if (!m_server.listen(QHostAddress::LocalHost, 0)) {
        qFatal("FakeUpstream cannot listen on 127.0.0.1");
    }
    m_port = m_server.serverPort();
}

FakeUpstream::~FakeUpstream()
{
    const std::vector<FakeConnection *> connections = std::exchange(m_connections, {});
    qDeleteAll(connections);
}

QByteArray FakeUpstream::url(const QByteArray &path) const
{
    return "http://127.0.0.1:" + QByteArray::number(m_port) + path;
}

void FakeUpstream::enqueue(FakeReply reply)
{
    const QMutexLocker lock(&m_mutex);
    m_script.push_back(std::move(reply));
}

void FakeUpstream::setHandler(Handler handler)
{
    const QMutexLocker lock(&m_mutex);
    m_handler = std::move(handler);
}

void FakeUpstream::release()
{
    releaseWhere(-1);
}

void FakeUpstream::release(int request)
{
    releaseWhere(request);
}

void FakeUpstream::releaseWhere(int request)
{
    QMetaObject::invokeMethod(this, [this, request] {
        const std::vector<FakeConnection *> connections = m_connections;
        for (FakeConnection *connection : connections) {
            if (request < 0 || connection->currentRequest() == request) {
                connection->permit(1);
            }
        }
    });
}

void FakeUpstream::releaseAll()
{
    QMetaObject::invokeMethod(this, [this] {
        m_released = true;
        const std::vector<FakeConnection *> connections = m_connections;
        for (FakeConnection *connection : connections) {
            connection->permit(FakeConnection::everything);
        }
    });
}

void FakeUpstream::closeIdleConnections()
{
    QMetaObject::invokeMethod(this, [this] {
        const std::vector<FakeConnection *> connections = m_connections;
        for (FakeConnection *connection : connections) {
            connection->closeIfIdle();
        }
    });
}

void FakeUpstream::resetAll()
{
    QMetaObject::invokeMethod(this, [this] {
        const std::vector<FakeConnection *> connections = m_connections;
        for (FakeConnection *connection : connections) {
            connection->reset();
        }
    });
}

void FakeUpstream::stopListening()
{
    QMetaObject::invokeMethod(this, [this] { m_server.close(); });
}

void FakeUpstream::listenAgain()
{
    QMetaObject::invokeMethod(this, [this] {
        if (!m_server.listen(QHostAddress::LocalHost, m_port)) {
            qFatal("FakeUpstream's port is taken");
        }
    });
}

std::vector<FakeRequest> FakeUpstream::requests() const
{
    const QMutexLocker lock(&m_mutex);
    return m_requests;
}

FakeRequest FakeUpstream::request(int index) const
{
    const QMutexLocker lock(&m_mutex);
    const auto at = static_cast<std::size_t>(index);
    return at < m_requests.size() ? m_requests[at] : FakeRequest{};
}

int FakeUpstream::requestCount() const
{
    const QMutexLocker lock(&m_mutex);
    return static_cast<int>(m_requests.size());
}

int FakeUpstream::connectionCount() const
{
    const QMutexLocker lock(&m_mutex);
    return m_connectionCount;
}

int FakeUpstream::openConnections() const
{
    const QMutexLocker lock(&m_mutex);
    return m_openConnections;
}

void FakeUpstream::onNewConnection()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        int index = 0;
        {
            const QMutexLocker lock(&m_mutex);
            index = m_connectionCount++;
            ++m_openConnections;
        }
        auto *connection = new FakeConnection(*this, socket, index, m_released);
        m_connections.push_back(connection);
        connection->start();
    }
}

FakeReply FakeUpstream::accept(const FakeRequest &request, int *index)
{
    Handler handler;
    FakeReply reply = FakeReply::json(R"({"error":{"message":"no reply scripted"}})", 599);
    {
        const QMutexLocker lock(&m_mutex);
        *index = static_cast<int>(m_requests.size());
        m_requests.push_back(request);
        if (!m_script.empty()) {
            reply = std::move(m_script.front());
            m_script.pop_front();
        } else {
            handler = m_handler;
        }
    }
    if (handler) {
        reply = handler(request);
    }
    Q_EMIT requestReceived(*index);
    return reply;
}

void FakeUpstream::update(int index, const std::function<void(FakeRequest &)> &change)
{
    const QMutexLocker lock(&m_mutex);
    change(m_requests[static_cast<std::size_t>(index)]);
}

void FakeUpstream::onClientLeft(int index)
{
    update(index, [](FakeRequest &request) { request.clientClosedEarly = true; });
    Q_EMIT clientLeft(index);
}

void FakeUpstream::forget(FakeConnection *connection)
{
    if (std::erase(m_connections, connection) > 0) {
        const QMutexLocker lock(&m_mutex);
        --m_openConnections;
    }
}

} // namespace freerelay::tests
