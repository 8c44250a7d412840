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

    /// How it went.
    struct End
    {
        int status = 0; ///< that the client got; 0 = it left before
        bool stream = false;
        bool broken = false; ///< a stream that has no proper end
        bool left = false; ///< the client has not waited for all of it
    };

    void start();
    /// When it is over.
    [[nodiscard]] const End &end() const { return m_end; }

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
    End m_end;
    std::optional<ReplyLog::Watch> m_watch; ///< last: it calls this object
};

} // namespace freerelay::gateway
