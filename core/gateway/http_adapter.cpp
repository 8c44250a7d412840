#include "http_adapter.h"

#include "core/gateway/connection_guard.h"

#include <QAbstractHttpServer>
#include <QHash>
#include <QHostAddress>
#include <QHttpServerRequest>
#include <QHttpServerResponder>
#include <QPair>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

// Classes in this file have neither signals nor slots.
// clazy:excludeall=missing-qobject-macro

namespace freerelay::gateway {

namespace {

/// QHttpServer only ever sees the guard's canonical request; what is asked, and how it is
/// answered, is between guard, handler and ResponseWriter.
class QtHttpAdapter final : public QAbstractHttpServer, public HttpAdapter
{
public:
    void bind(QTcpServer &server) override { QAbstractHttpServer::bind(&server); }

    void add(QTcpSocket &socket, ConnectionGuard &guard) override
    {
        const Key key = keyOf(socket);
        m_guards.insert(key, &guard);
        connect(&guard, &QObject::destroyed, this, [this, key] { m_guards.remove(key); });
    }

#if QT_VERSION < QT_VERSION_CHECK(6, 5, 0)

protected:
    bool handleRequest(const QHttpServerRequest &, QTcpSocket *socket) override
    {
        if (ConnectionGuard *const guard = m_guards.value(socket)) {
            guard->dispatch(nullptr);
        }
        return true;
    }

    void missingHandler(const QHttpServerRequest &, QTcpSocket *) override { }

private:
    using Key = const QTcpSocket *;

    static Key keyOf(const QTcpSocket &socket)
    {
        return &socket;
    }

#else

protected:
    /// Without the socket in the interface it is found by the peer's address. Qt reads the next
    /// request only after the responder is gone, so it is held until the reply is complete.
    bool handleRequest(const QHttpServerRequest &request, QHttpServerResponder &responder) override
    {
        const Key key{request.remoteAddress(), request.remotePort()};
        if (ConnectionGuard *const guard = m_guards.value(key)) {
            guard->dispatch(std::make_shared<QHttpServerResponder>(std::move(responder)));
        }
        return true;
    }

#if QT_VERSION < QT_VERSION_CHECK(6, 8, 0)
    void missingHandler(const QHttpServerRequest &, QHttpServerResponder &&) override { }
#else
    void missingHandler(const QHttpServerRequest &, QHttpServerResponder &) override { }
#endif

private:
    using Key = QPair<QHostAddress, quint16>;

    static Key keyOf(const QTcpSocket &socket)
    {
        return {socket.peerAddress(), socket.peerPort()};
    }

#endif

    QHash<Key, ConnectionGuard *> m_guards;
};

} // namespace

std::unique_ptr<HttpAdapter> HttpAdapter::create()
{
    return std::make_unique<QtHttpAdapter>();
}

} // namespace freerelay::gateway
