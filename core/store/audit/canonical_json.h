#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>

#include <cstdint>
#include <utility>
#include <vector>

namespace freerelay::store {

/// One JSON object in its canonical form: the subset of RFC 8785 that needs no floating point.
///
/// Members in the order of their names (ours are ASCII, so bytes and UTF-16 units sort alike), no
/// white space, UTF-8, integers only; in texts the shortest escapes, and U+FFFD for what is not
/// UTF-8. The same facts are always the same bytes. Names must differ and need no escapes.
class CanonicalObject
{
public:
    CanonicalObject &number(QByteArrayView name, std::int64_t value);
    CanonicalObject &text(QByteArrayView name, QByteArrayView value);
    /// Leaves the member out when there is no value.
    CanonicalObject &textIfAny(QByteArrayView name, QByteArrayView value);
    CanonicalObject &flag(QByteArrayView name, bool value);
    /// @param json  one canonical value
    CanonicalObject &json(QByteArrayView name, QByteArray json);

    [[nodiscard]] QByteArray toJson() const;

private:
    std::vector<std::pair<QByteArrayView, QByteArray>> m_members; ///< names are literals
};

/// @param items  canonical values
[[nodiscard]] QByteArray canonicalArray(const QByteArrayList &items);

/// A text with quotes.
[[nodiscard]] QByteArray canonicalText(QByteArrayView text);

} // namespace freerelay::store
