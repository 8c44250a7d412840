#pragma once

#include "core/gateway/connection_context.h"
#include "core/gateway/http_types.h"
#include "core/gateway/request_handler.h"
#include "core/gateway/unique_fd.h"

#include <QHostAddress>
#include <QObject>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

class QTcpSocket;
class QTimer;

namespace freerelay::gateway {

class GuardedServer;
class HttpAdapter;
class WorkerPool;

/// Makes one worker's handler, on its thread. `rules` outlives the handler.
using HandlerFactory = std::function<std::unique_ptr<RequestHandler>(
    int workerIndex, const common::Published<AccessRules> &rules)>;
/// Who is at the other end of an accepted socket. Made and called on the worker's thread.
using PeerLookup = std::function<Peer(int socket)>;

/// What a worker is made of.
struct WorkerParts
{
    int index = 0;
    std::vector<UniqueFd> listeners; ///< its own duplicates
    HandlerFactory handlerFactory;
    std::function<PeerLookup()> peerLookupFactory;
    relay::ProcessSource *processes = nullptr; ///< null: programs are not looked for
    QHostAddress bridge; ///< null: there is none
};

/// Everything that lives on one worker's thread: its servers on the shared listening sockets, its
/// connections, its handler. Created anywhere, then moved to its thread; all calls go through
/// that thread's event loop.
class Worker final : public QObject
{
    Q_OBJECT

public:
    Worker(
        WorkerParts parts,
        WorkerPool &pool,
        ServerCounters &counters,
        const common::Published<AccessRules> &rules,
        const common::Clock &clock);
    ~Worker() override;
    Q_DISABLE_COPY_MOVE(Worker)

    void start();
    /// Serves a connection that another worker has accepted.
    void adopt(UniqueFd socket);
    /// Ends what has taken too long. Runs every second by itself.
    void sweep();
    /// Stops accepting, lets replies in progress end until `deadline` has passed, cuts the rest,
    /// then quits the thread's event loop.
    void stop(std::chrono::milliseconds deadline);

private:
    void accept(GuardedServer &server, qintptr descriptor);
    void serve(GuardedServer &server, UniqueFd fd);
    [[nodiscard]] ConnectionPeer peerOf(const QTcpSocket &socket);
    void quitWhenEmpty();
    void tearDown();

    WorkerParts m_parts;
    WorkerPool &m_pool;
    const common::Published<AccessRules> &m_rules;
    ConnectionContext m_context;
    PeerLookup m_peerOf;
    std::unique_ptr<RequestHandler> m_handler;
    std::unique_ptr<HttpAdapter> m_adapter;
    std::vector<std::unique_ptr<GuardedServer>> m_servers;
    std::unique_ptr<QTimer> m_sweepTimer;
    common::SteadyTime m_stopDeadline;
};

} // namespace freerelay::gateway
