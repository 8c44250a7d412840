#include "connection_guard.h"

#include "core/gateway/connection_context.h"
#include "core/gateway/http_syntax.h"
#include "core/gateway/request_handler.h"
#include "core/gateway/response_head.h"
#include "core/gateway/response_writer.h"

#include <QTcpSocket>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

/// The one request that QHttpServer ever parses.
constexpr QByteArrayView canonicalLine = "GET / HTTP/1.1\r\n\r\n";

constexpr auto lingerTime = 2s; ///< for the client to read an error and close
constexpr auto stalledReplyTime = 60s; ///< a complete reply that the client does not read
constexpr int bodyTimeoutsInAll = 20; ///< of a body that trickles: this many times bodyTimeout
constexpr qint64 mostDropped = 64 * 1024 * 1024;

Refusal fromParser(const ParseError &error, std::int64_t maxBodyBytes)
{
    QByteArray code;
    QByteArray message = error.message;
    switch (error.status) {
    case 413:
        code = "request_too_large"_ba;
        message = "The request body is larger than " + QByteArray::number(qlonglong(maxBodyBytes))
            + " bytes (setting limits.max_body_bytes)."_ba;
        break;
    case 431:
        code = "headers_too_large"_ba;
        break;
    default:
        code = "malformed_request"_ba;
        break;
    }
    return {error.status, message, "invalid_request_error"_ba, code};
}

Refusal timedOut(const char *message)
{
    return {408, message, "invalid_request_error"_ba, "request_timeout"_ba};
}

std::optional<Refusal> checkUpgrade(const HttpRequest &request)
{
    const QByteArray upgrade = request.headers.value("upgrade");
    // Java's HttpClient offers h2c with every first request; RFC 9110 7.8 lets us ignore it.
    if (upgrade.isNull() || upgrade.compare("h2c", Qt::CaseInsensitive) == 0) {
        return std::nullopt;
    }
    return Refusal{
        426,
        "Protocol upgrades (WebSocket) are not served here. Use plain HTTP; streams are server-sent events."_ba,
        "invalid_request_error"_ba,
        "upgrade_not_supported"_ba,
        {{"upgrade"_ba, "HTTP/1.1"_ba}}};
}

} // namespace

ConnectionGuard::ConnectionGuard(
    QTcpSocket &socket, ConnectionContext &context, ConnectionPeer peer, Admission admission)
    : QObject(&socket)
    , m_socket(socket)
    , m_context(context)
    , m_output(socket)
    , m_flush([this] { flushStream(); })
    , m_since(context.clock.now())
    , m_started(m_since)
    , m_peer(std::move(peer))
    , m_admission(admission)
{
    connect(&socket, &QTcpSocket::readyRead, this, &ConnectionGuard::onReadyRead);
    connect(&socket, &QTcpSocket::bytesWritten, this, &ConnectionGuard::onBytesWritten);
    connect(&socket, &QTcpSocket::disconnected, this, &ConnectionGuard::onDisconnected);
    m_context.guards.insert(this);
    m_context.counters.connections.fetch_add(1, std::memory_order_relaxed);
}

ConnectionGuard::~ConnectionGuard()
{
    m_phase = Phase::Dead;
    if (m_writer) {
        std::exchange(m_writer, nullptr)->detach();
    }
    endCurrent();
    releaseReserved(m_reserved);
    m_context.guards.erase(this);
    m_context.counters.connections.fetch_sub(1, std::memory_order_relaxed);
}

void ConnectionGuard::onReadyRead()
{
    // QHttpServer starts a transaction on every signal, with an empty buffer as well, and
    // ungetChar() refuses while one is open. It never holds bytes that are not ours.
    if (m_socket.isTransactionStarted()) {
        m_socket.commitTransaction();
    }
    if (m_released || m_phase == Phase::Dead) {
        return;
    }
    readInput();
    releaseNext();
}

void ConnectionGuard::readInput()
{
    QByteArray &scratch = m_context.scratch;
    while (m_phase != Phase::Dead && m_socket.bytesAvailable() > 0) {
        const qint64 count = m_socket.read(scratch.data(), scratch.size());
        if (count <= 0) {
            return;
        }
        if (!m_inputEnded) {
            touch();
            consume(QByteArrayView(scratch.constData(), count));
        } else if ((m_dropped += count) > mostDropped) {
            cut();
        }
    }
}

