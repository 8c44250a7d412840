#pragma once

#include <QJsonObject>

#include <optional>

namespace freerelay::services {

/// Lines of `opencode run --format json` and `codex exec --json` (their sources, November 2026) as
/// events of one form:
///
///     {"type":"started","session":…}
///     {"type":"text","text":…}   {"type":"reasoning","text":…}
///     {"type":"tool","tool":…,"status":…,"input":…,"output":…}
///     {"type":"usage","input_tokens":…,"output_tokens":…,"cached_tokens":…}
///     {"type":"error","message":…}
///
/// Types that are not known give nullopt. Pure.
[[nodiscard]] std::optional<QJsonObject> openCodeEvent(const QJsonObject &line);
[[nodiscard]] std::optional<QJsonObject> codexEvent(const QJsonObject &line);

} // namespace freerelay::services
