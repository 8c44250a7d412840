#include "gateway_fixture.h"

#include <QDir>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::tests {

void ScriptedHandler::handle(
    gateway::HttpRequest request, std::shared_ptr<relay::Downstream> downstream)
{
    ++m_log.handled;
    ++m_log.handledBy.at(m_worker);
    if (request.path == "/hold") {
        hold(std::move(downstream));
    } else if (request.path == "/release") {
        for (auto &held : std::exchange(m_held, {})) {
            held->reply(200, {}, "held"_ba);
        }
        m_log.held = 0;
        downstream->reply(200, {}, "released"_ba);
    } else if (request.path == "/stream") {
        downstream->beginStream(200, {{"content-type"_ba, "text/event-stream"_ba}});
        for (int i = 0; i < 3; ++i) {
            downstream->write("data: " + QByteArray::number(i) + "\n\n");
        }
        downstream->finish();
    } else if (request.path == "/flood") {
        downstream->beginStream(200, {});
        flood(downstream);
    } else if (request.path == "/cut") {
        downstream->beginStream(200, {});
        downstream->write("half"_ba);
        downstream->abort();
    } else if (request.path == "/big") {
        downstream->reply(200, {}, QByteArray(8 * 1024 * 1024, 'b'));
    } else if (request.path != "/drop") {
        downstream->reply(
            200,
            {{"x-method"_ba, request.methodName},
             {"x-path"_ba, request.path},
             {"x-bad"_ba, "a\r\nx-split: 1"_ba}},
            request.body);
    }
}

void ScriptedHandler::hold(std::shared_ptr<relay::Downstream> downstream)
{
    downstream->setHandlers({}, [this] { ++m_log.gone; });
    m_held.push_back(std::move(downstream));
    ++m_log.held;
}

void ScriptedHandler::flood(const std::shared_ptr<relay::Downstream> &downstream)
{
    constexpr qint64 high = 256 * 1024;
    constexpr qint64 all = 64 * 1024 * 1024;
    const QByteArray piece(16 * 1024, 'f');
    const auto pump = [this, downstream, piece] {
        while (!downstream->isGone() && downstream->pending() < high && m_log.flooded < all) {
            downstream->write(piece);
            m_log.flooded += piece.size();
            m_log.mostPending = std::max<qint64>(m_log.mostPending, downstream->pending());
        }
        if (m_log.flooded >= all && !downstream->isGone()) {
            downstream->finish();
        }
    };
    downstream->setHandlers(
        [this, pump] {
            ++m_log.drained;
            pump();
        },
        [this] { ++m_log.gone; });
    pump();
}

GatewayFixture::GatewayFixture(gateway::AccessRules rules, int workers)
{
    gateway::ServerConfig config;
    config.port = 0;
    config.workers = workers;
    config.rules = std::move(rules);
    config.clock = clock;
    config.handlerFactory = [this](int worker, const auto &) {
        return std::make_unique<ScriptedHandler>(log, worker);
    };
    config.ownerLookupFactory = [this] {
        return [this](int) { return gateway::Peer{owner.load()}; };
    };
    server = std::move(gateway::GatewayServer::start(std::move(config)).value());
}

GatewayFixture::~GatewayFixture()
{
    server->stop(0ms);
}

QByteArray get(const QByteArray &path, const QByteArray &headers)
{
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n";
}

QByteArray post(const QByteArray &path, const QByteArray &body, const QByteArray &headers)
{
    return "POST " + path
        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        + QByteArray::number(body.size()) + "\r\n" + headers + "\r\n" + body;
}

int openDescriptors()
{
    return static_cast<int>(QDir(u"/proc/self/fd"_s).entryList(QDir::Files | QDir::System).size());
}

} // namespace freerelay::tests
