#pragma once

#include "core/common/result.h"
#include "core/common/secret.h"

#include <QByteArray>
#include <QMetaObject>
#include <QObject>

#include <functional>

namespace freerelay::keys {

/// Calls `done` with `result` from the event loop of `context`'s thread; never when `context` is
/// destroyed before.
template <typename T>
void answerLater(
    QObject *context, std::function<void(common::Result<T>)> done, common::Result<T> result)
{
    QMetaObject::invokeMethod(
        context,
        [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); },
        Qt::QueuedConnection);
}

/// A fresh name for a stored key: 16 hex digits. (A Secret's fingerprint is another one at each
/// start of the program, so it cannot name what is stored.)
[[nodiscard]] inline QByteArray newKeyId()
{
    return common::randomHex(8);
}

} // namespace freerelay::keys
