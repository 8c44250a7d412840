#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>
#include <vector>

namespace freerelay::catalog {

/// Levenshtein distance of two byte strings, or nullopt when it exceeds `bound`; letter case is
/// ignored. O(length × length), cut off early; meant for names.
[[nodiscard]] std::optional<int> editDistance(QByteArrayView a, QByteArrayView b, int bound);

/// Up to `count` of `names` that someone who wrote `wanted` may have meant, nearest first: those at
/// most max(2, length / 3) edits away, then those that contain it. Inputs over 96 bytes have no
/// near names. Pure; any thread.
[[nodiscard]] std::vector<QByteArray>
nearNames(QByteArrayView wanted, const std::vector<QByteArray> &names, std::size_t count = 3);

/// " Near ones: 'a', 'b'." as the ending of a message; "" when nothing is near.
[[nodiscard]] QString nearNamesHint(QByteArrayView wanted, const std::vector<QByteArray> &names);

} // namespace freerelay::catalog
