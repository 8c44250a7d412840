#pragma once

#include "core/catalog/catalog.h"
#include "core/catalog/discovery_cache.h"
#include "core/common/result.h"

#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace freerelay::services {

/// The catalogue in force: the shipped one, the user's providers over it, and what providers listed
/// at run time over that. Main thread; reads three small files when told to.
class CatalogKeeper
{
public:
    CatalogKeeper();

    /// Lays the user's providers file over the shipped catalogue. A file that is not there is fine;
    /// a bad one leaves the catalogue as it was and is told by problem().
    void loadUserProviders(const QString &fileName);
    /// Reads what was discovered earlier.
    void loadCache(const QString &fileName);

    /// A provider has listed its models at `baseUrl`: laid over the catalogue and cached.
    void setDiscovered(
        const QByteArray &provider,
        const QByteArray &baseUrl,
        std::vector<QByteArray> models,
        common::WallTime now);

    /// Reads which models have proven to be free.
    void loadProven(const QString &fileName);
    /// A model with tier unverified_free has answered for nothing, or one that had wants credit.
    /// @return whether that was news; it is then in the catalogue and in the file
    bool setProven(const QByteArray &model, bool isFree);

    /// Whether a list of this address is younger than `maxAge`.
    [[nodiscard]] bool isFresh(
        const QByteArray &provider,
        const QByteArray &baseUrl,
        common::WallTime now,
        common::Duration maxAge) const;

    [[nodiscard]] const std::shared_ptr<const catalog::Catalog> &current() const
    {
        return m_current;
    }
    [[nodiscard]] const QString &problem() const { return m_problem; }

private:
    void rebuild();

    std::shared_ptr<const catalog::Catalog> m_base; ///< shipped and user's
    std::shared_ptr<const catalog::Catalog> m_current;
    std::vector<catalog::DiscoveredModels> m_discovered;
    catalog::ProvenModels m_proven;
    QString m_cacheFile;
    QString m_provenFile;
    QString m_problem;
};

} // namespace freerelay::services
