#pragma once

#include "core/apps/app.h"
#include "core/common/secret.h"

#include <QHash>

#include <vector>

namespace freerelay::apps {

/// How every key of an app begins.
inline constexpr QByteArrayView appKeyPrefix = "fr-app-";

/// A new key: the prefix and 192 random bits in hex.
[[nodiscard]] common::Secret newAppKey();

/// The key of whatever is started by `freerelay launch` as `tool`: always the same one on this
/// installation, so that programs started before go on and it need not be kept anywhere.
[[nodiscard]] common::Secret launchKeyOf(const common::Secret &hashKey, QByteArrayView tool);

/// What is kept of a key: BLAKE2b-256 under a key of this installation. It tells nothing about the
/// key, which has too much randomness to be guessed.
[[nodiscard]] QByteArray keyHashOf(const common::Secret &hashKey, QByteArrayView key);

/// Who a request comes from, by the key it brought.
struct Caller
{
    enum class Kind : std::uint8_t {
        Nobody, ///< no key, or one that is none of ours
        App,
        Unknown, ///< it looks like one of our keys, and is none
        Revoked,
    };
    Kind kind = Kind::Nobody;
    AppPtr app; ///< with App and Revoked

    [[nodiscard]] bool isRefused() const { return kind == Kind::Unknown || kind == Kind::Revoked; }
};

/// The apps as requests see them: one immutable snapshot, replaced when an app changes. Any thread.
class AppTable
{
public:
    /// Knows nobody.
    AppTable() = default;
    AppTable(common::Secret hashKey, const std::vector<AppPtr> &apps);

    /// Found by the key's hash: the time tells nothing about other keys. No lock; some 0.5 µs for a
    /// key of ours, nothing for any other text.
    [[nodiscard]] Caller find(QByteArrayView key) const;

private:
    common::Secret m_hashKey;
    QHash<QByteArray, AppPtr> m_byHash;
};

} // namespace freerelay::apps