void ConnectionGuard::consume(QByteArrayView data)
{
    while (!m_inputEnded) {
        if (!m_parser.isInsideRequest()) {
            m_started = m_since;
        }
        const HttpRequestParser::Event event = m_parser.feed(data);
        account();
        if (m_inputEnded) {
            return;
        }
        switch (event) {
        case HttpRequestParser::Event::NeedMore:
            continueIfOwed();
            return;
        case HttpRequestParser::Event::Failed:
            endInput(fromParser(m_parser.error(), m_context.rules.current()->limits.maxBodyBytes));
            return;
        case HttpRequestParser::Event::Head:
            m_served = true;
            if (auto refusal = admit()) {
                endInput(std::move(*refusal));
                return;
            }
            break;
        case HttpRequestParser::Event::Request:
            m_owesContinue = false;
            enqueue(m_parser.take());
            break;
        }
    }
}

/// Everything that can be refused before a byte of the body is kept.
std::optional<Refusal> ConnectionGuard::admit()
{
    const AccessRules &rules = *m_context.rules.current();
    const HttpRequest &head = m_parser.head();
    m_parser.setMaxBodyBytes(rules.limits.maxBodyBytes);
    if (m_admission == Admission::TellBusy) {
        return overloaded(
            "Too many connections to this gateway are open. Try again shortly.",
            "too_many_connections");
    }
    // Who is behind the bridge cannot be found out; there the key tells it.
    if (auto refusal = checkPeer(m_peer.owner, rules);
        refusal && m_peer.entrance == Entrance::Usual) {
        return refusal;
    }
    if (auto refusal = checkHost(head, rules, m_peer.entrance)) {
        return refusal;
    }
    if (auto refusal = checkUpgrade(head)) {
        return refusal;
    }
    const QByteArray expect = head.headers.value("expect");
    if (expect.isNull() || head.http10) {
        return std::nullopt;
    }
    if (expect.compare("100-continue", Qt::CaseInsensitive) != 0) {
        return Refusal{
            417,
            "The only expectation understood is 100-continue."_ba,
            "invalid_request_error"_ba,
            "expectation_failed"_ba};
    }
    m_owesContinue = m_parser.hasBody();
    return std::nullopt;
}

/// 100 Continue, unless the body has begun to come or an earlier reply would be cut in two.
void ConnectionGuard::continueIfOwed()
{
    if (!m_owesContinue || m_busy || !m_queue.empty()) {
        return;
    }
    m_owesContinue = false;
    if (m_parser.head().body.isEmpty()) {
        m_output.send("HTTP/1.1 100 Continue\r\n\r\n"_ba);
        m_output.flush();
    }
}

void ConnectionGuard::enqueue(HttpRequest request)
{
    const common::GatewayLimits &limits = m_context.rules.current()->limits;
    if (static_cast<int>(m_queue.size()) >= limits.maxQueuedPerConnection) {
        releaseReserved(request.body.size());
        Refusal refusal = overloaded(
            "Too many requests wait on this connection.", "too_many_pipelined");
        refusal.path = request.path;
        endInput(std::move(refusal));
        return;
    }
    request.peer = m_peer.owner;
    request.entrance = m_peer.entrance;
    request.process = m_peer.process;
    const bool last = !request.keepAlive;
    m_queue.push_back(std::move(request));
    // RFC 9112 9.6: nothing after a request that asks to close is read.
    m_inputEnded = m_inputEnded || last;
}

/// Keeps the server-wide count of buffered bytes true; ends the input at either cap.
void ConnectionGuard::account()
{
    qint64 held = m_parser.bufferedBytes() + m_currentBytes;
    for (const HttpRequest &request : m_queue) {
        held += request.body.size();
    }
    const qint64 growth = held - m_reserved;
    if (growth == 0) {
        return;
    }
    m_reserved = held;
    const qint64 total = m_context.counters.bufferedBytes.fetch_add(
                             growth, std::memory_order_relaxed)
        + growth;
    const common::GatewayLimits &limits = m_context.rules.current()->limits;
    if (growth > 0 && total > limits.maxBufferedBytes) {
        endInput(overloaded(
            "The gateway holds too many request bodies. Try again shortly.", "too_many_bytes"));
    } else if (m_queue.size() > 0 && held > 2 * limits.maxBodyBytes) {
        endInput(overloaded("Too many bytes wait on this connection.", "too_many_pipelined"));
    }
}

