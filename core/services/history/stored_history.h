#pragma once

#include "core/common/clock.h"
#include "core/interfaces/request_history.h"
#include "core/store/record_reader.h"

#include <QObject>
#include <QThread>

#include <atomic>
#include <mutex>

namespace freerelay::services {

/// The history that is in the store's file, read on a thread of its own, which is started by the
/// first question: it waits for the disk, and nobody else has to.
class StoredHistory final : public interfaces::RequestHistory
{
public:
    /// Questions that may wait at any time; further ones are answered with Unavailable.
    static constexpr int maxWaiting = 64;

    /// @param clock      outlives the history
    /// @param textsFile  "" = no texts are ever kept
    StoredHistory(QString recordsFile, const common::Clock &clock, QString textsFile = {});
    /// Ends what runs and joins; what was not begun is never answered.
    ~StoredHistory() override;
    Q_DISABLE_COPY_MOVE(StoredHistory)

    void page(
        const interfaces::RequestFilter &filter,
        int limit,
        const std::optional<interfaces::RequestCursor> &after,
        QObject &receiver,
        Callback<interfaces::RequestPage> done) override;
    void details(
        const QString &requestId,
        QObject &receiver,
        Callback<interfaces::RequestDetails> done) override;
    void stats(
        const interfaces::StatsQuery &query,
        QObject &receiver,
        Callback<interfaces::RequestStats> done) override;

private:
    template <typename T> using Question = std::function<common::Result<T>(store::RecordReader &)>;
    template <typename T> void ask(Question<T> question, QObject &receiver, Callback<T> done);

    const common::Clock &m_clock;
    const QString m_textsFile;
    store::RecordReader m_reader; ///< used on the thread only
    std::atomic<int> m_waiting{0};
    std::once_flag m_started;
    QThread m_thread;
    QObject m_context; ///< lives on the thread
};

} // namespace freerelay::services
