#include "fake_connection.h"

#ifdef Q_OS_UNIX
#include <sys/socket.h>
#endif

#include <algorithm>

namespace freerelay::tests {

namespace {

// Above this many bytes that the kernel has not taken, nothing more is produced.
constexpr qint64 highWater = 256 * 1'024;
constexpr qsizetype floodPiece = 64 * 1'024;

common::HeaderList parseFields(const QList<QByteArray> &lines)
{
    common::HeaderList headers;
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const qsizetype colon = lines[i].indexOf(':');
        if (colon > 0) {
            headers.add(lines[i].left(colon).toLower(), lines[i].mid(colon + 1).trimmed());
        }
    }
    return headers;
}

} // namespace

FakeConnection::FakeConnection(FakeUpstream &upstream, QTcpSocket *socket, int index, bool released)
    : QObject(&upstream)
    , m_upstream(upstream)
    , m_socket(socket)
    , m_index(index)
    , m_permits(released ? everything : 0)
{
    m_socket->setParent(this);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(m_socket, &QTcpSocket::readyRead, this, &FakeConnection::onReadyRead);
    connect(m_socket, &QTcpSocket::bytesWritten, this, &FakeConnection::onBytesWritten);
    connect(m_socket, &QTcpSocket::disconnected, this, &FakeConnection::onDisconnected);
}

FakeConnection::~FakeConnection()
{
    m_socket->disconnect(this);
}

void FakeConnection::start()
{
    if (m_socket->state() != QAbstractSocket::ConnectedState) {
        onDisconnected();
        return;
    }
    onReadyRead();
}

void FakeConnection::permit(int count)
{
    m_permits = count == everything || m_permits == everything ? everything : m_permits + count;
    pump();
}

void FakeConnection::closeIfIdle()
{
    if (m_request < 0) {
        m_closing = true;
        m_socket->disconnectFromHost();
    }
}