void ConnectionGuard::releaseReserved(qint64 bytes)
{
    m_reserved -= bytes;
    m_context.counters.bufferedBytes.fetch_sub(bytes, std::memory_order_relaxed);
}

/// Nothing more is parsed. `refusal` is answered in its turn.
void ConnectionGuard::endInput(Refusal refusal)
{
    const qint64 unfinished = m_parser.bufferedBytes();
    if (refusal.path.isEmpty()) {
        refusal.path = m_parser.head().path;
    }
    m_parser = HttpRequestParser();
    m_inputEnded = true;
    m_owesContinue = false;
    m_lastWord = std::move(refusal);
    if (m_reserved > 0 && unfinished > 0) {
        releaseReserved(std::min(unfinished, m_reserved));
    }
}

void ConnectionGuard::releaseNext()
{
    // A client that does not read its replies gets no further request handled: its replies would
    // pile up here.
    while (m_phase == Phase::Open && !m_busy && m_output.pending() == 0) {
        if (m_queue.empty()) {
            if (m_lastWord) {
                writeRefusal(*std::exchange(m_lastWord, std::nullopt), /*keepAlive=*/false);
            } else {
                continueIfOwed();
            }
            return;
        }
        m_busy = true;
        if (takeSlot()) {
            putBackCanonicalLine();
            return;
        }
        const HttpRequest refused = std::move(m_queue.front());
        m_queue.pop_front();
        m_currentBytes = refused.body.size();
        Refusal refusal = overloaded(
            "Too many requests are in progress. Try again shortly.", "too_many_requests");
        refusal.path = refused.path;
        writeRefusal(refusal, refused.keepAlive);
    }
}

bool ConnectionGuard::takeSlot()
{
    std::atomic<int> &inFlight = m_context.counters.requestsInFlight;
    if (inFlight.fetch_add(1, std::memory_order_relaxed)
        < m_context.rules.current()->limits.maxRequestsInFlight) {
        m_released = true;
        return true;
    }
    inFlight.fetch_sub(1, std::memory_order_relaxed);
    return false;
}

void ConnectionGuard::putBackCanonicalLine()
{
    for (qsizetype i = canonicalLine.size(); i > 0; --i) {
        m_socket.ungetChar(canonicalLine[i - 1]);
    }
}

void ConnectionGuard::dispatch(std::shared_ptr<void> hold)
{
    if (!m_released || m_queue.empty() || m_phase != Phase::Open) {
        return;
    }
    m_released = false;
    m_hold = std::move(hold);
    HttpRequest request = std::move(m_queue.front());
    m_queue.pop_front();
    m_currentBytes = request.body.size();
    m_context.counters.requests.fetch_add(1, std::memory_order_relaxed);
    auto writer = std::make_shared<ResponseWriter>(*this, request);
    m_writer = writer.get();
    // The slot is given back by endCurrent() from here on, whatever the handler does.
    m_context.handler->handle(std::move(request), std::move(writer));
}

void ConnectionGuard::replyDone(bool keepAlive)
{
    m_writer = nullptr;
    touch();
    m_started = m_since;
    // Before the reply leaves: who reads it must find the counters true.
    endCurrent();
    m_output.flush();
    if (m_phase != Phase::Open) {
        return;
    }
    if (!keepAlive || m_context.stopping) {
        closeGracefully();
    } else {
        wakeIfWaiting();
    }
}

/// Gives back what the request in progress held.
void ConnectionGuard::endCurrent()
{
    if (!std::exchange(m_busy, false)) {
        return;
    }
    m_context.counters.requestsInFlight.fetch_sub(1, std::memory_order_relaxed);
    m_released = false;
    releaseReserved(std::exchange(m_currentBytes, 0));
    m_hold.reset();
}

/// Lets the event loop release the next request: never from inside the handler of the one before.
void ConnectionGuard::wakeIfWaiting()
{
    if (m_phase == Phase::Open && !m_busy && m_output.pending() == 0
        && (!m_queue.empty() || m_lastWord || m_owesContinue)) {
        QMetaObject::invokeMethod(&m_socket, &QTcpSocket::readyRead, Qt::QueuedConnection);
    }
}

