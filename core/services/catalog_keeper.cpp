#include "catalog_keeper.h"

#include "core/catalog/user_providers.h"

#include <QLoggingCategory>

#include <algorithm>

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcServices, "freerelay.services", QtInfoMsg)

} // namespace

CatalogKeeper::CatalogKeeper()
    : m_base(catalog::Catalog::shipped())
    , m_current(m_base)
{ }

void CatalogKeeper::loadUserProviders(const QString &fileName)
{
    const std::shared_ptr<const catalog::Catalog> shipped = catalog::Catalog::shipped();
    auto user = catalog::loadUserProviders(fileName, *shipped);
    m_problem.clear();
    if (user) {
        m_base = shipped->withUserProviders(*user);
    } else if (user.error().kind == common::ErrorKind::NotFound) {
        m_base = shipped;
    } else {
        m_problem = user.error().message;
        qCWarning(lcServices).noquote() << m_problem;
    }
    rebuild();
}

void CatalogKeeper::loadCache(const QString &fileName)
{
    m_cacheFile = fileName;
    catalog::CachedDiscovery cached = catalog::loadDiscoveryCache(fileName);
    if (!cached.problem.isEmpty()) {
        qCWarning(lcServices).noquote() << cached.problem;
    }
    m_discovered = std::move(cached.entries);
    rebuild();
}

void CatalogKeeper::setDiscovered(
    const QByteArray &provider,
    const QByteArray &baseUrl,
    std::vector<QByteArray> models,
    common::WallTime now)
{
    std::erase_if(m_discovered, [&](const catalog::DiscoveredModels &entry) {
        return entry.provider == provider;
    });
    m_discovered.push_back({provider, baseUrl, now, std::move(models)});
    rebuild();
    if (m_cacheFile.isEmpty()) {
        return;
    }
    if (const auto saved = catalog::saveDiscoveryCache(m_cacheFile, m_discovered); !saved) {
        qCWarning(lcServices).noquote() << saved.error().message;
    }
}

void CatalogKeeper::loadProven(const QString &fileName)
{
    m_provenFile = fileName;
    catalog::StoredProof stored = catalog::loadProvenModels(fileName);
    if (!stored.problem.isEmpty()) {
        qCWarning(lcServices).noquote() << stored.problem;
    }
    m_proven = std::move(stored.models);
    rebuild();
}

bool CatalogKeeper::setProven(const QByteArray &model, bool isFree)
{
    if (m_proven.contains(model) == isFree) {
        return false;
    }
    if (isFree) {
        m_proven.insert(model);
    } else {
        m_proven.remove(model);
    }
    rebuild();
    if (const auto saved = catalog::saveProvenModels(m_provenFile, m_proven); !saved) {
        qCWarning(lcServices).noquote() << saved.error().message;
    }
    return true;
}

bool CatalogKeeper::isFresh(
    const QByteArray &provider,
    const QByteArray &baseUrl,
    common::WallTime now,
    common::Duration maxAge) const
{
    return std::any_of(m_discovered.begin(), m_discovered.end(), [&](const auto &entry) {
        return entry.provider == provider && entry.baseUrl == baseUrl && now - entry.time < maxAge;
    });
}

void CatalogKeeper::rebuild()
{
    m_current = m_base;
    for (const catalog::DiscoveredModels &entry : m_discovered) {
        m_current = m_current->withDiscovered(entry.provider, entry.models);
    }
    if (!m_proven.isEmpty()) {
        m_current = m_current->withProvenFree(m_proven);
    }
}

} // namespace freerelay::services
