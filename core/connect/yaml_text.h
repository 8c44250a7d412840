#pragma once

#include "core/connect/settings_text.h"

namespace freerelay::connect {

/// YAML for settings_text.h, with the contracts there. Settings are plain values at any depth, or
/// the items of a list that stands at the top: {"models", "[name=x]"}. The text of a plain value is
/// the value itself; that of an item its lines without the dash.
[[nodiscard]] common::Result<std::optional<QByteArray>>
readYaml(const QByteArray &document, const SettingPath &path);
[[nodiscard]] common::Result<QByteArray>
writeYaml(const QByteArray &document, const SettingPath &path, const QByteArray &value);
[[nodiscard]] common::Result<QByteArray>
removeYaml(const QByteArray &document, const SettingPath &path);
[[nodiscard]] bool isSameYaml(const QByteArray &one, const QByteArray &other);

} // namespace freerelay::connect
