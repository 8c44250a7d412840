#pragma once

#include "core/catalog/types.h"
#include "core/common/clock.h"
#include "core/common/result.h"

#include <QByteArray>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::quota {

/// An amount that counts until a time.
struct QuotaChargeRecord
{
    std::int64_t amount = 0;
    common::WallTime until;
    bool operator==(const QuotaChargeRecord &) const = default;
};

/// One window as it is remembered. Words are those of the catalogue and of toString().
struct QuotaWindowRecord
{
    QByteArray provider;
    QByteArray key; ///< fingerprint; "" = none
    QByteArray subject; ///< full model id, name of a pool, or "" = all models of the provider
    bool shared = false; ///< several models use it
    QByteArray unit; ///< "requests"
    QByteArray period; ///< "day"
    QByteArray zone; ///< of a calendar window; "" = it rolls
    std::optional<std::int64_t> limit;
    QByteArray source; ///< of the limit
    common::WallTime statedAt; ///< the limit
    std::vector<QuotaChargeRecord> charges; ///< what counts as used
    common::WallTime endsAt; ///< of a calendar window
    std::optional<common::WallTime> blockedUntil; ///< a refusal said so
    std::array<double, 3> perMinute{}; ///< see RateMeter
    double variance = 0;
    bool operator==(const QuotaWindowRecord &) const = default;
};

/// What was learned of one model's token counts; see TokenRatio.
struct TokenRatioRecord
{
    QByteArray provider;
    QByteArray key;
    QByteArray model;
    double input = 1;
    double output = 0;
    double deviation = 0;
    bool operator==(const TokenRatioRecord &) const = default;
};

/// All that the ledger knows, without secrets.
struct QuotaBook
{
    common::WallTime takenAt;
    std::vector<QuotaWindowRecord> windows;
    std::vector<TokenRatioRecord> ratios;
    bool operator==(const QuotaBook &) const = default;
};

/// Keeps the book between two runs. Used on one thread, which may block.
class QuotaStore
{
public:
    virtual ~QuotaStore() = default;
    /// @return an empty book when there is none yet; StorageFailed or ProtocolError (damaged)
    [[nodiscard]] virtual common::Result<QuotaBook> load() = 0;
    [[nodiscard]] virtual common::Result<void> save(const QuotaBook &book) = 0;
};

} // namespace freerelay::quota
