#include "reply_logs.h"

#include "core/common/private_file.h"

#include <QDir>

#include <utility>

namespace freerelay::gateway {

ReplyLogs::ReplyLogs(QString folder, const common::Clock &clock, std::chrono::milliseconds pace)
    : m_folder(std::move(folder))
    , m_clock(clock)
{
    m_timer.setInterval(pace);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
        if (!sweep()) {
            m_timer.stop();
        }
    });
    QDir(m_folder).removeRecursively(); // what a crash left
    if (!common::ensurePrivateFolder(m_folder)) {
        m_folder.clear(); // long replies are not kept then
    }
}

std::shared_ptr<ReplyLog>
ReplyLogs::add(const Id &id, common::Duration keep, std::shared_ptr<const ReplyNote> note)
{
    const std::lock_guard lock(m_mutex);
    expire();
    return make(id, keep, std::move(note));
}

std::shared_ptr<ReplyLog>
ReplyLogs::make(const Id &id, common::Duration keep, std::shared_ptr<const ReplyNote> note)
{
    if (!makeRoom(note ? note->bytes() : 0)) {
        return nullptr;
    }
    auto log = std::make_shared<ReplyLog>(m_folder, std::move(note));
    m_logs.insert(id.requestId, {id.app, log, keep, m_clock.now(), {}});
    if (m_logs.size() == 1) {
        QMetaObject::invokeMethod(
            &m_timer, [this] { m_timer.start(); }, Qt::QueuedConnection);
    }
    return log;
}

std::shared_ptr<ReplyLog> ReplyLogs::find(const Id &id)
{
    const std::lock_guard lock(m_mutex);
    expire();
    const auto found = m_logs.constFind(id.requestId);
    return found != m_logs.constEnd() && found->app == id.app ? found->log : nullptr;
}

void ReplyLogs::remove(const QByteArray &requestId)
{
    const std::lock_guard lock(m_mutex);
    m_logs.remove(requestId);
    expire();
}

ReplyLogs::Claimed ReplyLogs::claim(const Key &key, const Id &id, common::Duration keep)
{
    const std::lock_guard lock(m_mutex);
    expire();
    const auto known = m_keys.constFind(key.hash);
    if (known != m_keys.constEnd()) {
        return known->bodyHash == key.bodyHash
            ? Claimed{Claim::Known, m_logs.value(known->requestId).log}
            : Claimed{Claim::Mismatch, nullptr};
    }
    auto log = make(id, keep);
    if (!log) {
        return {Claim::NoRoom, nullptr};
    }
    m_keys.insert(key.hash, {key.bodyHash, id.requestId});
    return {Claim::New, std::move(log)};
}

void ReplyLogs::release(const QByteArray &keyHash)
{
    const std::lock_guard lock(m_mutex);
    m_keys.remove(keyHash);
}

bool ReplyLogs::sweep()
{
    const std::lock_guard lock(m_mutex);
    expire();
    return !m_logs.isEmpty();
}

void ReplyLogs::expire()
{
    const common::SteadyTime now = m_clock.now();
    m_logs.removeIf([now](std::pair<const QByteArray &, Entry &> item) {
        Entry &entry = item.second;
        if (entry.endSeenAt == common::SteadyTime() && entry.log->isEnded()) {
            entry.endSeenAt = now;
        }
        return entry.endSeenAt != common::SteadyTime() && now - entry.endSeenAt > entry.keep;
    });
    m_keys.removeIf([this](std::pair<const QByteArray &, KeyEntry &> item) {
        return !m_logs.contains(item.second.requestId);
    });
}

qint64 ReplyLogs::noteBytes() const
{
    qint64 sum = 0;
    for (const Entry &entry : m_logs) {
        sum += entry.log->note() ? entry.log->note()->bytes() : 0;
    }
    return sum;
}

/// @param noteBytes  of the note that comes
bool ReplyLogs::makeRoom(qint64 noteBytes)
{
    if (noteBytes > maxNoteBytes) {
        return false;
    }
    while (m_logs.size() >= maxLogs
           || (noteBytes > 0 && this->noteBytes() + noteBytes > maxNoteBytes)) {
        auto oldest = m_logs.cend();
        for (auto it = m_logs.cbegin(); it != m_logs.cend(); ++it) {
            if (it->log->isEnded() && (oldest == m_logs.cend() || it->addedAt < oldest->addedAt)) {
                oldest = it;
            }
        }
        if (oldest == m_logs.cend()) {
            return false;
        }
        m_logs.erase(oldest);
    }
    return true;
}

} // namespace freerelay::gateway
