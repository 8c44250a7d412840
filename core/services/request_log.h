#pragma once

#include "core/interfaces/gateway_control.h"
#include "core/relay/records.h"

#include <atomic>
#include <deque>
#include <mutex>

namespace freerelay::services {

/// The last requests, in memory, for the window and the command line. Any thread.
class RequestLog final : public relay::OutcomeSink
{
public:
    static constexpr std::size_t capacity = 500;

    void record(const std::shared_ptr<const relay::Outcome> &outcome) override;

    /// Newest first, at most `limit`, only those with a sequence above `after`.
    [[nodiscard]] std::vector<interfaces::RequestRow> rows(int limit, quint64 after) const;
    [[nodiscard]] quint64 total() const { return m_total.load(std::memory_order_relaxed); }
    [[nodiscard]] quint64 failed() const { return m_failed.load(std::memory_order_relaxed); }

private:
    /// What a row shows of an outcome. The outcome itself is not kept: its decision holds on to a
    /// whole configuration.
    struct Entry
    {
        quint64 sequence = 0;
        common::WallTime time;
        QByteArray requestId;
        QByteArray app;
        std::shared_ptr<const relay::PeerProcess> peer; ///< that has not named itself
        QByteArray askedModel;
        QByteArray provider;
        QByteArray model;
        int status = 0;
        bool stream = false;
        bool brokenStream = false;
        std::size_t attempts = 0;
        std::optional<std::chrono::microseconds> ttft;
        std::chrono::microseconds duration{0};
        std::optional<std::int64_t> promptTokens;
        std::optional<std::int64_t> completionTokens;
        QByteArray error;
    };

    [[nodiscard]] static Entry entryOf(quint64 sequence, const relay::Outcome &outcome);
    [[nodiscard]] static interfaces::RequestRow toRow(const Entry &entry);

    mutable std::mutex m_mutex;
    std::deque<Entry> m_entries;
    std::atomic<quint64> m_total{0};
    std::atomic<quint64> m_failed{0};
};

} // namespace freerelay::services
