#pragma once

#include <QString>
#include <QStringList>

namespace freerelay::settings {

/// Up to three of `candidates` that `word` was probably meant to be, nearest first: an edit
/// distance of at most a third of its length, or one beginning with the other. Pure; any thread.
[[nodiscard]] QStringList nearNames(const QString &word, const QStringList &candidates);

/// "; did you mean “a” or “b”?", or "." when nothing is near.
[[nodiscard]] QString didYouMean(const QString &word, const QStringList &candidates);

} // namespace freerelay::settings
