#pragma once

#include "core/gateway/gateway_server.h"
#include "tests/support/manual_clock.h"

#include <array>
#include <atomic>
#include <memory>
#include <vector>

namespace freerelay::tests {

/// What the test sees of the handlers' side. Any thread.
struct HandlerLog
{
    std::atomic<int> handled{0};
    std::atomic<int> gone{0};
    std::atomic<int> drained{0};
    std::atomic<int> held{0};
    std::atomic<qint64> mostPending{0};
    std::atomic<qint64> flooded{0};
    std::array<std::atomic<int>, 4> handledBy{}; ///< by the worker's index
};

/// Answers by path: /echo gives the body back, /hold waits for /release, /stream sends pieces,
/// /flood writes 64 MB as fast as the client reads, /drop answers nothing, /cut breaks off.
class ScriptedHandler final : public gateway::RequestHandler
{
public:
    ScriptedHandler(HandlerLog &log, int worker)
        : m_log(log)
        , m_worker(static_cast<std::size_t>(worker))
    { }
    void
    handle(gateway::HttpRequest request, std::shared_ptr<relay::Downstream> downstream) override;

private:
    void hold(std::shared_ptr<relay::Downstream> downstream);
    void flood(const std::shared_ptr<relay::Downstream> &downstream);

    HandlerLog &m_log;
    std::size_t m_worker;
    std::vector<std::shared_ptr<relay::Downstream>> m_held;
};

/// A server with scripted handlers on a free port.
struct GatewayFixture
{
    explicit GatewayFixture(gateway::AccessRules rules = {}, int workers = 1);
    ~GatewayFixture();

    [[nodiscard]] std::uint16_t port() const { return server->port(); }

    HandlerLog log;
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    std::atomic<gateway::PeerOwner> owner{gateway::PeerOwner::SameUser};
    std::unique_ptr<gateway::GatewayServer> server;
};

/// "GET <path>" with a Host that is served.
[[nodiscard]] QByteArray get(const QByteArray &path, const QByteArray &headers = {});
/// "POST <path>" with a JSON body and its length.
[[nodiscard]] QByteArray
post(const QByteArray &path, const QByteArray &body, const QByteArray &headers = {});
/// Open descriptors of this process.
[[nodiscard]] int openDescriptors();

} // namespace freerelay::tests
