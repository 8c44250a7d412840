#pragma once

#include <QByteArrayView>
#include <QString>

#include <cstdint>
#include <optional>

namespace freerelay::common {

/// Which providers may be used. Free: free tiers and local models. Paid: paid ones only. Auto:
/// free by default, paid when nothing free can do it and the user allows it.
enum class Mode : std::uint8_t { Free, Paid, Auto };

/// "free", "paid", "auto".
[[nodiscard]] inline QString toString(Mode mode)
{
    switch (mode) {
    case Mode::Free:
        return QStringLiteral("free");
    case Mode::Paid:
        return QStringLiteral("paid");
    case Mode::Auto:
        return QStringLiteral("auto");
    }
    return {};
}

[[nodiscard]] inline std::optional<Mode> modeFromString(QStringView text)
{
    for (const Mode mode : {Mode::Free, Mode::Paid, Mode::Auto}) {
        if (text == toString(mode)) {
            return mode;
        }
    }
    return std::nullopt;
}

} // namespace freerelay::common
