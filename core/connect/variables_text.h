#pragma once

#include "core/connect/settings_text.h"

namespace freerelay::connect {

/// Lines of variables ("NAME=value", "export NAME=value") for settings_text.h, with the contracts
/// there. The last line of a name counts, as it does when they are read.
[[nodiscard]] common::Result<std::optional<QByteArray>>
readVariable(const QByteArray &document, const QString &name);
[[nodiscard]] common::Result<QByteArray>
writeVariable(const QByteArray &document, const QString &name, const QByteArray &value);
[[nodiscard]] common::Result<QByteArray>
removeVariable(const QByteArray &document, const QString &name);

} // namespace freerelay::connect
