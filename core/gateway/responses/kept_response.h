#pragma once

#include "core/common/result.h"
#include "core/gateway/replay/reply_logs.h"

#include <QByteArray>
#include <QByteArrayList>

#include <memory>

namespace freerelay::gateway {

/// What is kept with the log of a Response, so that it can be told again and gone on from.
struct ResponseNote final : ReplyNote
{
    QByteArray input; ///< the items of this turn; JSON array
    std::shared_ptr<ReplyLog> previous; ///< the turn before; null = none
    /// The Response as it was queued, in the background; "" = its client waits for it.
    QByteArray queued;
    bool stream = false;
    qint64 bytesBefore = 0; ///< of the notes of the turns before

    [[nodiscard]] qint64 bytes() const override
    {
        return bytesBefore + input.size() + queued.size();
    }
};

/// The id of the request behind a Response ("resp_…") or one of its items ("msg_…_0").
[[nodiscard]] QByteArray requestIdOf(const QByteArray &id);

/// The log of the Response that is behind an id as requestIdOf() takes it.
/// @param app  who asks: see ReplyLogs::Id
/// @return     null when there is none, or it is another app's
[[nodiscard]] std::shared_ptr<ReplyLog>
findResponse(ReplyLogs &logs, const QByteArray &id, const QByteArray &app);

/// Null when the log is no Response's.
[[nodiscard]] const ResponseNote *noteOf(const ReplyLog &log);

/// The Response as it stands; JSON.
/// @return Unavailable when it has not begun, or could not be kept
[[nodiscard]] common::Result<QByteArray> responseIn(const ReplyLog &log);

/// The items of the whole conversation up to this Response's answer; JSON each.
/// @return as responseIn(); InvalidArgument when an answer is not over, or failed
[[nodiscard]] common::Result<QByteArrayList> conversationUpTo(const ReplyLog &log);

/// What the Response was asked: the conversation without its own answer.
[[nodiscard]] common::Result<QByteArrayList> inputOf(const ReplyLog &log);

/// The item of the Response's answer that has this id; NotFound.
[[nodiscard]] common::Result<QByteArray> itemIn(const ReplyLog &log, const QByteArray &itemId);

} // namespace freerelay::gateway
