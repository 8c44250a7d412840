#include "request_log.h"

namespace freerelay::services {

namespace {

/// Client closed request: nobody's failure.
constexpr int clientLeft = 499;

std::optional<std::chrono::milliseconds>
rounded(const std::optional<std::chrono::microseconds> &time)
{
    return time ? std::optional(std::chrono::round<std::chrono::milliseconds>(*time))
                : std::nullopt;
}

interfaces::RequestRow toRow(quint64 sequence, const relay::Outcome &outcome)
{
    interfaces::RequestRow row;
    row.sequence = sequence;
    const auto sinceEpoch = std::chrono::duration_cast<std::chrono::milliseconds>(
        outcome.time.time_since_epoch());
    row.time = QDateTime::fromMSecsSinceEpoch(sinceEpoch.count());
    row.requestId = QString::fromLatin1(outcome.requestId);
    row.askedModel = QString::fromUtf8(outcome.askedModel);
    row.provider = QString::fromUtf8(outcome.provider);
    row.model = QString::fromUtf8(outcome.model);
    row.status = outcome.status;
    row.stream = outcome.stream;
    row.attempts = static_cast<int>(outcome.attempts.size());
    row.ttft = rounded(outcome.ttft);
    row.duration = std::chrono::round<std::chrono::milliseconds>(outcome.duration);
    row.promptTokens = outcome.promptTokens;
    row.completionTokens = outcome.completionTokens;
    row.error = QString::fromUtf8(outcome.error);
    return row;
}

} // namespace

void RequestLog::record(relay::Outcome outcome)
{
    const bool failed = outcome.brokenStream
        || (outcome.status >= 400 && outcome.status != clientLeft);
    if (failed) {
        m_failed.fetch_add(1, std::memory_order_relaxed);
    }
    const quint64 sequence = m_total.fetch_add(1, std::memory_order_relaxed) + 1;
    const std::lock_guard lock(m_mutex);
    m_entries.push_back({sequence, std::move(outcome)});
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
            result.push_back(toRow(entry->sequence, entry->outcome));
        }
    }
    return result;
}

} // namespace freerelay::services
