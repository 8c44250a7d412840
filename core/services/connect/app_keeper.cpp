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

AppKeeper::AppKeeper(Parts parts)
    : m_parts(std::move(parts))
    , m_connections(m_parts.machine, m_parts.folder)
{ }

AppKeeper::~AppKeeper() = default;

std::vector<AppRow> AppKeeper::list() const
{
    const connect::Endpoint endpoint = m_parts.endpoint();
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
    Previewed next{order, {}, {}, false};
    const connect::Endpoint endpoint = endpointFor(*connector, next);
    if (order == AppOrder::Connect && endpoint.root.isEmpty()) {
        return failure(ErrorKind::InvalidArgument, u"FreeRelay is not listening."_s);
    }
    auto plan = order == AppOrder::Undo ? m_connections.planUndo(*connector)
                                        : m_connections.planConnect(*connector, endpoint);
    if (!plan) {
        return failure(std::move(plan.error()));
    }
    AppChange change{QString::fromUtf8(connect::diffOf(*plan, endpoint)), plan->left};
    next.plan = *std::move(plan);
    m_previewed = std::move(next);
    return change;
}

/// With a key of the tool's own, where its settings have a place for one.
connect::Endpoint AppKeeper::endpointFor(const connect::Connector &connector, Previewed &next)
{
    connect::Endpoint endpoint = m_parts.endpoint();
    if (next.order == AppOrder::Connect && connect::holdsKey(connector, m_parts.machine)) {
        const QByteArray recorded = m_connections.recordedKey(connector);
        next.key = m_parts.keys().proposedKey(connector.id, common::Secret(recorded));
        next.isNew = next.key.reveal() != recorded;
        if (next.isNew) {
            next.key = m_proposed.emplace(connector.id, std::move(next.key)).first->second;
        }
        endpoint.key = next.key.reveal();
        endpoint.isToolsOwn = true;
    }
    return endpoint;
}

Result<void> AppKeeper::carryOut(const QString &id, AppOrder order)
{
    const auto previewed = std::exchange(m_previewed, std::nullopt);
    if (!previewed || previewed->order != order || previewed->plan.id != id) {
        return failure(ErrorKind::InvalidArgument, u"Look at the change first."_s);
    }
    return order == AppOrder::Undo ? undo(*previewed)
                                   : connectTool(*previewed, connect::findConnector(id)->name);
}

/// The key first: settings with a key that opens nothing would only break the tool.
Result<void> AppKeeper::connectTool(const Previewed &previewed, const QString &name)
{
    if (!previewed.key.isEmpty()) {
        const auto issued = m_parts.keys().issue(previewed.plan.id, name, previewed.key);
        if (!issued) {
            return issued;
        }
    }
    const auto written = m_connections.carryOut(previewed.plan);
    if (!written && previewed.isNew) {
        // Nobody has it: that it cannot be revoked does no harm.
        (void)m_parts.keys().revokeTool(previewed.plan.id);
    }
    m_proposed.erase(previewed.plan.id);
    return written;
}

Result<void> AppKeeper::undo(const Previewed &previewed)
{
    const auto undone = m_connections.carryOut(previewed.plan);
    return undone ? m_parts.keys().revokeTool(previewed.plan.id) : undone;
}

void AppKeeper::test(const QString &id, std::function<void(Result<AppAnswer>)> done)
{
    const connect::Connector *connector = connect::findConnector(id);
    if (connector == nullptr) {
        done(unknownTool(id));
        return;
    }
    if (!m_client) {
        m_client = std::make_unique<upstream::CurlClient>(upstream::ClientConfig(), m_parts.clock);
    }
    m_test = std::make_unique<LiveTest>(
        *m_client,
        connector->dialect,
        m_parts.endpoint(),
        [done = std::move(done)](const Result<LiveAnswer> &answer) {
            done(answer.map([](const LiveAnswer &one) {
                return AppAnswer{one.provider, one.model, one.latency};
            }));
        });
}

} // namespace freerelay::services
