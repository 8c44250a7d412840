#include "request_log.h"

namespace freerelay::services {

namespace {

std::optional<std::chrono::milliseconds>
rounded(const std::optional<std::chrono::microseconds> &time)
{
    return time ? std::optional(std::chrono::round<std::chrono::milliseconds>(*time))
                : std::nullopt;
}

} // namespace

RequestLog::Entry RequestLog::entryOf(quint64 sequence, const relay::Outcome &outcome)
{
    return {
        sequence,
        outcome.time,
        outcome.requestId,
        outcome.app,
        outcome.app.isEmpty() ? outcome.peer : nullptr,
        outcome.askedModel,
        outcome.provider,
        outcome.model,
        outcome.status,
        outcome.stream,
        outcome.brokenStream,
        outcome.attempts.size(),
        outcome.ttft,
        outcome.duration,
        outcome.promptTokens,
        outcome.completionTokens,
        outcome.error};
}

interfaces::RequestRow RequestLog::toRow(const Entry &entry)
{
    interfaces::RequestRow row;
    row.sequence = entry.sequence;
    const auto sinceEpoch = std::chrono::duration_cast<std::chrono::milliseconds>(
        entry.time.time_since_epoch());
    row.time = QDateTime::fromMSecsSinceEpoch(sinceEpoch.count());
    row.requestId = QString::fromLatin1(entry.requestId);
    row.app = QString::fromUtf8(entry.peer ? entry.peer->name() : entry.app);
    row.askedModel = QString::fromUtf8(entry.askedModel);
    row.provider = QString::fromUtf8(entry.provider);
    row.model = QString::fromUtf8(entry.model);
    row.status = entry.status;
    row.stream = entry.stream;
    row.brokenStream = entry.brokenStream;
    row.attempts = static_cast<int>(entry.attempts);
    row.ttft = rounded(entry.ttft);
    row.duration = std::chrono::round<std::chrono::milliseconds>(entry.duration);
    row.promptTokens = entry.promptTokens;
    row.completionTokens = entry.completionTokens;
    row.error = QString::fromUtf8(entry.error);
    return row;
}

void RequestLog::record(const std::shared_ptr<const relay::Outcome> &outcome)
{
    if (relay::isFailure(*outcome)) {
        m_failed.fetch_add(1, std::memory_order_relaxed);
    }
    const quint64 sequence = m_total.fetch_add(1, std::memory_order_relaxed) + 1;
    const std::lock_guard lock(m_mutex);
    m_entries.push_back(entryOf(sequence, *outcome));
    if (m_entries.size() > capacity) {
        m_entries.pop_front();
    }
}

std::vector<interfaces::RequestRow> RequestLog::rows(int limit, quint64 after) const
{
    std::vector<interfaces::RequestRow> result;
    const std::lock_guard lock(m_mutex);
    for (auto entry = m_entries.rbegin(); entry != m_entries.rend(); ++entry) {
        if (static_cast<int>(result.size()) >= limit) {
            break;
        }
        if (entry->sequence > after) {
            result.push_back(toRow(*entry));
        }
    }
    return result;
}

} // namespace freerelay::services
