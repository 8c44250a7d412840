#pragma once

#include <QtGlobal>

#include <memory>

class QTcpServer;
class QTcpSocket;

namespace freerelay::gateway {

class ConnectionGuard;

/// The seam to Qt HttpServer, whose interface changes in 6.5 and again in 6.8: only the .cpp of
/// this class includes it. One per worker.
class HttpAdapter
{
public:
    [[nodiscard]] static std::unique_ptr<HttpAdapter> create();

    virtual ~HttpAdapter() = default;

    /// Serves the connections that `server` accepts; `server` must listen already.
    virtual void bind(QTcpServer &server) = 0;

    /// Must be told of every connection before its first request.
    virtual void add(QTcpSocket &socket, ConnectionGuard &guard) = 0;
};

} // namespace freerelay::gateway
