#include "key_actions.h"

#include "core/catalog/endpoint.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

keys::KeySource sourceFor(interfaces::KeyStorage storage)
{
    switch (storage) {
    case interfaces::KeyStorage::Session:
        return keys::KeySource::Session;
    case interfaces::KeyStorage::File:
        return keys::KeySource::File;
    case interfaces::KeyStorage::Keychain:
        break;
    }
    return keys::KeySource::Keychain;
}

interfaces::KeyTestResult resultOf(const ModelList &found)
{
    const auto count = static_cast<int>(found.names.size());
    return {
        found.latency,
        count,
        u"It works: %1 models, answered in %2 ms."_s.arg(count).arg(found.latency.count())};
}

} // namespace

void KeyActions::add(
    const QByteArray &provider,
    const common::Secret &key,
    interfaces::KeyStorage storage,
    Callback<void> done) const
{
    m_parts.keys.add(
        provider,
        key,
        m_parts.config.current()->baseUrls.value(provider),
        sourceFor(storage),
        [&coolDowns = m_parts.coolDowns,
         &health = m_parts.health,
         provider,
         done = std::move(done)](Result<void> added) {
            if (added) {
                coolDowns.clear(provider);
                health.clear(provider);
            }
            done(std::move(added));
        });
}

void KeyActions::remove(
    const QByteArray &provider, const QByteArray &fingerprint, Callback<void> done) const
{
    m_parts.keys.remove(provider, fingerprint, std::move(done));
}

void KeyActions::test(
    const QByteArray &provider,
    const QByteArray &fingerprint,
    const common::Secret &candidate,
    Callback<interfaces::KeyTestResult> done) const
{
    const std::shared_ptr<const relay::RelayConfig> config = m_parts.config.current();
    const catalog::Provider *known = config->catalog->provider(provider);
    const keys::Key *stored = known != nullptr ? config->key(provider, fingerprint) : nullptr;
    if (known == nullptr
        || (stored == nullptr && candidate.isEmpty() && catalog::needsKey(*known))) {
        done(failure(ErrorKind::NotFound, u"There is no such key."_s));
        return;
    }
    ListRequest request{
        *known,
        config->baseUrls.value(provider),
        m_parts.settings.current().provider(provider).extra,
        candidate.isEmpty() && stored != nullptr ? stored->secret : candidate};
    m_parts.lister.list(
        std::move(request),
        [parts = m_parts, provider, fingerprint, done = std::move(done)](
            const Result<ModelList> &found) {
            if (!found) {
                done(failure(found.error()));
                return;
            }
            if (!fingerprint.isEmpty()) {
                parts.coolDowns.clear(provider, fingerprint);
                parts.health.clear(provider, fingerprint);
                parts.changed();
            }
            done(resultOf(*found));
        });
}

Result<void> KeyActions::setConsent(const QByteArray &provider, bool consent) const
{
    if (m_parts.config.current()->catalog->provider(provider) == nullptr) {
        return failure(ErrorKind::NotFound, u"There is no such provider."_s);
    }
    if (consent) {
        m_parts.keys.markConfigured();
    }
    return m_parts.settings.set(
        u"providers.%1.consent"_s.arg(QString::fromUtf8(provider)),
        consent ? u"true"_s : u"false"_s);
}

} // namespace freerelay::services
