#pragma once

#include "core/common/clock.h"
#include "core/relay/text_sink.h"
#include "core/store/bounded_queue.h"
#include "core/store/texts/text_file.h"

#include <QString>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace freerelay::store {

/// Whether texts are kept. `problem` is a sentence without paths.
struct TextStatus
{
    std::chrono::hours keep{0}; ///< 0 = they are not
    QString problem; ///< why they are not at the moment, or not deleted; "" = none
    std::uint64_t kept = 0; ///< requests whose texts are in the file
    std::optional<common::WallTime> oldest; ///< when the first of these came
    std::uint64_t dropped = 0; ///< requests whose texts were not kept, in this run
};

struct TextOptions
{
    QString path; ///< "" = texts are never kept
    /// Masks secrets and makes a text of the bytes. Called on the store's thread.
    std::function<StoredTexts(const relay::RequestTexts &)> prepare;
    QueueLimits queue{256, 32UL * 1024 * 1024, 64};
    std::int64_t maxBytes = 512LL * 1024 * 1024; ///< above, the oldest go
    std::chrono::milliseconds lockWait{1'000};
    /// How often it looks for texts that are too old.
    std::chrono::milliseconds sweepInterval{std::chrono::minutes(1)};
    /// Called on the store's thread after `keep` or `problem` changed.
    std::function<void()> changed{};
};

/// Keeps texts for some hours, for debugging: in a file of their own beside the records, which is
/// deleted at once when they are not wanted any more. keep() never waits, and whatever happens to
/// the file is told in the status only: a text that cannot be written is dropped and counted.
///
/// Any thread; work() and end() are the store's thread's.
class TextKeeper final : public relay::TextSink
{
public:
    /// @param clock  outlives it
    TextKeeper(TextOptions options, const common::Clock &clock);

    /// In force with the next work().
    void setHours(std::chrono::hours hours)
    {
        m_hours = m_options.path.isEmpty() ? 0 : hours.count();
    }
    [[nodiscard]] bool isKeeping() const override
    {
        return m_hours.load(std::memory_order_relaxed) > 0;
    }
    void keep(relay::RequestTexts texts) override;
    [[nodiscard]] TextStatus status() const;

    /// Writes what waits, deletes what is too old, and the file when nothing is to be kept.
    void work();
    /// As work(), for the last time: closes the file.
    void end();

private:
    void takeAway();
    void write(const std::vector<relay::RequestTexts> &waiting);
    [[nodiscard]] common::Result<void> open();
    [[nodiscard]] common::Result<void> sweep();
    void noteWritten(const std::vector<StoredTexts> &texts);
    void onFailure(const common::Error &error);
    void setState(const QString &problem);
    void count(std::uint64_t kept, std::optional<common::WallTime> oldest);

    TextOptions m_options;
    const common::Clock &m_clock;
    std::atomic<std::int64_t> m_hours{0}; ///< as they are wanted
    BoundedQueue<relay::RequestTexts> m_queue;

    // The store's thread only.
    std::optional<TextFile> m_file;
    std::chrono::hours m_inForce{0};
    bool m_isGone = false; ///< the file, because nothing is to be kept
    common::SteadyTime m_lastSweep{};
    bool m_isSweepDue = true;

    std::atomic<std::uint64_t> m_lost{0}; ///< taken from the queue and never written
    mutable std::mutex m_mutex;
    TextStatus m_status;
};

} // namespace freerelay::store
