#include "log_reader.h"

#include "core/relay/error_reply.h"

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

LogReader::LogReader(
    std::shared_ptr<ReplyLog> log,
    std::shared_ptr<relay::Downstream> client,
    qint64 from,
    common::HeaderList extra)
    : m_log(std::move(log))
    , m_client(std::move(client))
    , m_position(from)
    , m_extra(std::move(extra))
{ }

LogReader::~LogReader()
{
    m_client->setHandlers({}, {});
}

void LogReader::start()
{
    m_client->setHandlers(
        [this] { pump(); },
        [this] {
            m_over = true;
            m_end.left = true;
            Q_EMIT over();
        });
    m_watch.emplace(
        m_log, [this] { QMetaObject::invokeMethod(this, &LogReader::pump, Qt::QueuedConnection); });
    pump();
}

bool LogReader::sendHead()
{
    if (m_headSent) {
        return true;
    }
    const ReplyLog::Head head = m_log->head();
    if (head.status == 0) {
        return false;
    }
    common::HeaderList headers = head.headers;
    for (const auto &[name, value] : m_extra.fields()) {
        headers.add(name, value);
    }
    m_headSent = true;
    m_end.status = head.status;
    m_end.stream = true;
    m_client->beginStream(head.status, headers);
    return true;
}

void LogReader::pump()
{
    const ReplyLog::Head head = m_log->head();
    if (m_over || (head.status == 0 && !m_log->isEnded())) {
        return;
    }
    if (!head.stream) {
        pumpWhole();
        return;
    }
    if (!sendHead()) {
        return;
    }
    while (m_client->pending() < highWatermark) {
        const ReplyLog::Piece piece = m_log->read(m_position, pieceBytes);
        if (!piece.bytes.isEmpty()) {
            m_position += piece.bytes.size();
            m_client->write(piece.bytes);
        }
        if (piece.ended || piece.lost) {
            finish(piece);
            return;
        }
        if (piece.bytes.isEmpty()) {
            return;
        }
    }
}

/// A reply that is no stream goes out whole.
void LogReader::pumpWhole()
{
    const ReplyLog::Piece piece = m_log->read(0, ReplyLog::maxBytes);
    if (!piece.ended && !piece.lost) {
        return;
    }
    m_over = true;
    const ReplyLog::Head head = m_log->head();
    if (head.status == 0 || piece.lost) {
        const relay::ClientError error{
            503,
            "The request with this key ended without an answer that could be kept."_ba,
            "server_error"_ba,
            {},
            "reply_lost"_ba,
            {}};
        m_end.status = error.status;
        m_client->reply(error.status, error.headers(), error.body());
    } else {
        common::HeaderList headers = head.headers;
        for (const auto &[name, value] : m_extra.fields()) {
            headers.add(name, value);
        }
        m_end.status = head.status;
        m_client->reply(head.status, headers, piece.bytes);
    }
    Q_EMIT over();
}

void LogReader::finish(const ReplyLog::Piece &last)
{
    m_over = true;
    m_end.broken = !last.complete;
    if (last.complete) {
        m_client->finish();
    } else {
        m_client->abort(); // a cut, as the first client would have seen one
    }
    Q_EMIT over();
}

} // namespace freerelay::gateway
