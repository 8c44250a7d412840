#pragma once

#include "core/connect/settings_text.h"

namespace freerelay::connect {

/// TOML (toml.io, v1.0.0) for settings_text.h, with the contracts there. A setting is a value, or
/// a table that stands under a header of its own; the text of a table are its lines.
[[nodiscard]] common::Result<std::optional<QByteArray>>
readToml(const QByteArray &document, const SettingPath &path);
[[nodiscard]] common::Result<QByteArray>
writeToml(const QByteArray &document, const SettingPath &path, const QByteArray &value);
[[nodiscard]] common::Result<QByteArray>
removeToml(const QByteArray &document, const SettingPath &path);
[[nodiscard]] bool isSameToml(const QByteArray &one, const QByteArray &other);

} // namespace freerelay::connect
