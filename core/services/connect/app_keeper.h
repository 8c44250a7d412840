#pragma once

#include "core/common/clock.h"
#include "core/connect/connections.h"
#include "core/interfaces/app_connections.h"
#include "core/services/connect/live_test.h"

#include <memory>

namespace freerelay::services {

/// The connections of tools, for front ends. Main thread.
class AppKeeper final : public interfaces::AppConnections
{
public:
    /// Where the gateway is now; its root is empty while it does not listen.
    using ReadEndpoint = std::function<connect::Endpoint()>;

    /// @param folder  for records and copies
    AppKeeper(
        connect::Machine machine,
        QString folder,
        ReadEndpoint endpoint,
        const common::Clock &clock);
    ~AppKeeper() override;
    Q_DISABLE_COPY_MOVE(AppKeeper)

    [[nodiscard]] std::vector<interfaces::AppRow> list() const override;
    [[nodiscard]] common::Result<interfaces::AppChange>
    preview(const QString &id, interfaces::AppOrder order) override;
    [[nodiscard]] common::Result<void>
    carryOut(const QString &id, interfaces::AppOrder order) override;
    void test(const QString &id, std::function<void(common::Result<interfaces::AppAnswer>)> done)
        override;

private:
    struct Previewed
    {
        interfaces::AppOrder order;
        connect::ConnectionPlan plan;
    };

    connect::Connections m_connections;
    ReadEndpoint m_endpoint;
    const common::Clock &m_clock;
    std::optional<Previewed> m_previewed;
    std::unique_ptr<upstream::HttpClient> m_client; ///< made for the first test
    std::unique_ptr<LiveTest> m_test;
};

} // namespace freerelay::services
