#pragma once

#include "core/common/clock.h"
#include "core/relay/records.h"
#include "core/store/bounded_queue.h"
#include "core/store/retention.h"
#include "core/store/status_keeper.h"
#include "core/store/texts/text_keeper.h"

#include <QString>
#include <QThread>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

namespace freerelay::store {

struct StoreOptions
{
    QString path; ///< of the records file; its folder is made when it is missing
    QueueLimits queue{};
    /// From the first record of a batch to its writing.
    std::chrono::milliseconds gather{50};
    /// Without a record for so long the time is used for retention and checks.
    std::chrono::milliseconds idle{10'000};
    /// How long to wait for somebody else's lock, each time.
    std::chrono::milliseconds lockWait{1'000};
    /// How soon to try again what failed.
    std::chrono::milliseconds retry{5'000};
    /// Between two rounds of retention.
    std::chrono::milliseconds retentionInterval{std::chrono::hours(1)};
    RetentionRules retention{};
    TextOptions texts{};
    /// Called on the store's thread after `recording`, `problem` or `notice` changed.
    std::function<void()> statusChanged{};
};

/// Keeps what happened: takes outcomes from any thread and writes them on one of its own.
///
/// Whatever happens to the file, record() returns at once and the caller goes on. What cannot be
/// written waits in the queue as long as there is room; beyond that it is dropped and counted. A
/// damaged file is set aside and a fresh one begun.
class RecordStore final : public relay::OutcomeSink
{
public:
    /// Starts the thread; the file is opened there. @param clock  outlives the store
    RecordStore(StoreOptions options, const common::Clock &clock);
    /// As stop() with a deadline of two seconds.
    ~RecordStore() override;
    RecordStore(const RecordStore &) = delete;
    RecordStore &operator=(const RecordStore &) = delete;

    void record(const std::shared_ptr<const relay::Outcome> &outcome) override;

    /// Keeps to other rules from now on; when they differ, old rows go as soon as there is time.
    /// Any thread.
    void setRetention(const RetentionRules &rules);

    /// Keeps texts for so long from now on; 0 = not at all, and what is kept goes at once. Any
    /// thread.
    void keepTexts(std::chrono::hours hours);
    /// Any thread; see TextKeeper.
    [[nodiscard]] relay::TextSink &texts() { return m_texts; }
    [[nodiscard]] TextStatus textStatus() const { return m_texts.status(); }

    /// Writes what waits and closes the file. What is not written by the deadline is counted as
    /// dropped. Once; later calls do nothing.
    void stop(std::chrono::milliseconds deadline);

    /// Any thread.
    [[nodiscard]] StoreStatus status() const { return m_status.status(m_queue); }
    [[nodiscard]] const QString &path() const { return m_options.path; }

private:
    class Loop;

    [[nodiscard]] RetentionRules retention() const;

    StoreOptions m_options;
    const common::Clock &m_clock;
    BoundedQueue<std::shared_ptr<const relay::Outcome>> m_queue;
    StatusKeeper m_status;
    TextKeeper m_texts;
    mutable std::mutex m_mutex;
    RetentionRules m_retention; ///< in force
    std::chrono::steady_clock::time_point m_stopBy; ///< set before the queue is closed
    std::unique_ptr<QThread> m_thread;
};

} // namespace freerelay::store
