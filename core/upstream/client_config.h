#pragma once

#include <QByteArray>

namespace freerelay::upstream {

/// How a client connects; the defaults suit the gateway.
struct ClientConfig
{
    /// PEM file of the authorities to trust; empty means the system's store.
    QByteArray caFile{};
    /// Idle connections kept for reuse, all hosts together; beyond the 512 calls that may be in
    /// flight.
    int maxIdleConnections = 1'024;
    /// Concurrent streams on one HTTP/2 connection (RFC 9113 §6.5.2 advises at least 100).
    int maxStreamsPerConnection = 100;
    QByteArray userAgent = "FreeRelay/" FREERELAY_VERSION;
};

} // namespace freerelay::upstream
