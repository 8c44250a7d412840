#pragma once

#include "core/gateway/router.h"
#include "core/gateway/routes/admin_route.h"

namespace freerelay::gateway {

/// Apps and their keys, behind the admin token (docs/apps.md#over-http): GET and POST /admin/apps,
/// POST and DELETE /admin/apps/{id}, POST /admin/apps/{id}/restore. One worker thread.
class AppsRoute
{
public:
    /// @param admin  asks the main thread; outlives the route
    explicit AppsRoute(AdminRoute &admin)
        : m_admin(admin)
    { }

    /// @param router  must not outlive the route
    void addTo(Router &router);

private:
    void list(std::shared_ptr<relay::Downstream> downstream);
    void add(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);
    void post(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);
    void revoke(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);

    AdminRoute &m_admin;
};

} // namespace freerelay::gateway
