#pragma once

#include "core/interfaces/gateway_control.h"

#include <QJsonObject>
#include <QObject>

#include <map>
#include <optional>

namespace freerelay::gateway {

/// Has programs run for the clients of one worker. Lives on the worker; asks the control on its own
/// (main) thread by queued calls, and tells its listener here, as long as there is one.
class ProgramRuns final : public QObject
{
    Q_OBJECT

public:
    using Number = quint64; ///< of a run, given by who asks for it; never twice

    /// Is told nothing more of a run after its onRefused(), its onEnd(), or leave().
    class Listener
    {
    public:
        virtual ~Listener() = default;
        virtual void onStarted(Number number) = 0;
        virtual void onRefused(Number number, const common::Error &error) = 0;
        virtual void onEvent(Number number, const QJsonObject &event) = 0;
        virtual void onEnd(Number number, const interfaces::CliOutcome &outcome) = 0;
    };

    /// @param control   outlives the server; `mainContext` lives on its thread
    /// @param listener  outlives this
    ProgramRuns(interfaces::GatewayControl &control, QObject &mainContext, Listener &listener)
        : m_control(control)
        , m_mainContext(mainContext)
        , m_listener(listener)
    { }

    void start(Number number, const interfaces::CliOrder &order);
    /// Nobody waits for it any more: the program is ended.
    void leave(Number number);

private:
    using RunId = interfaces::CliRuns::RunId;

    void onStarted(Number number, const common::Result<RunId> &started);
    void onEvent(Number number, const QJsonObject &event);
    void onEnd(Number number, const interfaces::CliOutcome &outcome);
    void cancel(RunId id);

    interfaces::GatewayControl &m_control;
    QObject &m_mainContext;
    Listener &m_listener;
    std::map<Number, std::optional<RunId>> m_runs; ///< those that somebody waits for
};

} // namespace freerelay::gateway
