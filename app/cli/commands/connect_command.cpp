#include "connect_command.h"

#include "app/cli/commands/launch_command.h"
#include "app/cli/commands/tool_keys.h"
#include "core/common/clock.h"
#include "core/connect/connections.h"
#include "core/services/connect/live_test.h"
#include "core/upstream/curl_client.h"

#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

using connect::Connections;
using connect::Connector;
using connect::Endpoint;
using connect::ToolState;
using connect::ToolStatus;

/// As it is without a settings file, for what needs no running gateway.
const Endpoint usualEndpoint{"http://127.0.0.1:8000"_ba, {}};

QString wordOf(ToolState state)
{
    switch (state) {
    case ToolState::NotFound:
        return u"not found"_s;
    case ToolState::Found:
        return u"found"_s;
    case ToolState::Connected:
        return u"connected"_s;
    case ToolState::Overwritten:
        return u"overwritten"_s;
    case ToolState::OtherAddress:
        return u"old address"_s;
    case ToolState::ByHand:
        return u"by hand"_s;
    case ToolState::Unreachable:
        return u"not possible"_s;
    }
    return {};
}

QJsonObject toJson(const ToolStatus &status)
{
    return {
        {u"id"_s, status.connector->id},
        {u"name"_s, status.connector->name},
        {u"state"_s, wordOf(status.state)},
        {u"program"_s, status.program},
        {u"files"_s, QJsonArray::fromStringList(status.files)},
        {u"can_undo"_s, status.canUndo},
        {u"problem"_s, status.problem}};
}

int list(
    CommandContext &context, const Connections &connections, const Endpoint &endpoint, bool json)
{
    QJsonArray array;
    std::vector<QStringList> rows;
    for (const ToolStatus &status : connections.list(endpoint)) {
        array.append(toJson(status));
        const QString place = status.problem.isEmpty() ? status.files.join(u", "_s)
                                                       : status.problem;
        rows.push_back({status.connector->id, wordOf(status.state), status.connector->name, place});
    }
    if (json) {
        context.console.out(
            QString::fromUtf8(QJsonDocument(QJsonObject{{u"tools"_s, array}}).toJson().trimmed()));
    } else {
        context.console.table(rows);
    }
    return exitOk;
}

using Answer = common::Result<services::LiveAnswer>;

/// Asks the gateway as the tool will.
Answer askAs(const Connector &connector, const Endpoint &endpoint)
{
    const common::SystemClock clock;
    upstream::CurlClient client(upstream::ClientConfig(), clock);
    QEventLoop loop;
    Answer answer;
    const services::LiveTest test(client, connector.dialect, endpoint, [&](Answer result) {
        answer = std::move(result);
        loop.quit();
    });
    loop.exec();
    return answer;
}

int report(CommandContext &context, const Connector &connector, const Answer &answer)
{
    if (!answer) {
        context.console.error(
            u"%1 is connected, but a test request failed: %2 Undo: freerelay connect %3 --undo"_s
                .arg(connector.name, answer.error().message, connector.id));
        return exitFailure;
    }
    context.console.note(
        u"%1 is connected; %2 (%3) answered a test request in %4 ms. Undo: freerelay connect %5 "
        "--undo"_s.arg(connector.name, answer->provider, answer->model)
            .arg(answer->latency.count())
            .arg(connector.id));
    return exitOk;
}

/// One tool after the other.
class Connecting
{
public:
    Connecting(CommandContext &context, const ConnectOptions &options, const Endpoint &endpoint)
        : m_context(context)
        , m_options(options)
        , m_endpoint(endpoint)
        , m_machine(connect::Machine::current())
        , m_connections(m_machine, context.paths.connectionsFolder)
        , m_keys(context)
    { }

    int run(const Connector &connector)
    {
        if (!connector.recipe && !m_options.undo) {
            m_context.console.note(connect::adviceOf(connector, m_endpoint));
            return connector.reachesLocalhost ? exitOk : exitRefused;
        }
        const Endpoint endpoint = m_options.undo ? m_endpoint : endpointFor(connector);
        const auto plan = m_options.undo ? m_connections.planUndo(connector)
                                         : m_connections.planConnect(connector, endpoint);
        if (!plan) {
            m_context.console.error(plan.error());
            return exitFailure;
        }
        show(*plan);
        if (m_options.dryRun) {
            return exitOk;
        }
        return m_options.undo ? undo(connector, *plan) : connectTool(connector, *plan, endpoint);
    }

    /// The tools of the command line; with --all those that are here, or that can be undone.
    [[nodiscard]] std::vector<const Connector *> chosen() const
    {
        std::vector<const Connector *> found;
        for (const std::string &id : m_options.tools) {
            found.push_back(connect::findConnector(QString::fromStdString(id)));
        }
        if (!m_options.all) {
            return found;
        }
        for (const ToolStatus &status : m_connections.list(m_endpoint)) {
            const bool here = status.state != ToolState::NotFound
                && status.state != ToolState::Connected;
            const bool wanted = m_options.undo ? status.canUndo : here;
            if (status.connector->recipe && wanted) {
                found.push_back(status.connector);
            }
        }
        return found;
    }

