#pragma once

#include "core/common/result.h"

#include <cstdint>
#include <memory>

namespace freerelay::gateway {
class GatewayServer;
}

namespace freerelay::services {

/// The embedded demo provider: a small OpenAI-speaking server on a loopback port of its own, which
/// the relay talks to like to any other. It answers with how to get the first free key and with
/// what was asked, and says that it is a demo.
///
/// Addresses: /demo/v1 (steady), /demo-flaky/v1 (every third request fails with 503),
/// /demo-slow/v1.
class DemoProvider final
{
public:
    /// @return what GatewayServer::start() says when no port can be had
    [[nodiscard]] static common::Result<std::unique_ptr<DemoProvider>> start();
    ~DemoProvider();
    Q_DISABLE_COPY_MOVE(DemoProvider)

    [[nodiscard]] std::uint16_t port() const;

private:
    explicit DemoProvider(std::unique_ptr<gateway::GatewayServer> server);

    std::unique_ptr<gateway::GatewayServer> m_server;
};

} // namespace freerelay::services
