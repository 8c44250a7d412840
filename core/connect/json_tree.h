#pragma once

#include "core/connect/settings_text.h"

#include <QJsonValue>

namespace freerelay::connect {

/// Reads any JSON value, also of JSONC and JSON5.
/// @return InvalidArgument when it is none
[[nodiscard]] common::Result<QJsonValue> parseJson(const QByteArray &text);

/// What `tree` becomes when `path` is set to `value`; with Undefined, when it is taken out. What
/// json_text.h does to a text is held against this.
[[nodiscard]] QJsonValue
withValueAt(const QJsonValue &tree, const SettingPath &path, QJsonValue value);

/// Has an item of a list the member that `step` asks for?
[[nodiscard]] bool isItem(const QJsonValue &item, const ItemStep &step);

} // namespace freerelay::connect
