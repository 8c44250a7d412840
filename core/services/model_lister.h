#pragma once

#include "core/catalog/types.h"
#include "core/common/clock.h"
#include "core/common/result.h"
#include "core/common/secret.h"

#include <QHash>
#include <QObject>
#include <QThread>

#include <chrono>
#include <functional>
#include <memory>
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

/// Asks providers for their models, on a thread of its own (the control thread): for discovery
/// and for connection tests. Lists can be large and slow; no worker and no GUI waits for them.
class ModelLister final : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(common::Result<ModelList>)>;

    explicit ModelLister(const common::Clock &clock);
    ~ModelLister() override;
    Q_DISABLE_COPY_MOVE(ModelLister)

    /// `done` is called on the thread that made the lister, unless the lister is gone by then.
    /// @return (through `done`) Unauthenticated when the key was refused, RateLimited, NotFound
    /// when
    ///         the provider has no list, Unavailable, Timeout, ProtocolError
    void list(ListRequest request, Done done);

private:
    class Engine;

    QThread m_thread;
    Engine *m_engine; ///< lives on m_thread, deleted when it ends
};

} // namespace freerelay::services
