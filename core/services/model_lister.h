#pragma once

#include "core/catalog/types.h"
#include "core/common/result.h"
#include "core/common/secret.h"
#include "core/services/provider_pages.h"

#include <QHash>

#include <chrono>
#include <functional>
#include <vector>

namespace freerelay::services {

/// What to ask for a provider's models.
struct ListRequest
{
    catalog::Provider provider;
    QByteArray baseUrl; ///< the address in force
    QHash<QByteArray, QByteArray> extra;
    common::Secret key; ///< empty: ask without one
};

struct ModelList
{
    std::vector<QByteArray> names;
    std::chrono::milliseconds latency{0};
};

/// Asks providers for their models: for discovery and for connection tests.
class ModelLister final
{
public:
    using Done = std::function<void(common::Result<ModelList>)>;

    /// @param pages  outlive it
    explicit ModelLister(ProviderPages &pages)
        : m_pages(pages)
    { }

    /// `done` is called on the thread of the pages, unless they are gone by then.
    /// @return (through `done`) see ProviderPages::fetch(); NotFound also when the provider has no
    ///         list, ProtocolError when it is none
    void list(ListRequest request, Done done);

private:
    ProviderPages &m_pages;
};

} // namespace freerelay::services
