#include "worker.h"

#include "core/gateway/connection_guard.h"
#include "core/gateway/http_adapter.h"
#include "core/gateway/worker_pool.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>
#include <QTimer>

#include <algorithm>

using namespace std::chrono_literals;

// Classes in this file have neither signals nor slots.
// clazy:excludeall=missing-qobject-macro

namespace freerelay::gateway {

namespace {

constexpr auto sweepInterval = 1s;
constexpr auto stopPoll = 10ms;
constexpr int connectionsToTellBusy = 256; ///< above the limit; beyond them: closed unheard

} // namespace

/// Hands each accepted descriptor to `accept` before QHttpServer hears of it.
class GuardedServer final : public QTcpServer
{
public:
    std::function<void(GuardedServer &, qintptr)> accept;

    void publish(QTcpSocket *socket) { addPendingConnection(socket); }

    /// For a connection that this server has not accepted itself.
    void announce() { QMetaObject::invokeMethod(this, "newConnection", Qt::DirectConnection); }

protected:
    void incomingConnection(qintptr descriptor) override { accept(*this, descriptor); }
};

Worker::Worker(
    WorkerParts parts,
    WorkerPool &pool,
    ServerCounters &counters,
    const common::Published<AccessRules> &rules,
    const common::Clock &clock)
    : m_parts(std::move(parts))
    , m_pool(pool)
    , m_rules(rules)
    , m_context(counters, rules, clock)
{ }

Worker::~Worker()
{
    tearDown();
}

void Worker::start()
{
    m_peerOf = m_parts.peerLookupFactory();
    m_handler = m_parts.handlerFactory(m_parts.index, m_rules);
    m_context.handler = m_handler.get();
    m_adapter = HttpAdapter::create();
    for (UniqueFd &listener : m_parts.listeners) {
        auto server = std::make_unique<GuardedServer>();
        server->accept = [this](GuardedServer &from, qintptr descriptor) {
            accept(from, descriptor);
        };
        if (server->setSocketDescriptor(listener.get())) {
            static_cast<void>(listener.release());
        }
        m_adapter->bind(*server);
        m_servers.push_back(std::move(server));
    }
    m_sweepTimer = std::make_unique<QTimer>();
    m_sweepTimer->setTimerType(Qt::CoarseTimer);
    connect(m_sweepTimer.get(), &QTimer::timeout, this, &Worker::sweep);
    m_sweepTimer->start(sweepInterval);
}

void Worker::accept(GuardedServer &server, qintptr descriptor)
{
    UniqueFd fd(static_cast<int>(descriptor));
    const int limit = m_context.rules.current()->limits.maxConnections;
    const int open = m_context.counters.connections.load(std::memory_order_relaxed);
    if (open >= limit + connectionsToTellBusy) {
        m_context.counters.refused.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    if (std::optional<UniqueFd> kept = m_pool.assign(std::move(fd), *this)) {
        serve(server, std::move(*kept));
    }
}

void Worker::adopt(UniqueFd socket)
{
    if (m_context.stopping) {
        m_pool.release(*this);
        return;
    }
    GuardedServer &server = *m_servers.front();
    serve(server, std::move(socket));
    server.announce();
}

void Worker::serve(GuardedServer &server, UniqueFd fd)
{
    const int limit = m_context.rules.current()->limits.maxConnections;
    const int open = m_context.counters.connections.load(std::memory_order_relaxed);
    auto socket = std::make_unique<QTcpSocket>(&server);
    if (!socket->setSocketDescriptor(fd.get())) {
        m_pool.release(*this);
        return;
    }
    static_cast<void>(fd.release());
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    auto guard = std::make_unique<ConnectionGuard>(
        *socket,
        m_context,
        peerOf(*socket),
        open >= limit ? ConnectionGuard::Admission::TellBusy : ConnectionGuard::Admission::Serve);
    connect(guard.get(), &QObject::destroyed, this, [this] { m_pool.release(*this); });
    m_adapter->add(*socket, *guard);
    static_cast<void>(guard.release()); // owned by the socket, that by the server
    server.publish(socket.release());
}

ConnectionPeer Worker::peerOf(const QTcpSocket &socket)
{
    if (!m_parts.bridge.isNull() && socket.localAddress() == m_parts.bridge) {
        return {PeerOwner::Unknown, Entrance::Bridge};
    }
    if (!m_context.rules.current()->sameUserOnly) {
        return {};
    }
    const Peer peer = m_peerOf(static_cast<int>(socket.socketDescriptor()));
    const bool isKnown = m_parts.processes != nullptr && peer.owner == PeerOwner::SameUser
        && peer.inode != 0;
    return {
        peer.owner,
        Entrance::Usual,
        isKnown ? std::make_shared<relay::PeerProcess>(peer.inode, *m_parts.processes) : nullptr};
}

void Worker::sweep()
{
    const common::SteadyTime now = m_context.clock.now();
    for (ConnectionGuard *const guard : m_context.guards) {
        guard->sweep(now);
    }
}

void Worker::stop(std::chrono::milliseconds deadline)
{
    if (m_context.stopping) {
        return;
    }
    m_context.stopping = true;
    m_pool.leave(*this);
    for (const auto &server : m_servers) {
        server->close();
    }
    for (ConnectionGuard *const guard : m_context.guards) {
        guard->stopKeepAlive();
    }
    // Real time, not the injected clock: a process must end even when a test holds the clock.
    m_stopDeadline = std::chrono::steady_clock::now() + deadline;
    quitWhenEmpty();
}

void Worker::quitWhenEmpty()
{
    const bool busy = std::any_of(
        m_context.guards.begin(), m_context.guards.end(), [](const auto *guard) {
            return guard->isBusy();
        });
    if (busy && std::chrono::steady_clock::now() < m_stopDeadline) {
        QTimer::singleShot(stopPoll, this, &Worker::quitWhenEmpty);
        return;
    }
    tearDown();
    thread()->quit();
}

void Worker::tearDown()
{
    m_sweepTimer.reset();
    const std::vector<ConnectionGuard *> guards(m_context.guards.begin(), m_context.guards.end());
    for (ConnectionGuard *const guard : guards) {
        guard->endNow();
    }
    m_servers.clear(); // and the sockets with them
    m_adapter.reset();
    m_context.handler = nullptr;
    m_handler.reset();
}

} // namespace freerelay::gateway
