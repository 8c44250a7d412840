#pragma once

#include "core/common/secret.h"
#include "core/keys/keychain_backend.h"

#include <QString>

#include <functional>
#include <memory>

namespace freerelay::keys {

/// A random key of our own.
struct GeneratedKey
{
    common::Secret value;
    QString problem; ///< why it is kept nowhere and gone with this session; "" = in the keychain
};

/// Random keys that FreeRelay makes for itself at their first use and keeps in the system's
/// keychain, nowhere else: without one they last as long as the session. Main thread only.
class GeneratedKeys final
{
public:
    using Done = std::function<void(GeneratedKey)>;

    explicit GeneratedKeys(std::unique_ptr<KeychainBackend> backend);

    /// Reads the key, or makes one and writes it. One call at a time; `done` comes later, once, or
    /// never when this object is destroyed before.
    /// @param entry  its name in the keychain
    /// @param bytes  16..64
    void load(const QString &entry, int bytes, Done done);

private:
    struct Wish
    {
        QString entry;
        int bytes = 0;
        Done done;
    };

    void onNotFound(const Wish &wish);
    void make(const Wish &wish);
    static void fallBack(const Wish &wish, const common::Error &error);

    std::unique_ptr<KeychainBackend> m_backend; ///< its callbacks name this object
};

} // namespace freerelay::keys
