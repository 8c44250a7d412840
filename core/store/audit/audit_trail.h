#pragma once

#include "core/common/clock.h"
#include "core/relay/records.h"
#include "core/store/audit/audit_writer.h"
#include "core/store/bounded_queue.h"
#include "core/store/status_keeper.h"

#include <QThread>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

namespace freerelay::store {

struct AuditOptions
{
    AuditPlace place;
    QueueLimits queue{};
    /// From the first entry of a batch to its writing; in strict mode it is written at once.
    std::chrono::milliseconds gather{50};
    /// How often it looks whether a head is due, at least.
    std::chrono::milliseconds idle{1'000};
    /// How soon to try again what failed.
    std::chrono::milliseconds retry{5'000};
    /// The longest that written records may be without a head.
    std::chrono::milliseconds headInterval{std::chrono::minutes(5)};
    /// Called on the trail's thread after `recording`, `problem` or `notice` changed.
    std::function<void()> statusChanged{};
};

/// Keeps the audit trail: takes entries from any thread and writes them on one of its own.
///
/// audit() returns at once. What cannot be written waits in memory as long as there is room; beyond
/// that it is dropped, counted, and the trail itself tells how many. Somebody who waits for an
/// entry is told `false` at the first failure; the entry is written all the same when that works
/// again, marked as withheld.
class AuditTrail final : public relay::AuditSink
{
public:
    /// Starts the thread; nothing is touched on the disk before there is something to write.
    /// @param clock  outlives the trail
    AuditTrail(AuditOptions options, const common::Clock &clock);
    /// As stop() with a deadline of two seconds.
    ~AuditTrail() override;
    AuditTrail(const AuditTrail &) = delete;
    AuditTrail &operator=(const AuditTrail &) = delete;

    void audit(relay::AuditEntry entry, Written written) override;

    /// In force with the next batch. Turned off, the trail is ended in order.
    void setTerms(AuditTerms terms);

    /// Writes what waits, then the end of the run. What is not written by the deadline is counted
    /// as dropped. Once; later calls do nothing.
    void stop(std::chrono::milliseconds deadline);

    /// Any thread. Not recording as long as it is turned off, without a problem.
    [[nodiscard]] StoreStatus status() const { return m_status.status(m_queue); }
    [[nodiscard]] const QString &folder() const { return m_options.place.folder; }

private:
    class Loop;
    struct Waiting
    {
        AuditItem item;
        Written written;
    };

    AuditOptions m_options;
    const common::Clock &m_clock;
    BoundedQueue<Waiting> m_queue;
    std::atomic<bool> m_atOnce{false}; ///< no gathering: somebody waits
    StatusKeeper m_status;
    std::mutex m_mutex;
    AuditTerms m_terms;
    std::uint64_t m_termsVersion = 0;
    std::chrono::steady_clock::time_point m_stopBy; ///< set before the queue is closed
    std::unique_ptr<QThread> m_thread;
};

} // namespace freerelay::store
