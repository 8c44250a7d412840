#include "gateway_server.h"

#include "core/common/epoll_dispatcher.h"
#include "core/gateway/listener.h"
#include "core/gateway/peer_owner.h"

#include <QAbstractEventDispatcher>
#include <QThread>

#include <algorithm>
#include <fcntl.h>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr int mostWorkers = 4;

PeerLookup makePeerLookup()
{
    return [lookup = std::make_shared<PeerOwnerLookup>()](int socket) {
        return lookup->peerOf(socket);
    };
}

int workerCountFor(int asked)
{
    return asked > 0 ? asked : std::clamp(QThread::idealThreadCount(), 1, mostWorkers);
}

std::vector<UniqueFd> duplicates(const std::vector<UniqueFd> &sockets)
{
    std::vector<UniqueFd> copies;
    for (const UniqueFd &socket : sockets) {
        copies.emplace_back(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
    }
    return copies;
}

bool allValid(const std::vector<UniqueFd> &sockets)
{
    return std::all_of(
        sockets.begin(), sockets.end(), [](const UniqueFd &fd) { return fd.isValid(); });
}

} // namespace

GatewayServer::GatewayServer(const ServerConfig &config)
    : m_clock(config.clock ? config.clock : std::make_shared<common::SystemClock>())
    , m_rules(std::make_shared<const AccessRules>(config.rules))
{ }

common::Result<std::unique_ptr<GatewayServer>> GatewayServer::start(const ServerConfig &config)
{
    raiseDescriptorLimit();
    auto listeners = openListeners({config.host, config.port, !config.rules.clientKey.isEmpty()});
    if (!listeners) {
        return common::failure(std::move(listeners.error()));
    }
    std::unique_ptr<GatewayServer> server(new GatewayServer(config));
    server->m_port = listeners->port;
    QHostAddress bridge;
    if (!config.bridgeAddress.isEmpty()) {
        if (auto opened = openBridge(config.bridgeAddress, server->m_port)) {
            bridge = QHostAddress(config.bridgeAddress);
            listeners->sockets.push_back(std::move(*opened));
        } else {
            server->m_problems << opened.error().message;
        }
    }
    const auto lookupFactory = config.ownerLookupFactory ? config.ownerLookupFactory
                                                         : std::function(&makePeerLookup);
    for (int index = 0; index < workerCountFor(config.workers); ++index) {
        WorkerParts parts{
            index,
            duplicates(listeners->sockets),
            config.handlerFactory,
            lookupFactory,
            config.processes,
            bridge};
        if (!allValid(parts.listeners)) {
            return common::failure(common::ErrorKind::Unavailable, u"Too many files are open."_s);
        }
        server->startWorker(std::move(parts));
    }
    return server;
}

void GatewayServer::startWorker(WorkerParts parts)
{
    auto thread = std::make_unique<QThread>();
    thread->setObjectName(u"worker %1"_s.arg(parts.index));
    if (auto dispatcher = common::makeEpollDispatcher()) {
        thread->setEventDispatcher(dispatcher.release());
    }
    auto worker = std::make_unique<Worker>(std::move(parts), m_pool, m_counters, m_rules, *m_clock);
    worker->moveToThread(thread.get());
    QObject::connect(thread.get(), &QThread::started, worker.get(), &Worker::start);
    QObject::connect(thread.get(), &QThread::finished, worker.get(), &QObject::deleteLater);
    m_pool.join(*worker);
    thread->start();
    m_threads.push_back({std::move(thread), worker.release()});
}

GatewayServer::~GatewayServer()
{
    stop(0ms);
}

QString GatewayServer::endpoint() const
{
    return u"http://127.0.0.1:%1"_s.arg(m_port);
}

void GatewayServer::replaceRules(AccessRules rules)
{
    m_rules.publish(std::make_shared<const AccessRules>(std::move(rules)));
}

void GatewayServer::stop(std::chrono::milliseconds deadline)
{
    for (const WorkerThread &entry : m_threads) {
        QMetaObject::invokeMethod(
            entry.worker,
            [worker = entry.worker, deadline] { worker->stop(deadline); },
            Qt::QueuedConnection);
    }
    for (const WorkerThread &entry : m_threads) {
        entry.thread->wait();
    }
    m_threads.clear();
}

void GatewayServer::sweepNow()
{
    for (const WorkerThread &entry : m_threads) {
        QMetaObject::invokeMethod(entry.worker, &Worker::sweep, Qt::QueuedConnection);
    }
}

} // namespace freerelay::gateway
