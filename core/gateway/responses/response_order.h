#pragma once

#include "core/common/result.h"
#include "core/gateway/replay/reply_logs.h"

#include <QByteArray>

#include <memory>

namespace freerelay::gateway {

/// What a request for a Response says about keeping, and its body with what was kept in the place
/// of what names it.
struct ResponseOrder
{
    bool stream = false;
    bool store = true;
    bool background = false;
    QByteArray body; ///< as ResponsesDialect reads it
    QByteArray input; ///< the items of this turn; JSON array
    std::shared_ptr<ReplyLog> previous; ///< null = none
};

/// Reads a request body. `previous_response_id` and item references are replaced by the items that
/// they stand for; `previous_response_id` stays, to be told again. Any thread.
/// @param app  id of the one whose key was sent; "" = none. What is kept for others is not found
/// @return InvalidArgument with `param` when what is named is not kept (any more). What is wrong
///         with the body otherwise is left for the dialect to tell.
[[nodiscard]] common::Result<ResponseOrder>
readResponseOrder(const QByteArray &body, ReplyLogs &logs, const QByteArray &app);

/// The body that says `"store": false`.
[[nodiscard]] QByteArray withoutStore(const QByteArray &body);

} // namespace freerelay::gateway
