#pragma once

#include <QByteArray>

namespace freerelay::dialects {

/// `text` as a JSON string with quotes; see appendJsonString().
[[nodiscard]] QByteArray jsonString(const QByteArray &text);

} // namespace freerelay::dialects
