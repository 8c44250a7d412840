#pragma once

#include "core/connect/settings_text.h"

namespace freerelay::connect {

/// JSON, JSONC and JSON5 for settings_text.h, with the contracts there. New members go to the head
/// of their object, so that no other line has to change.
[[nodiscard]] common::Result<std::optional<QByteArray>>
readJson(const QByteArray &document, const SettingPath &path);
[[nodiscard]] common::Result<QByteArray>
writeJson(const QByteArray &document, const SettingPath &path, const QByteArray &value);
[[nodiscard]] common::Result<QByteArray>
removeJson(const QByteArray &document, const SettingPath &path);
[[nodiscard]] bool isSameJson(const QByteArray &one, const QByteArray &other);

} // namespace freerelay::connect
