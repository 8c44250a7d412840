#pragma once

#include "core/common/result.h"
#include "core/telemetry/log_record.h"
#include "core/telemetry/redactor.h"

#include <QString>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace freerelay::telemetry {

class RotatingFile;

/// What is written, and where beside the standard error stream.
struct LogOptions
{
    LogLevel level = LogLevel::Info; ///< the least that is written
    bool json = false;
    QString file; ///< "" = none

    bool operator==(const LogOptions &) const = default;
};

/// Writes the log: to a stream and to a rotating file, on a thread of its own, so that nobody who
/// logs ever waits for a disk or a terminal. Secrets are masked before a line is queued.
///
/// Until it is configured lines wait. Any thread may write and configure. When the queue is full,
/// or the stream is not read, lines are dropped and counted.
class LogOutput final
{
public:
    static constexpr qint64 maxFileBytes = 2 * 1024 * 1024;
    static constexpr int files = 5; ///< of maxFileBytes each
    static constexpr std::size_t maxWaiting = 10'000; ///< lines
    /// How long a stream may not take a line before that is dropped.
    static constexpr std::chrono::milliseconds streamPatience{1'000};

    /// @param redactor  outlives the output
    /// @param stream  descriptor of the stream; stays the caller's; -1 = none
    LogOutput(const Redactor &redactor, int stream);
    /// Writes what waits, then ends its thread.
    ~LogOutput();
    LogOutput(const LogOutput &) = delete;
    LogOutput &operator=(const LogOutput &) = delete;

    void configure(const LogOptions &options);
    [[nodiscard]] bool isEnabled(LogLevel level) const
    {
        return level >= m_level.load(std::memory_order_relaxed);
    }

    /// Queues the record, unless its level is not enabled.
    void write(LogRecord record);
    /// Waits until everything that was queued before is written, `patience` at most. Nothing is
    /// held back for a configuration any more.
    void flush(std::chrono::milliseconds patience);

    [[nodiscard]] std::uint64_t dropped() const { return m_dropped; }
    [[nodiscard]] std::size_t waiting() const;

private:
    void run();
    void mask(LogRecord &record) const;
    void writeLines(const std::deque<LogRecord> &records, const LogOptions &options);
    void toFile(const QByteArray &line);
    void toStream(QByteArrayView text);

    const Redactor &m_redactor;
    int m_stream;
    std::atomic<LogLevel> m_level{LogLevel::Info};
    std::atomic<std::uint64_t> m_dropped{0};

    mutable std::mutex m_mutex; ///< guards what follows
    std::condition_variable m_wake;
    std::condition_variable m_idle;
    std::deque<LogRecord> m_queue;
    LogOptions m_options;
    bool m_held = true; ///< not configured yet
    bool m_busy = false; ///< lines were taken and are being written
    bool m_stopping = false;

    // The thread's own:
    QString m_fileName;
    std::unique_ptr<RotatingFile> m_file;
    bool m_streamStuck = false;
    bool m_fileFails = false; ///< said once, until it works again

    std::thread m_thread;
};

} // namespace freerelay::telemetry
