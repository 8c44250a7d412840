#pragma once

#include "core/common/result.h"

#include <QTest>

#include <optional>

namespace freerelay::tests {

/// Runs `call(done)` and the event loop until `done` is called with a Result<T>. Internal when it
/// is called at once (callbacks come later) or not within the test's patience.
template <typename T, typename Call> common::Result<T> awaitResult(Call call)
{
    constexpr int patienceMs = 20'000;
    auto answer = std::make_shared<std::optional<common::Result<T>>>();
    call([answer](common::Result<T> result) { *answer = std::move(result); });
    if (answer->has_value()) {
        return common::failure(common::ErrorKind::Internal, QStringLiteral("answered at once"));
    }
    if (!QTest::qWaitFor([answer] { return answer->has_value(); }, patienceMs)) {
        return common::failure(common::ErrorKind::Internal, QStringLiteral("never answered"));
    }
    return **answer;
}

} // namespace freerelay::tests