    [[nodiscard]] const Connections &connections() const { return m_connections; }

private:
    int undo(const Connector &connector, const connect::ConnectionPlan &plan)
    {
        if (const auto done = m_connections.carryOut(plan); !done) {
            m_context.console.error(done.error());
            return exitFailure;
        }
        if (!m_keys.revoke(connector.id)) {
            return exitFailure;
        }
        m_context.console.note(u"%1 is as it was before."_s.arg(connector.name));
        return exitOk;
    }

    /// With a key of the tool's own, where its settings have a place for one.
    Endpoint endpointFor(const Connector &connector)
    {
        Endpoint endpoint = m_endpoint;
        if (connect::holdsKey(connector, m_machine)) {
            const common::Secret recorded(m_connections.recordedKey(connector));
            endpoint.key = m_keys.propose(connector.id, recorded).reveal();
            endpoint.isToolsOwn = !endpoint.key.isEmpty();
        }
        return endpoint;
    }

    /// The key first: settings with a key that opens nothing would only break the tool.
    bool
    write(const Connector &connector, const connect::ConnectionPlan &plan, const Endpoint &endpoint)
    {
        const bool isNew = endpoint.isToolsOwn
            && endpoint.key != m_connections.recordedKey(connector);
        if (endpoint.isToolsOwn
            && !m_keys.issue(connector.id, connector.name, common::Secret(endpoint.key))) {
            return false;
        }
        if (const auto done = m_connections.carryOut(plan); !done) {
            m_context.console.error(done.error());
            if (isNew) {
                m_keys.revoke(connector.id);
            }
            return false;
        }
        return true;
    }

    int connectTool(
        const Connector &connector, const connect::ConnectionPlan &plan, const Endpoint &endpoint)
    {
        const Endpoint own{
            m_endpoint.root, m_endpoint.key.isEmpty() ? m_keys.own().reveal() : m_endpoint.key};
        const Answer answer = askAs(connector, own);
        if (!answer && answer.error().kind == common::ErrorKind::NotFound) {
            // Its dialect is not spoken here: the tool would only be broken.
            m_context.console.error(u"%1 is left as it is, it would get no answers: %2"_s.arg(
                connector.name, answer.error().message));
            return exitFailure;
        }
        if (!write(connector, plan, endpoint)) {
            return exitFailure;
        }
        if (!connector.advice.isEmpty()) {
            m_context.console.note(connect::adviceOf(connector, m_endpoint));
        }
        return report(m_context, connector, answer);
    }

    void show(const connect::ConnectionPlan &plan) const
    {
        const QByteArray diff = connect::diffOf(plan, m_endpoint);
        m_context.console.out(
            diff.isEmpty() ? u"Nothing to change."_s : QString::fromUtf8(diff.trimmed()));
        if (plan.left > 0) {
            m_context.console.note(
                u"%1 settings have been changed since and are left as they are."_s.arg(plan.left));
        }
    }

    CommandContext &m_context;
    const ConnectOptions &m_options;
    Endpoint m_endpoint;
    connect::Machine m_machine;
    Connections m_connections;
    ToolKeys m_keys;
};

/// Known ids only; prints those that are not.
bool areKnown(CommandContext &context, const std::vector<std::string> &tools)
{
    return std::all_of(tools.begin(), tools.end(), [&context](const std::string &id) {
        const bool known = connect::findConnector(QString::fromStdString(id)) != nullptr;
        if (!known) {
            context.console.error(u"There is no tool “%1”; see freerelay connect --list"_s.arg(
                QString::fromStdString(id)));
        }
        return known;
    });
}

} // namespace

int connectCommand(CommandContext &context, const ConnectOptions &options)
{
    if (!areKnown(context, options.tools)) {
        return exitUsage;
    }
    const bool lists = options.list || (options.tools.empty() && !options.all);
    const bool needsGateway = !lists && !options.undo;
    int exitCode = exitOk;
    std::optional<Endpoint> endpoint;
    if (needsGateway || context.control.connect()) {
        endpoint = runningEndpoint(context, exitCode);
        if (!endpoint && needsGateway) {
            return exitCode;
        }
    }
    Connecting connecting(context, options, endpoint.value_or(usualEndpoint));
    if (lists) {
        return list(
            context, connecting.connections(), endpoint.value_or(usualEndpoint), options.json);
    }
    exitCode = exitOk;
    const std::vector<const Connector *> chosen = connecting.chosen();
    for (const Connector *connector : chosen) {
        exitCode = std::max(exitCode, connecting.run(*connector));
    }
    if (chosen.empty()) {
        context.console.note(u"Nothing to do; see freerelay connect --list"_s);
    }
    return exitCode;
}

} // namespace freerelay::app
