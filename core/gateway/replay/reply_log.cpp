#include "reply_log.h"

#include <algorithm>
#include <utility>

namespace freerelay::gateway {

void ReplyLog::begin(int status, const common::HeaderList &headers, bool stream)
{
    const std::lock_guard lock(m_mutex);
    m_head = {status, headers, stream};
    tell();
}

void ReplyLog::append(const QByteArray &bytes)
{
    const std::lock_guard lock(m_mutex);
    if (m_lost) {
        return;
    }
    m_events.push_back(m_size);
    store(bytes);
    if (m_lost) {
        m_memory = {};
        m_file.reset();
        m_events = {};
    }
    tell();
}

void ReplyLog::store(const QByteArray &bytes)
{
    m_size += bytes.size();
    if (m_size > maxBytes) {
        m_lost = true;
        return;
    }
    if (m_file == nullptr && m_size <= maxInMemory) {
        m_memory += bytes;
        return;
    }
    bool written = !m_folder.isEmpty();
    if (written && m_file == nullptr) {
        m_file = std::make_unique<QTemporaryFile>(m_folder + QStringLiteral("/reply-XXXXXX"));
        written = m_file->open() && m_file->write(m_memory) == m_memory.size();
        m_memory = {};
    }
    written = written && m_file->seek(m_size - bytes.size()) && m_file->write(bytes) == bytes.size()
        && m_file->flush();
    m_lost = !written;
}

void ReplyLog::end(bool complete)
{
    const std::lock_guard lock(m_mutex);
    m_ended = true;
    m_complete = complete;
    tell();
}

ReplyLog::Head ReplyLog::head() const
{
    const std::lock_guard lock(m_mutex);
    return m_head;
}

ReplyLog::Piece ReplyLog::read(qint64 from, qint64 most) const
{
    const std::lock_guard lock(m_mutex);
    Piece piece;
    piece.lost = m_lost;
    if (!m_lost && m_file != nullptr) {
        piece.bytes = m_file->seek(from) ? m_file->read(std::min(most, m_size - from))
                                         : QByteArray();
    } else if (!m_lost) {
        piece.bytes = m_memory.mid(from, most);
    }
    piece.ended = m_ended && from + piece.bytes.size() >= m_size;
    piece.complete = piece.ended && m_complete;
    return piece;
}

std::optional<qint64> ReplyLog::offsetOf(std::int64_t number) const
{
    const std::lock_guard lock(m_mutex);
    const auto count = static_cast<std::int64_t>(m_events.size());
    if (number < 1 || number > count + 1) {
        return std::nullopt;
    }
    return number == count + 1 ? m_size : m_events[static_cast<std::size_t>(number - 1)];
}

bool ReplyLog::isLost() const
{
    const std::lock_guard lock(m_mutex);
    return m_lost;
}

bool ReplyLog::isEnded() const
{
    const std::lock_guard lock(m_mutex);
    return m_ended;
}

int ReplyLog::readers() const
{
    const std::lock_guard lock(m_mutex);
    return static_cast<int>(m_watches.size());
}

void ReplyLog::tell() const
{
    for (const std::function<void()> &news : m_watches) {
        news();
    }
}

ReplyLog::Watch::Watch(std::shared_ptr<ReplyLog> log, const std::function<void()> &news)
    : m_log(std::move(log))
{
    const std::lock_guard lock(m_log->m_mutex);
    m_id = ++m_log->m_lastWatch;
    m_log->m_watches.insert(m_id, news);
}

ReplyLog::Watch::~Watch()
{
    const std::lock_guard lock(m_log->m_mutex);
    m_log->m_watches.remove(m_id);
}

} // namespace freerelay::gateway
