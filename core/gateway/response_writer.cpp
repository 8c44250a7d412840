#include "response_writer.h"

#include "core/gateway/connection_guard.h"
#include "core/gateway/refusal.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

ResponseWriter::ResponseWriter(ConnectionGuard &guard, const HttpRequest &request)
    : m_guard(&guard)
    , m_keepAlive(request.keepAlive)
    , m_http10(request.http10)
    , m_headOnly(request.method == Method::Head)
{ }

ResponseWriter::~ResponseWriter()
{
    if (m_state == State::Waiting) {
        refuse(
            *this,
            {500,
             "The request was dropped without an answer."_ba,
             "server_error"_ba,
             "internal_error"_ba});
    } else if (m_state == State::Streaming) {
        ResponseWriter::abort();
    }
}

ResponseHead ResponseWriter::head(int status, BodyFraming framing, qsizetype length)
{
    m_keepAlive = m_keepAlive && m_guard->mayKeepAlive() && framing != BodyFraming::Close;
    return {status, framing, length, m_keepAlive, m_http10};
}

void ResponseWriter::reply(int status, const common::HeaderList &headers, QByteArray body)
{
    if (m_state != State::Waiting) {
        return;
    }
    m_state = State::Done;
    if (!m_guard) {
        return;
    }
    QByteArray bytes;
    constexpr qsizetype usualHead = 512;
    bytes.reserve(usualHead + std::min<qsizetype>(body.size(), 64 * 1024));
    appendHead(bytes, head(status, BodyFraming::Length, body.size()), headers);
    m_guard->output().send(
        std::move(bytes), m_headOnly || isBodiless(status) ? QByteArray() : body);
    complete();
}

void ResponseWriter::beginStream(int status, const common::HeaderList &headers)
{
    if (m_state != State::Waiting) {
        return;
    }
    m_state = State::Streaming;
    m_framing = m_http10 ? BodyFraming::Close : BodyFraming::Chunked;
    if (!m_guard) {
        return;
    }
    QByteArray bytes;
    appendHead(bytes, head(status, m_framing, 0), headers);
    m_guard->output().send(bytes);
    m_guard->scheduleFlush();
}

void ResponseWriter::write(const QByteArray &bytes)
{
    if (!m_guard || m_state != State::Streaming || bytes.isEmpty() || m_headOnly) {
        return;
    }
    if (m_framing == BodyFraming::Chunked) {
        m_guard->output().send(QByteArray::number(bytes.size(), 16) + "\r\n");
        m_guard->output().send(bytes);
        m_guard->output().send("\r\n"_ba);
    } else {
        m_guard->output().send(bytes);
    }
    m_guard->scheduleFlush();
}

void ResponseWriter::finish()
{
    if (m_state != State::Streaming) {
        return;
    }
    m_state = State::Done;
    if (!m_guard) {
        return;
    }
    if (m_framing == BodyFraming::Chunked && !m_headOnly) {
        m_guard->output().send("0\r\n\r\n"_ba);
    }
    complete();
}

void ResponseWriter::complete()
{
    m_drained = nullptr;
    m_goneHandler = nullptr;
    std::exchange(m_guard, nullptr)->replyDone(m_keepAlive);
}

void ResponseWriter::abort()
{
    m_state = State::Done;
    m_drained = nullptr;
    m_goneHandler = nullptr;
    if (m_guard) {
        m_guard->cut();
    }
}

qint64 ResponseWriter::pending() const
{
    return m_guard ? m_guard->output().pending() : 0;
}

void ResponseWriter::setHandlers(std::function<void()> drained, std::function<void()> gone)
{
    m_drained = std::move(drained);
    m_goneHandler = std::move(gone);
}

void ResponseWriter::drained()
{
    // A copy: the handler may replace itself.
    if (const auto handler = m_drained) {
        handler();
    }
}

void ResponseWriter::clientGone()
{
    detach();
    if (const auto handler = std::exchange(m_goneHandler, nullptr)) {
        handler();
    }
}

void ResponseWriter::detach()
{
    m_guard = nullptr;
    m_gone = true;
    m_drained = nullptr;
}

} // namespace freerelay::gateway
