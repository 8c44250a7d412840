#pragma once

#include "core/quota/quota_ledger.h"
#include "core/services/quota/quota_file.h"

#include <QTimer>

#include <memory>

namespace freerelay::services {

/// Owns the ledger of the providers' quotas and keeps what it knows over restarts: otherwise a
/// day's quota would look new each time the program starts. Main thread, except for ledger().
///
/// A file that cannot be used is set aside with a line in the log, and everything counts from zero:
/// headers and refusals put it right within a few requests.
class QuotaKeeper final
{
public:
    static constexpr std::chrono::seconds interval{30}; ///< so much may be lost in a crash

    /// Reads the file; blocks on the disk.
    /// @param path        of the file
    /// @param background  lives on the thread that may wait for the disk; saves are queued to it
    /// @param clock       outlives it
    QuotaKeeper(const QString &path, QObject &background, const common::Clock &clock);
    ~QuotaKeeper() = default;
    Q_DISABLE_COPY_MOVE(QuotaKeeper)

    /// Any thread.
    [[nodiscard]] quota::QuotaLedger &ledger() { return m_ledger; }
    [[nodiscard]] const quota::QuotaLedger &ledger() const { return m_ledger; }

    /// Saves in the background what has changed. A timer does it every interval; tests call it.
    void tick();
    /// Saves what was counted until now and nothing that is counted from now on, which is not true
    /// of the providers.
    void keepNoMore();
    /// Nothing is counted any more: saves what has changed, and waits for the disk.
    void stop();

private:
    struct Writer;

    void restore(const common::Clock &clock);
    [[nodiscard]] std::optional<quota::QuotaBook> changedBook();

    quota::QuotaLedger m_ledger;
    QObject &m_background;
    std::shared_ptr<Writer> m_writer; ///< shared with the saves that are queued
    quota::QuotaBook m_lastBook; ///< that was handed to the writer, without what ages by itself
    bool m_keeps = true;
    QTimer m_timer;
};

} // namespace freerelay::services
