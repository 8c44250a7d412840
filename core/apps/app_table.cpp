#include "app_table.h"

#include "core/common/hashing.h"

namespace freerelay::apps {

namespace {

constexpr int keyBytes = 24;

} // namespace

common::Secret newAppKey()
{
    return common::Secret(appKeyPrefix.toByteArray() + common::randomHex(keyBytes));
}

common::Secret launchKeyOf(const common::Secret &hashKey, QByteArrayView tool)
{
    const QByteArray hash = common::KeyedHash(hashKey).add("launch key:").add(tool).finish();
    return common::Secret(appKeyPrefix.toByteArray() + hash.left(keyBytes).toHex());
}

QByteArray keyHashOf(const common::Secret &hashKey, QByteArrayView key)
{
    // Fingerprints of keys are made with the same key: the word keeps the two apart.
    return common::KeyedHash(hashKey).add("app key:").add(key).finish();
}

AppTable::AppTable(common::Secret hashKey, const std::vector<AppPtr> &apps)
    : m_hashKey(std::move(hashKey))
{
    for (const AppPtr &app : apps) {
        m_byHash.insert(app->keyHash, app);
    }
}

Caller AppTable::find(QByteArrayView key) const
{
    if (!key.startsWith(appKeyPrefix)) {
        return {};
    }
    if (m_hashKey.isEmpty()) {
        return {Caller::Kind::Unknown, nullptr};
    }
    const auto found = m_byHash.constFind(keyHashOf(m_hashKey, key));
    if (found == m_byHash.constEnd()) {
        return {Caller::Kind::Unknown, nullptr};
    }
    return {(*found)->revokedAt ? Caller::Kind::Revoked : Caller::Kind::App, *found};
}

} // namespace freerelay::apps
