#include "quota_keeper.h"

#include <QLoggingCategory>

#include <atomic>
#include <mutex>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcQuota, "freerelay.quota", QtInfoMsg)

using quota::QuotaBook;
using quota::QuotaWindowRecord;

/// Without what differs between two books although nothing happened: rates fade by themselves, and
/// times that are kept on the monotonic clock come out a little different on the calendar's.
QuotaBook withoutAging(QuotaBook book)
{
    book.takenAt = {};
    for (QuotaWindowRecord &window : book.windows) {
        window.perMinute = {};
        window.variance = 0;
        for (quota::QuotaChargeRecord &charge : window.charges) {
            charge.until = {};
        }
        if (window.blockedUntil) {
            // Blocks often end on the minute: rounded up or down they would flicker.
            *window.blockedUntil = std::chrono::round<std::chrono::minutes>(*window.blockedUntil);
        }
    }
    return book;
}

/// The clock ran ahead when the book was saved: a block must not last until that clock's time.
/// The ledger itself takes care of the amounts.
void moveBlocks(QuotaBook &book, common::WallTime now)
{
    if (book.takenAt <= now) {
        return;
    }
    for (QuotaWindowRecord &window : book.windows) {
        if (window.blockedUntil) {
            *window.blockedUntil -= book.takenAt - now;
        }
    }
}

} // namespace

/// Saves one book after the other, never an older one over a newer. Any thread.
struct QuotaKeeper::Writer
{
    explicit Writer(const QString &path)
        : file(path)
    { }

    void save(const QuotaBook &book, std::uint64_t number)
    {
        const std::lock_guard lock(mutex); // the main thread waits for it in stop() only
        if (number < newest) {
            return;
        }
        newest = number;
        const common::Result<void> saved = file.save(book);
        if (!saved && !failed) {
            qCWarning(lcQuota).noquote()
                << "what is used of the quotas is not saved:" << saved.error().message;
        }
        failed = !saved;
    }

    QuotaFile file;
    std::mutex mutex;
    std::uint64_t newest = 0;
    std::uint64_t queued = 0; ///< the last number that was given; main thread
    std::atomic<bool> failed{false};
};

QuotaKeeper::QuotaKeeper(const QString &path, QObject &background, const common::Clock &clock)
    : m_ledger(clock)
    , m_background(background)
    , m_writer(std::make_shared<Writer>(path))
{
    restore(clock);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { tick(); });
    m_timer.start(interval);
}

void QuotaKeeper::restore(const common::Clock &clock)
{
    common::Result<QuotaBook> book = m_writer->file.load();
    if (book) {
        moveBlocks(*book, clock.wallNow());
        m_ledger.restore(*book);
        m_lastBook = withoutAging(m_ledger.snapshot());
        return;
    }
    const common::Result<QString> aside = m_writer->file.setAside(clock.wallNow());
    qCWarning(lcQuota).noquote() << "what was used of the quotas is counted anew:"
                                 << book.error().message
                                 << (aside ? u"It is kept as %1."_s.arg(*aside)
                                           : aside.error().message);
}

std::optional<QuotaBook> QuotaKeeper::changedBook()
{
    QuotaBook book = m_ledger.snapshot();
    QuotaBook compared = withoutAging(book);
    if (compared == m_lastBook && !m_writer->failed) {
        return std::nullopt;
    }
    m_lastBook = std::move(compared);
    return book;
}

void QuotaKeeper::tick()
{
    std::optional<QuotaBook> book = changedBook();
    if (!book) {
        return;
    }
    QMetaObject::invokeMethod(
        &m_background,
        [writer = m_writer, book = *std::move(book), number = ++m_writer->queued] {
            writer->save(book, number);
        },
        Qt::QueuedConnection);
}

void QuotaKeeper::keepNoMore()
{
    if (m_keeps) {
        stop();
        m_keeps = false;
        qCInfo(lcQuota) << "what is used of the quotas is not saved any more in this run";
    }
}

void QuotaKeeper::stop()
{
    m_timer.stop();
    if (!m_keeps) {
        return;
    }
    // A save that is still queued may never run, so this one comes in any case.
    m_writer->save(m_ledger.snapshot(), ++m_writer->queued);
}

} // namespace freerelay::services
