#pragma once

#include "core/common/clock.h"
#include "core/common/published.h"
#include "core/common/result.h"
#include "core/gateway/connection_context.h"
#include "core/gateway/worker.h"
#include "core/gateway/worker_pool.h"

#include <QByteArray>
#include <QString>

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

class QThread;

namespace freerelay::gateway {

struct ServerConfig
{
    QString host = QStringLiteral("127.0.0.1");
    std::uint16_t port = 8000; ///< 0 = any free one
    int workers = 0; ///< 0 = min(cores, 4)
    AccessRules rules; ///< see accessRules()
    HandlerFactory handlerFactory;
    std::shared_ptr<const common::Clock> clock; ///< null = the system's
    /// For tests; null = PeerOwnerLookup.
    std::function<PeerLookup()> ownerLookupFactory;
    relay::ProcessSource *processes = nullptr; ///< outlives the server; null: none are looked for
    /// An address for tools in containers, on the same port; "" = none. One that cannot be had
    /// is no reason not to start: see problems().
    QString bridgeAddress{};
};

/// The HTTP face: worker threads that share one exclusive listening socket per address. Created,
/// used and destroyed by one thread, usually the main one; its counters may be read by any.
class GatewayServer final
{
public:
    /// Opens the port and starts the workers.
    /// @return see openListeners() for the errors
    [[nodiscard]] static common::Result<std::unique_ptr<GatewayServer>>
    start(const ServerConfig &config);

    /// Stops with a deadline of zero unless stop() was called.
    ~GatewayServer();
    Q_DISABLE_COPY_MOVE(GatewayServer)

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    /// "http://127.0.0.1:8000"
    [[nodiscard]] QString endpoint() const;
    /// Why there is no bridge although one is wanted; none = there is, or none is wanted.
    [[nodiscard]] const QStringList &problems() const { return m_problems; }
    [[nodiscard]] const ServerCounters &counters() const { return m_counters; }
    [[nodiscard]] int workerCount() const { return static_cast<int>(m_threads.size()); }

    /// In force for every request whose head comes after this call.
    void replaceRules(AccessRules rules);

    /// Stops accepting, lets requests in progress end within `deadline`, cuts the rest and joins
    /// the workers. Blocks for at most that long and a little more.
    void stop(std::chrono::milliseconds deadline);

    /// Has every worker check its time limits now (they do each second by themselves).
    void sweepNow();

private:
    struct WorkerThread
    {
        std::unique_ptr<QThread> thread;
        Worker *worker = nullptr; ///< deleted on its thread when that ends
    };

    explicit GatewayServer(const ServerConfig &config);
    void startWorker(WorkerParts parts);

    std::shared_ptr<const common::Clock> m_clock;
    common::Published<AccessRules> m_rules;
    ServerCounters m_counters;
    WorkerPool m_pool;
    std::vector<WorkerThread> m_threads;
    std::uint16_t m_port = 0;
    QStringList m_problems;
};

} // namespace freerelay::gateway
