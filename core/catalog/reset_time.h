#pragma once

#include "core/catalog/types.h"
#include "core/common/clock.h"

#include <QByteArrayView>

#include <chrono>
#include <optional>

namespace freerelay::catalog {

/// "2m59.56s", "11.38", "2026-10-01T10:00:00Z", "1764000000000", "Wed, 21 Oct 2026 07:28:00 GMT" →
/// time from `wallNow`; nullopt when it cannot be read. Never negative; capped at 31 days. Pure.
[[nodiscard]] std::optional<std::chrono::milliseconds>
parseReset(QByteArrayView text, ResetFormat format, common::WallTime wallNow);

} // namespace freerelay::catalog
