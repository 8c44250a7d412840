#pragma once

#include "core/catalog/types.h"

#include <QByteArrayView>

#include <optional>
#include <span>
#include <utility>

namespace freerelay::catalog {

template <typename Enum> using EnumName = std::pair<QByteArrayView, Enum>;

/// Names as they stand in resources/catalog/*.yaml and in the user's providers file.
[[nodiscard]] std::span<const EnumName<Tier>> tierNames();
[[nodiscard]] std::span<const EnumName<Wire>> wireNames();
[[nodiscard]] std::span<const EnumName<ResetFormat>> resetFormatNames();
[[nodiscard]] std::span<const EnumName<QuotaUnit>> quotaUnitNames();
[[nodiscard]] std::span<const EnumName<QuotaPeriod>> quotaPeriodNames();

[[nodiscard]] QByteArrayView toName(QuotaUnit unit);
[[nodiscard]] QByteArrayView toName(QuotaPeriod period);

/// "free", "unverified_free", …
[[nodiscard]] QByteArrayView toName(Tier tier);
/// "openai-chat", "anthropic-messages", "google", "openai-responses".
[[nodiscard]] QByteArrayView toName(Wire wire);

template <typename Enum>
[[nodiscard]] std::optional<Enum>
fromName(std::span<const EnumName<Enum>> names, QByteArrayView name)
{
    for (const EnumName<Enum> &entry : names) {
        if (entry.first == name) {
            return entry.second;
        }
    }
    return std::nullopt;
}

} // namespace freerelay::catalog
