#pragma once

#include "core/common/result.h"
#include "core/common/secret.h"

#include <QByteArray>

#include <functional>
#include <vector>

namespace freerelay::keys {

/// One key as a store keeps it.
struct StoredKey
{
    QByteArray provider;
    QByteArray id; ///< the store's own name for it, unique per provider; given by the store
    QByteArray boundHost; ///< the only "host" or "host:port" it may be sent to
    common::Secret secret;
};

/// A place that keeps keys. Main thread only; never blocks. A callback comes later from the event
/// loop, exactly once, or never when the store is destroyed before.
class SecretStore
{
public:
    template <typename T> using Callback = std::function<void(common::Result<T>)>;

    virtual ~SecretStore() = default;

    virtual void readAll(Callback<std::vector<StoredKey>> done) = 0;
    /// Keeps a new key; `key.id` is chosen by the store. The key is read back before success is
    /// reported.
    virtual void write(StoredKey key, Callback<StoredKey> done) = 0;
    /// NotFound when there is none.
    virtual void remove(QByteArray provider, QByteArray id, Callback<void> done) = 0;
};

} // namespace freerelay::keys