void ConnectionGuard::writeRefusal(const Refusal &refusal, bool keepAlive)
{
    m_context.counters.refused.fetch_add(1, std::memory_order_relaxed);
    if (m_busy) {
        m_busy = false;
        releaseReserved(std::exchange(m_currentBytes, 0));
    }
    const QByteArray body = refusalBody(refusal);
    QByteArray head;
    appendHead(
        head,
        {refusal.status, BodyFraming::Length, body.size(), keepAlive, /*http10=*/false},
        refusalHeaders(refusal));
    m_output.send(std::move(head), body);
    m_output.flush();
    if (!keepAlive) {
        closeGracefully();
    }
}

bool ConnectionGuard::mayKeepAlive() const
{
    return !m_context.stopping;
}

void ConnectionGuard::flushStream()
{
    const qint64 before = m_output.pending();
    m_output.flush();
    if (m_writer && m_output.pending() < before) {
        m_writer->drained();
    }
}

void ConnectionGuard::onBytesWritten()
{
    touch();
    if (m_phase == Phase::Closing && m_output.pending() == 0) {
        shutdownWrite();
    } else if (m_writer) {
        m_writer->drained();
    } else {
        wakeIfWaiting();
    }
}

void ConnectionGuard::closeGracefully()
{
    if (m_phase != Phase::Open) {
        return;
    }
    m_phase = Phase::Closing;
    m_inputEnded = true;
    m_parser = HttpRequestParser();
    m_queue.clear();
    releaseReserved(m_reserved);
    touch();
    if (m_output.pending() == 0) {
        shutdownWrite();
    }
}

/// Half-closes and lets the client close the rest: closing with unread input would reset the
/// connection, and the client might lose the reply.
void ConnectionGuard::shutdownWrite()
{
    m_phase = Phase::Lingering;
    touch();
    m_output.shutdown();
}

void ConnectionGuard::cut()
{
    if (m_phase != Phase::Dead) {
        m_output.reset();
    }
}

void ConnectionGuard::endNow()
{
    if (m_busy) {
        cut();
    } else if (m_phase != Phase::Dead) {
        m_socket.abort();
    }
}

bool ConnectionGuard::isBusy() const
{
    return m_phase != Phase::Dead && (m_busy || !m_queue.empty() || m_output.pending() > 0);
}

void ConnectionGuard::onDisconnected()
{
    m_phase = Phase::Dead;
    m_inputEnded = true;
    m_queue.clear();
    m_lastWord.reset();
    m_output.close();
    if (m_writer) {
        std::exchange(m_writer, nullptr)->clientGone();
    }
    endCurrent();
    releaseReserved(m_reserved);
#if QT_VERSION < QT_VERSION_CHECK(6, 5, 0)
    // Later versions delete the socket with their stream object.
    m_socket.deleteLater();
#endif
}

void ConnectionGuard::stopKeepAlive()
{
    const bool idle = !m_busy && m_queue.empty() && !m_lastWord && !m_parser.isInsideRequest();
    if (idle && m_phase == Phase::Open) {
        closeGracefully();
    }
}

void ConnectionGuard::touch()
{
    m_since = m_context.clock.now();
}

void ConnectionGuard::sweep(common::SteadyTime now)
{
    switch (m_phase) {
    case Phase::Open:
        sweepOpen(now);
        break;
    case Phase::Closing:
        if (now - m_since >= stalledReplyTime) {
            cut();
        }
        break;
    case Phase::Lingering:
        if (now - m_since >= lingerTime) {
            m_socket.abort();
        }
        break;
    case Phase::Dead:
        break;
    }
}

void ConnectionGuard::sweepOpen(common::SteadyTime now)
{
    const common::GatewayLimits &limits = m_context.rules.current()->limits;
    if (m_busy || !m_queue.empty() || m_lastWord) {
        if (!m_busy && m_output.pending() > 0 && now - m_since >= stalledReplyTime) {
            cut();
        }
        return;
    }
    if (m_parser.isInsideBody()) {
        if (now - m_since >= limits.bodyTimeout
            || now - m_started >= limits.bodyTimeout * bodyTimeoutsInAll) {
            endInput(timedOut("The request body did not come in time."));
        }
    } else if (m_parser.isInsideRequest()) {
        if (now - m_started >= limits.headTimeout) {
            endInput(timedOut("The request head did not come in time."));
        }
    } else if (now - m_since >= (m_served ? limits.keepAliveTimeout : limits.headTimeout)) {
        closeGracefully();
    }
    releaseNext();
}

} // namespace freerelay::gateway
