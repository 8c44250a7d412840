#include "core/apps/app_table.h"
#include "core/common/hashing.h"
#include "core/gateway/peer_owner.h"
#include "core/gateway/program_name.h"

#include <QTcpServer>
#include <QTcpSocket>

#include <benchmark/benchmark.h>

#include <sys/socket.h>
#include <unistd.h>

using namespace freerelay;

// What finding out who asks costs on a worker, beside references of the same run: an app by its key
// (each request) beside the hash of that key alone, the owner of a connection (each connection)
// beside making one.

namespace {

common::Secret hashKey()
{
    static_cast<void>(common::initialiseCrypto());
    return common::Secret(QByteArray(common::fingerprintKeyBytes, 'k'));
}

apps::AppPtr anApp(const common::Secret &hashKey, const common::Secret &key)
{
    apps::App app;
    app.keyHash = apps::keyHashOf(hashKey, key.reveal());
    app.use = std::make_shared<apps::AppUse>();
    return std::make_shared<const apps::App>(std::move(app));
}

void appByItsKey(benchmark::State &state)
{
    const common::Secret hash = hashKey();
    const common::Secret key = apps::newAppKey();
    std::vector<apps::AppPtr> all{anApp(hash, key)};
    while (all.size() < std::size_t(state.range(0))) {
        all.push_back(anApp(hash, apps::newAppKey()));
    }
    const apps::AppTable table(hash, all);
    for (auto _ : state) {
        benchmark::DoNotOptimize(table.find(key.reveal()));
    }
}

void anyOtherKey(benchmark::State &state)
{
    const apps::AppTable table(hashKey(), {});
    for (auto _ : state) {
        benchmark::DoNotOptimize(table.find("sk-anything-that-is-not-ours"));
    }
}

/// Reference.
void hashOfAKey(benchmark::State &state)
{
    const common::Secret hash = hashKey();
    const common::Secret key = apps::newAppKey();
    for (auto _ : state) {
        benchmark::DoNotOptimize(apps::keyHashOf(hash, key.reveal()));
    }
}

void ownerOfAConnection(benchmark::State &state)
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    QTcpSocket client;
    client.connectToHost(QHostAddress::LocalHost, server.serverPort());
    client.waitForConnected();
    server.waitForNewConnection(1'000);
    const QTcpSocket *accepted = server.nextPendingConnection();
    gateway::PeerOwnerLookup lookup;
    for (auto _ : state) {
        benchmark::DoNotOptimize(lookup.peerOf(int(accepted->socketDescriptor())));
    }
}

/// Reference: a connection of the kernel's, without a byte.
void aConnection(benchmark::State &state)
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    const int listener = int(server.socketDescriptor());
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size);
    for (auto _ : state) {
        const int client = ::socket(AF_INET, SOCK_STREAM, 0);
        ::connect(client, reinterpret_cast<sockaddr *>(&address), size);
        const int accepted = ::accept(listener, nullptr, nullptr);
        ::close(client);
        ::close(accepted);
    }
}

void nameOfAProgram(benchmark::State &state)
{
    const QByteArray line("node\0/usr/lib/node_modules/@openai/codex/bin/codex.js\0exec", 59);
    for (auto _ : state) {
        benchmark::DoNotOptimize(gateway::programName(line, "node"));
    }
}

} // namespace

BENCHMARK(appByItsKey)->Arg(1)->Arg(500);
BENCHMARK(anyOtherKey);
BENCHMARK(hashOfAKey);
BENCHMARK(ownerOfAConnection);
BENCHMARK(aConnection)->Iterations(5'000);
BENCHMARK(nameOfAProgram);
