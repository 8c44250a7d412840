#include "demo_provider.h"

#include "core/gateway/gateway_server.h"
#include "core/services/demo/demo_handler.h"

namespace freerelay::services {

DemoProvider::DemoProvider(std::unique_ptr<gateway::GatewayServer> server)
    : m_server(std::move(server))
{ }

DemoProvider::~DemoProvider() = default;

common::Result<std::unique_ptr<DemoProvider>> DemoProvider::start()
{
    gateway::ServerConfig config;
    config.port = 0;
    config.workers = 1;
    config.rules = gateway::accessRules({}, {}, {});
    config.handlerFactory = [](int, const common::Published<gateway::AccessRules> &) {
        return std::make_unique<DemoHandler>();
    };
    auto server = gateway::GatewayServer::start(config);
    if (!server) {
        return common::failure(server.error());
    }
    return std::unique_ptr<DemoProvider>(new DemoProvider(std::move(*server)));
}

std::uint16_t DemoProvider::port() const
{
    return m_server->port();
}

} // namespace freerelay::services
