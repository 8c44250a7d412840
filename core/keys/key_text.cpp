#include "key_text.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

common::Result<common::Secret> keyFromText(QByteArrayView text, const QString &where)
{
    using common::ErrorKind;
    const QByteArrayView key = text.trimmed();
    const auto refuse = [&where](const QString &reason) {
        return common::failure(ErrorKind::InvalidArgument, u"%1 %2."_s.arg(where, reason));
    };
    if (key.isEmpty()) {
        return refuse(u"is empty"_s);
    }
    if (key.size() > longestKey) {
        return refuse(u"is longer than %1 characters"_s.arg(longestKey));
    }
    const bool visible = std::all_of(
        key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (!visible) {
        return refuse(u"holds blanks, control characters or letters outside ASCII"_s);
    }
    return common::Secret(QByteArray::fromRawData(key.data(), key.size()));
}

} // namespace freerelay::keys
