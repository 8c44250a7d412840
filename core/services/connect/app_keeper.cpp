#include "app_keeper.h"

#include "core/upstream/curl_client.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;
using connect::ToolState;
using connect::ToolStatus;
using interfaces::AppAnswer;
using interfaces::AppChange;
using interfaces::AppOrder;
using interfaces::AppRow;
using interfaces::AppState;

AppState stateOf(ToolState state)
{
    switch (state) {
    case ToolState::NotFound:
        return AppState::NotFound;
    case ToolState::Found:
        return AppState::Found;
    case ToolState::Connected:
        return AppState::Connected;
    case ToolState::Overwritten:
        return AppState::Overwritten;
    case ToolState::OtherAddress:
        return AppState::OtherAddress;
    case ToolState::ByHand:
        return AppState::ByHand;
    case ToolState::Unreachable:
        return AppState::Unreachable;
    }
    return AppState::NotFound;
}

AppRow rowOf(const ToolStatus &status, const connect::Endpoint &endpoint)
{
    const bool done = status.state == ToolState::Connected;
    return {
        status.connector->id,
        status.connector->name,
        stateOf(status.state),
        status.files,
        status.connector->recipe && !done && !endpoint.root.isEmpty(),
        status.canUndo,
        connect::adviceOf(*status.connector, endpoint),
        status.problem};
}

tl::unexpected<common::Error> unknownTool(const QString &id)
{
    return failure(ErrorKind::NotFound, u"There is no tool “%1”."_s.arg(id));
}

} // namespace

AppKeeper::AppKeeper(
    connect::Machine machine, QString folder, ReadEndpoint endpoint, const common::Clock &clock)
    : m_connections(std::move(machine), std::move(folder))
    , m_endpoint(std::move(endpoint))
    , m_clock(clock)
{ }

AppKeeper::~AppKeeper() = default;

std::vector<AppRow> AppKeeper::list() const
{
    const connect::Endpoint endpoint = m_endpoint();
    std::vector<AppRow> rows;
    for (const ToolStatus &status : m_connections.list(endpoint)) {
        rows.push_back(rowOf(status, endpoint));
    }
    return rows;
}

Result<AppChange> AppKeeper::preview(const QString &id, AppOrder order)
{
    m_previewed.reset();
    const connect::Connector *connector = connect::findConnector(id);
    if (connector == nullptr) {
        return unknownTool(id);
    }
    const connect::Endpoint endpoint = m_endpoint();
    if (order == AppOrder::Connect && endpoint.root.isEmpty()) {
        return failure(ErrorKind::InvalidArgument, u"FreeRelay is not listening."_s);
    }
    auto plan = order == AppOrder::Undo ? m_connections.planUndo(*connector)
                                        : m_connections.planConnect(*connector, endpoint);
    if (!plan) {
        return failure(std::move(plan.error()));
    }
    AppChange change{QString::fromUtf8(connect::diffOf(*plan, endpoint)), plan->left};
    m_previewed = Previewed{order, *std::move(plan)};
    return change;
}

Result<void> AppKeeper::carryOut(const QString &id, AppOrder order)
{
    const auto previewed = std::exchange(m_previewed, std::nullopt);
    if (!previewed || previewed->order != order || previewed->plan.id != id) {
        return failure(ErrorKind::InvalidArgument, u"Look at the change first."_s);
    }
    return m_connections.carryOut(previewed->plan);
}

void AppKeeper::test(const QString &id, std::function<void(Result<AppAnswer>)> done)
{
    const connect::Connector *connector = connect::findConnector(id);
    if (connector == nullptr) {
        done(unknownTool(id));
        return;
    }
    if (!m_client) {
        m_client = std::make_unique<upstream::CurlClient>(upstream::ClientConfig(), m_clock);
    }
    m_test = std::make_unique<LiveTest>(
        *m_client,
        connector->dialect,
        m_endpoint(),
        [done = std::move(done)](const Result<LiveAnswer> &answer) {
            done(answer.map([](const LiveAnswer &one) {
                return AppAnswer{one.provider, one.model, one.latency};
            }));
        });
}

} // namespace freerelay::services
