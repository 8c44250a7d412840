#include "replay_route.h"

#include "core/gateway/access_policy.h"
#include "core/relay/error_reply.h"

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

void refuse(relay::Downstream &downstream, int status, QByteArray message, QByteArray code)
{
    const relay::ClientError error{
        status, std::move(message), "invalid_request_error"_ba, {}, std::move(code), {}};
    downstream.reply(error.status, error.headers(), error.body());
}

/// The first byte behind the event that the client has; nullopt when there is no such event.
std::optional<qint64> placeOf(const HttpRequest &request, const ReplyLog &log)
{
    const QByteArray last = request.headers.value("last-event-id");
    if (last.isNull()) {
        return 0;
    }
    bool isNumber = false;
    const qlonglong number = last.toLongLong(&isNumber);
    return isNumber && number >= 0 ? log.offsetOf(number + 1) : std::nullopt;
}

} // namespace

void ReplayRoute::stream(
    const HttpRequest &request,
    const QByteArray &requestId,
    std::shared_ptr<relay::Downstream> downstream)
{
    std::shared_ptr<ReplyLog> log = m_logs.find({requestId, appIdOf(request)});
    if (!log) {
        refuse(
            *downstream,
            404,
            "There is no such stream. Streams can be resumed when they were asked for with "
            "“x-freerelay-resumable: true”, by whoever asked for them, until some minutes after "
            "their end."_ba,
            "stream_not_found"_ba);
    } else if (log->isLost()) {
        refuse(*downstream, 410, "The stream became too long to be kept."_ba, "stream_lost"_ba);
    } else if (const auto from = placeOf(request, *log)) {
        follow(std::move(log), std::move(downstream), *from);
    } else {
        refuse(
            *downstream,
            400,
            "Last-Event-ID is not the id of an event of this stream."_ba,
            "invalid_event_id"_ba);
    }
}

void ReplayRoute::follow(
    std::shared_ptr<ReplyLog> log, std::shared_ptr<relay::Downstream> downstream, qint64 from)
{
    begin(
        std::make_unique<LogReader>(
            std::move(log), std::move(downstream), from, common::HeaderList()),
        {});
}

void ReplayRoute::replay(
    std::shared_ptr<ReplyLog> log,
    std::shared_ptr<relay::Downstream> downstream,
    common::HeaderList extra,
    Over over)
{
    begin(
        std::make_unique<LogReader>(std::move(log), std::move(downstream), 0, std::move(extra)),
        std::move(over));
}

void ReplayRoute::begin(std::unique_ptr<LogReader> made, Over over)
{
    m_readers.push_back(std::move(made));
    LogReader *reader = m_readers.back().get();
    QObject::connect(
        reader,
        &LogReader::over,
        reader,
        [this, reader, over = std::move(over)] {
            if (over) {
                over(reader->end());
            }
            std::erase_if(m_readers, [reader](const std::unique_ptr<LogReader> &one) {
                return one.get() == reader;
            });
        },
        Qt::QueuedConnection);
    reader->start();
}

} // namespace freerelay::gateway
