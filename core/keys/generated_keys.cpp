#include "generated_keys.h"

#include "core/common/hashing.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

using common::ErrorKind;
using common::Result;
using common::Secret;

namespace {

/// Entries of a keychain are texts.
Secret toEntry(const Secret &key)
{
    return Secret(key.reveal().toHex());
}

Secret fromEntry(const Secret &entry)
{
    return Secret(QByteArray::fromHex(entry.reveal()));
}

} // namespace

GeneratedKeys::GeneratedKeys(std::unique_ptr<KeychainBackend> backend)
    : m_backend(std::move(backend))
{ }

void GeneratedKeys::load(const QString &entry, int bytes, Done done)
{
    const Wish wish{entry, bytes, std::move(done)};
    m_backend->read(entry, [this, wish](const Result<Secret> &found) {
        if (!found && found.error().kind == ErrorKind::NotFound) {
            onNotFound(wish);
            return;
        }
        if (!found) {
            fallBack(wish, found.error());
            return;
        }
        const Secret key = fromEntry(*found);
        if (key.reveal().size() != wish.bytes) {
            fallBack(
                wish, keychainError(keychain_reason::failed, u"The entry holds something else."_s));
            return;
        }
        wish.done({key, {}});
    });
}

/// Some keychains say so as well while they are locked; then a new key would displace the old one.
void GeneratedKeys::onNotFound(const Wish &wish)
{
    m_backend->askLocked([this, wish](std::optional<bool> locked) {
        if (locked.value_or(false)) {
            fallBack(wish, keychainError(keychain_reason::locked, {}));
        } else {
            make(wish);
        }
    });
}

void GeneratedKeys::make(const Wish &wish)
{
    const Secret key = common::randomKey(wish.bytes);
    m_backend->write(wish.entry, toEntry(key), [this, wish, key](const Result<void> &written) {
        if (!written) {
            fallBack(wish, written.error());
            return;
        }
        m_backend->read(wish.entry, [wish, key](const Result<Secret> &back) {
            if (back && fromEntry(*back).equals(key.reveal())) {
                wish.done({key, {}});
            } else {
                fallBack(
                    wish,
                    keychainError(
                        keychain_reason::failed, u"It did not give back what was written."_s));
            }
        });
    });
}

void GeneratedKeys::fallBack(const Wish &wish, const common::Error &error)
{
    wish.done({common::randomKey(wish.bytes), error.message});
}

} // namespace freerelay::keys