void FakeConnection::reset()
{
    m_closing = true;
#ifdef Q_OS_UNIX
    const linger now{1, 0};
    setsockopt(
        static_cast<int>(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &now, sizeof now);
#endif
    m_socket->abort();
}

void FakeConnection::onReadyRead()
{
    m_received += m_socket->readAll();
    FakeRequest request;
    while (m_request < 0 && !m_closing && takeRequest(&request)) {
        request.connection = m_index;
        const FakeReply reply = m_upstream.accept(request, &m_request);
        play(reply);
        request = {};
    }
}

bool FakeConnection::takeRequest(FakeRequest *request)
{
    const qsizetype headEnd = m_received.indexOf("\r\n\r\n");
    if (headEnd < 0) {
        return false;
    }
    QList<QByteArray> lines = m_received.left(headEnd).split('\n');
    for (QByteArray &line : lines) {
        line = line.trimmed();
    }
    request->headers = parseFields(lines);
    const qsizetype length = request->headers.value("content-length").toLongLong();
    const qsizetype bodyStart = headEnd + 4;
    if (m_received.size() < bodyStart + length) {
        return false;
    }
    const QList<QByteArray> words = lines.first().split(' ');
    request->method = words.value(0);
    request->target = words.value(1);
    request->body = m_received.mid(bodyStart, length);
    m_received.remove(0, bodyStart + length);
    return true;
}

void FakeConnection::play(const FakeReply &reply)
{
    using Kind = Step::Kind;
    m_oneByteWrites = reply.oneByteWrites;
    m_closeAfter = reply.closeAfter || reply.dropAfter || !reply.raw.isEmpty()
        || reply.framing == FakeFraming::UntilClose;
    if (reply.headHeld) {
        m_steps.push_back({Kind::Wait});
    }
    addFault(reply, FakeReply::beforeHead);
    if (!reply.raw.isEmpty()) {
        m_steps.push_back({Kind::Write, reply.raw});
    } else {
        m_steps.push_back({Kind::Write, reply.head()});
        planBody(reply);
    }
    m_steps.push_back({Kind::Done});
    pump();
}

void FakeConnection::planBody(const FakeReply &reply)
{
    using Kind = Step::Kind;
    addFault(reply, 0);
    int place = 0;
    for (const FakeChunk &chunk : reply.chunks) {
        if (chunk.held) {
            m_steps.push_back({Kind::Wait});
        }
        m_steps.push_back({Kind::Write, reply.framed(chunk.bytes)});
        addFault(reply, ++place);
    }
    if (reply.floodBytes > 0) {
        m_steps.push_back({Kind::Flood, {}, reply.floodBytes});
    }
    if (reply.framing == FakeFraming::Chunked) {
        m_steps.push_back({Kind::Write, "0\r\n\r\n"});
    }
}

void FakeConnection::addFault(const FakeReply &reply, int place)
{
    if (reply.fault == FakeFault::None || reply.faultAfterChunks != place) {
        return;
    }
    switch (reply.fault) {
    case FakeFault::Reset:
        m_steps.push_back({Step::Kind::Reset});
        break;
    case FakeFault::Cut:
        m_steps.push_back({Step::Kind::Cut});
        break;
    case FakeFault::Stall:
        m_steps.push_back({Step::Kind::Stall});
        break;
    case FakeFault::None:
        break;
    }
}

void FakeConnection::pump()
{
    if (m_pumping) {
        return;
    }
    m_pumping = true;
    while (!m_steps.empty() && m_socket->bytesToWrite() < highWater && perform(m_steps.front())) {
        if (!m_steps.empty()) {
            m_steps.pop_front();
        }
    }
    m_pumping = false;
}

// False when the step has to wait for something, or ended the connection.
bool FakeConnection::perform(Step &step)
{
    switch (step.kind) {
    case Step::Kind::Write:
        return write(step);
    case Step::Kind::Flood:
        return flood(step);
    case Step::Kind::Wait:
        if (m_permits > 0 && m_permits != everything) {
            --m_permits;
            return true;
        }
        return m_permits == everything;
    case Step::Kind::Stall:
        return false;
    case Step::Kind::Reset:
        // The bytes before the fault must reach the client.
        if (m_socket->bytesToWrite() > 0) {
            return false;
        }
        m_upstream.update(m_request, [](FakeRequest &request) { request.finished = true; });
        reset();
        return false;
    case Step::Kind::Cut:
        m_upstream.update(m_request, [](FakeRequest &request) { request.finished = true; });
        m_closing = true;
        m_steps.clear();
        m_socket->disconnectFromHost();
        return false;
    case Step::Kind::Done:
        finishReply();
        return true;
    }
    return false;
}

bool FakeConnection::write(Step &step)
{
    if (!m_oneByteWrites) {
        m_socket->write(step.bytes);
        return true;
    }
    if (m_socket->bytesToWrite() > 0) {
        return false;
    }
    m_socket->write(step.bytes.left(1));
    step.bytes.remove(0, 1);
    return step.bytes.isEmpty();
}

bool FakeConnection::flood(Step &step)
{
    static const QByteArray piece(floodPiece, 'x');
    const qsizetype count = static_cast<qsizetype>(std::min<qint64>(step.count, piece.size()));
    m_socket->write(piece.constData(), count);
    step.count -= count;
    while (step.count > 0 && m_socket->bytesToWrite() < highWater) {
        const qsizetype more = static_cast<qsizetype>(std::min<qint64>(step.count, piece.size()));
        m_socket->write(piece.constData(), more);
        step.count -= more;
    }
    return step.count == 0;
}

void FakeConnection::finishReply()
{
    m_upstream.update(m_request, [](FakeRequest &request) { request.finished = true; });
    if (m_closeAfter) {
        m_closing = true;
        m_socket->disconnectFromHost();
        return;
    }
    // bytesWritten() may still report this reply, so it stays the current one until then.
    if (m_socket->bytesToWrite() == 0) {
        m_request = -1;
    }
    QMetaObject::invokeMethod(this, &FakeConnection::onReadyRead, Qt::QueuedConnection);
}

void FakeConnection::onBytesWritten(qint64 count)
{
    if (m_request >= 0) {
        m_upstream.update(
            m_request, [count](FakeRequest &request) { request.bytesTaken += count; });
    }
    pump();
    if (m_steps.empty() && m_socket->bytesToWrite() == 0 && !m_closing && m_request >= 0) {
        m_request = -1;
        onReadyRead();
    }
}

void FakeConnection::onDisconnected()
{
    if (m_request >= 0 && !m_closing && !m_steps.empty()) {
        m_upstream.onClientLeft(m_request);
    }
    m_closing = true;
    m_steps.clear();
    m_upstream.forget(this);
    deleteLater();
}

} // namespace freerelay::tests
