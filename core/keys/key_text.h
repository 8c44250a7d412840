#pragma once

#include "core/common/result.h"
#include "core/common/secret.h"

#include <QByteArrayView>
#include <QString>

namespace freerelay::keys {

/// The longest key, in bytes. Provider keys have about 40 to 200; a signed token may have 2,000.
inline constexpr qsizetype longestKey = 4'096;

/// A key as somebody wrote it, without the white space around it. Pure; any thread.
/// @param where  what the message blames: "GROQ_API_KEY", "the key"
/// @return InvalidArgument when it is empty, too long, or holds anything but visible ASCII; the
///         message never shows any part of it
[[nodiscard]] common::Result<common::Secret> keyFromText(QByteArrayView text, const QString &where);

} // namespace freerelay::keys
