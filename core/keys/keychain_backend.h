#pragma once

#include "core/common/result.h"
#include "core/common/secret.h"

#include <QString>

#include <functional>
#include <optional>

namespace freerelay::keys {

/// Why the system's keychain did not do what it was asked. It travels as `param` of an Error of
/// kind KeychainUnavailable, so that the reason can be told apart without reading its sentence.
namespace keychain_reason {
inline constexpr QLatin1StringView locked{"locked"};
inline constexpr QLatin1StringView denied{"denied"};
inline constexpr QLatin1StringView noService{"no-service"}; ///< none runs, or no way to reach it
inline constexpr QLatin1StringView failed{"failed"}; ///< anything else
} // namespace keychain_reason

/// The entries of one service in the system's keychain, one operation at a time. Main thread only;
/// a callback comes later, exactly once, or never when the backend is destroyed before. It may
/// take as long as the user takes to answer the keychain's own question.
class KeychainBackend
{
public:
    template <typename T> using Callback = std::function<void(common::Result<T>)>;

    virtual ~KeychainBackend() = default;

    /// NotFound when there is no such entry. Some keychains say so as well while they are locked.
    virtual void read(const QString &entry, Callback<common::Secret> done) = 0;
    virtual void write(const QString &entry, const common::Secret &value, Callback<void> done) = 0;
    virtual void remove(const QString &entry, Callback<void> done) = 0;
    /// Is the keychain locked? nullopt when that cannot be found out.
    virtual void askLocked(std::function<void(std::optional<bool>)> done) = 0;
};

/// KeychainUnavailable with a sentence for `reason` and the keychain's own words as detail.
[[nodiscard]] common::Error keychainError(QLatin1StringView reason, const QString &detail);

} // namespace freerelay::keys
