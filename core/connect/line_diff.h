#pragma once

#include <QByteArray>

namespace freerelay::connect {

/// What changes from one text to another, as `diff -u` tells it, without its two lines of names;
/// empty when nothing does. Pure; any thread.
[[nodiscard]] QByteArray lineDiff(const QByteArray &before, const QByteArray &after);

} // namespace freerelay::connect
