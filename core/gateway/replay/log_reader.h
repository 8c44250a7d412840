#pragma once

#include "core/gateway/replay/reply_log.h"
#include "core/relay/downstream.h"

#include <QObject>

#include <memory>
#include <optional>

namespace freerelay::gateway {

/// Sends one client what a log has and will have. Worker's thread only.
class LogReader final : public QObject
{
    Q_OBJECT

public:
    /// Above this, the client takes what it has first.
    static constexpr qint64 highWatermark = 256 * 1024;
    static constexpr qint64 pieceBytes = 64 * 1024;

    /// @param from   the first byte of the body that is sent
    /// @param extra  added to the head
    LogReader(
        std::shared_ptr<ReplyLog> log,
        std::shared_ptr<relay::Downstream> client,
        qint64 from,
        common::HeaderList extra);
    ~LogReader() override;
    Q_DISABLE_COPY_MOVE(LogReader)

    void start();

Q_SIGNALS:
    /// The client has all of it, or has left.
    void over();

private:
    void pump();
    void pumpWhole();
    [[nodiscard]] bool sendHead();
    void finish(const ReplyLog::Piece &last);

    std::shared_ptr<ReplyLog> m_log;
    std::shared_ptr<relay::Downstream> m_client;
    qint64 m_position;
    common::HeaderList m_extra;
    bool m_headSent = false;
    bool m_over = false;
    std::optional<ReplyLog::Watch> m_watch; ///< last: it calls this object
};

} // namespace freerelay::gateway
