#pragma once

#include "core/catalog/types.h"
#include "core/common/clock.h"
#include "core/common/result.h"
#include "core/common/secret.h"

#include <QObject>
#include <QThread>

#include <chrono>
#include <functional>

namespace freerelay::services {

/// Which page to ask a provider for.
struct PageRequest
{
    catalog::Provider provider;
    QByteArray url;
    common::Secret key; ///< may be sent there; empty: ask without one
    qsizetype largest = 0; ///< bytes; what is beyond is dropped
    std::chrono::milliseconds limit{0}; ///< ours, for all of it
};

struct Page
{
    QByteArray bytes;
    std::chrono::milliseconds latency{0};
};

/// Asks providers for pages that are no answers to requests: their models, what is left to a key.
/// It does so on a thread of its own (a control thread): they can be large and slow, and no worker
/// and no GUI waits for them.
class ProviderPages final : public QObject
{
    Q_OBJECT

public:
    explicit ProviderPages(const common::Clock &clock);
    ~ProviderPages() override;
    Q_DISABLE_COPY_MOVE(ProviderPages)

    /// `read` makes something of the page, on the control thread; `done` is called on the thread
    /// that made this object, unless it is gone by then.
    /// @return (through `done`) what `read` gave, or Unauthenticated when the key was refused,
    ///         PermissionDenied, RateLimited, QuotaExhausted, NotFound, Unavailable, Timeout
    template <typename T>
    void fetch(
        PageRequest request,
        std::function<common::Result<T>(const Page &)> read,
        std::function<void(common::Result<T>)> done)
    {
        start(
            std::move(request),
            [this, read = std::move(read), done = std::move(done)](
                const common::Result<Page> &page) {
                common::Result<T> result = page ? read(*page)
                                                : common::Result<T>(common::failure(page.error()));
                QMetaObject::invokeMethod(
                    this,
                    [done, result = std::move(result)] { done(result); },
                    Qt::QueuedConnection);
            });
    }

private:
    class Engine;
    using Fetched = std::function<void(const common::Result<Page> &)>;

    void start(PageRequest request, Fetched fetched);

    QThread m_thread;
    Engine *m_engine; ///< lives on m_thread, deleted when it ends
};

} // namespace freerelay::services
