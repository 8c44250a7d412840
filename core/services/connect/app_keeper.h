#pragma once

#include "core/common/clock.h"
#include "core/connect/connections.h"
#include "core/interfaces/app_connections.h"
#include "core/interfaces/app_keys.h"
#include "core/services/connect/live_test.h"

#include <map>
#include <memory>

namespace freerelay::services {

/// The connections of tools, for front ends. Main thread.
class AppKeeper final : public interfaces::AppConnections
{
public:
    /// Where the gateway is now; its root is empty while it does not listen.
    using ReadEndpoint = std::function<connect::Endpoint()>;

    struct Parts
    {
        connect::Machine machine;
        QString folder; ///< for records and copies
        ReadEndpoint endpoint;
        std::function<interfaces::AppKeys &()> keys; ///< where tools get theirs
        const common::Clock &clock;
    };
    explicit AppKeeper(Parts parts);
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
        common::Secret key; ///< of the tool; empty = it gets none
        bool isNew = false; ///< the key
    };

    [[nodiscard]] connect::Endpoint
    endpointFor(const connect::Connector &connector, Previewed &next);
    [[nodiscard]] common::Result<void> connectTool(const Previewed &previewed, const QString &name);
    [[nodiscard]] common::Result<void> undo(const Previewed &previewed);

    Parts m_parts;
    connect::Connections m_connections;
    std::optional<Previewed> m_previewed;
    /// New keys that were shown: a change that is looked at again is the same.
    std::map<QString, common::Secret> m_proposed;
    std::unique_ptr<upstream::HttpClient> m_client; ///< made for the first test
    std::unique_ptr<LiveTest> m_test;
};

} // namespace freerelay::services
