#pragma once

#include "core/gateway/http_types.h"
#include "core/gateway/replay/log_reader.h"
#include "core/gateway/replay/reply_logs.h"

#include <functional>
#include <memory>
#include <vector>

namespace freerelay::gateway {

/// Replies that are read again: GET /v1/streams/{id} for clients that lost their connection, and
/// those asked for under an idempotency key that is known. One worker thread.
class ReplayRoute
{
public:
    /// @param logs  shared by all workers; outlives the route
    explicit ReplayRoute(ReplyLogs &logs)
        : m_logs(logs)
    { }

    [[nodiscard]] ReplyLogs &logs() { return m_logs; }

    /// The events behind the one that the header Last-Event-ID names (all of them without it), and
    /// those to come. 400 for an id that is no event's, 404 when there is no such stream (any
    /// more) of this caller's, 410 when it became too long to be kept.
    void stream(
        const HttpRequest &request,
        const QByteArray &requestId,
        std::shared_ptr<relay::Downstream> downstream);

    /// Sends what the log has, and will have, from a byte on.
    void follow(
        std::shared_ptr<ReplyLog> log, std::shared_ptr<relay::Downstream> downstream, qint64 from);

    using Over = std::function<void(const LogReader::End &)>;

    /// Sends all of the log, once it is there.
    /// @param extra  added to the head
    /// @param over   told from the event loop, unless the program ends before
    void replay(
        std::shared_ptr<ReplyLog> log,
        std::shared_ptr<relay::Downstream> downstream,
        common::HeaderList extra,
        Over over);

private:
    /// @param over  empty: nobody is told
    void begin(std::unique_ptr<LogReader> made, Over over);

    ReplyLogs &m_logs;
    std::vector<std::unique_ptr<LogReader>> m_readers;
};

} // namespace freerelay::gateway
