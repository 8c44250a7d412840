#include "log_output.h"

#include "core/telemetry/rotating_file.h"

#include <climits>

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::telemetry {

LogOutput::LogOutput(const Redactor &redactor, int stream)
    : m_redactor(redactor)
    , m_stream(stream)
    , m_thread([this] { run(); })
{ }

LogOutput::~LogOutput()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void LogOutput::configure(const LogOptions &options)
{
    m_level = options.level;
    {
        const std::lock_guard lock(m_mutex);
        m_options = options;
        m_held = false;
    }
    m_wake.notify_one();
}

std::size_t LogOutput::waiting() const
{
    const std::lock_guard lock(m_mutex);
    return m_queue.size();
}

void LogOutput::mask(LogRecord &record) const
{
    record.message = m_redactor.redact(record.message);
    for (auto &[name, value] : record.fields) {
        if (auto *text = std::get_if<QString>(&value)) {
            *text = m_redactor.redact(*text);
        }
    }
}

void LogOutput::write(LogRecord record)
{
    if (!isEnabled(record.level)) {
        return;
    }
    mask(record);
    {
        const std::lock_guard lock(m_mutex);
        if (m_queue.size() >= maxWaiting) {
            ++m_dropped;
            return;
        }
        m_queue.push_back(std::move(record));
    }
    m_wake.notify_one();
}

void LogOutput::flush(std::chrono::milliseconds patience)
{
    std::unique_lock lock(m_mutex);
    m_held = false;
    m_wake.notify_one();
    m_idle.wait_for(lock, patience, [this] { return m_queue.empty() && !m_busy; });
}

void LogOutput::run()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_wake.wait(lock, [this] { return m_stopping || (!m_held && !m_queue.empty()); });
        if (m_queue.empty()) {
            return;
        }
        const std::deque<LogRecord> records = std::exchange(m_queue, {});
        const LogOptions options = m_options;
        m_busy = true;
        lock.unlock();
        writeLines(records, options);
        lock.lock();
        m_busy = false;
        m_idle.notify_all();
    }
}

void LogOutput::writeLines(const std::deque<LogRecord> &records, const LogOptions &options)
{
    if (options.file != m_fileName) {
        m_fileName = options.file;
        m_file = m_fileName.isEmpty()
            ? nullptr
            : std::make_unique<RotatingFile>(m_fileName, maxFileBytes, files);
        m_fileFails = false;
    }
    for (const LogRecord &record : records) {
        const QByteArray line = options.json ? toJsonLine(record) : toTextLine(record);
        toFile(line);
        toStream(line);
    }
}

void LogOutput::toFile(const QByteArray &line)
{
    if (!m_file) {
        return;
    }
    const auto done = m_file->append(line);
    if (done) {
        m_fileFails = false;
        return;
    }
    ++m_dropped;
    if (!std::exchange(m_fileFails, true)) {
        toStream(
            u"freerelay: the log cannot be written: %1\n"_s.arg(done.error().message).toUtf8());
    }
}

/// In pieces that a pipe takes at once when it takes any (POSIX: PIPE_BUF), so that a reader who
/// sleeps holds nobody up for longer than streamPatience.
void LogOutput::toStream(QByteArrayView text)
{
    constexpr qsizetype piece = PIPE_BUF;
    while (m_stream >= 0 && !text.isEmpty()) {
        struct pollfd wanted
        {
        };
        wanted.fd = m_stream;
        wanted.events = POLLOUT;
        // Who has kept a line waiting in vain is not waited for again before he reads.
        const int ready = ::poll(
            &wanted, 1, m_streamStuck ? 0 : static_cast<int>(streamPatience.count()));
        m_streamStuck = ready == 0;
        const QByteArrayView part = text.first(std::min(piece, text.size()));
        const ssize_t written = ready > 0
            ? ::write(m_stream, part.data(), static_cast<std::size_t>(part.size()))
            : -1;
        if (written < 0 && ready > 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (written <= 0) {
            ++m_dropped;
            return;
        }
        text = text.sliced(written);
    }
}

} // namespace freerelay::telemetry
