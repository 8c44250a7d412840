#pragma once

#include "core/gateway/http_types.h"
#include "core/gateway/routes/program_runs.h"
#include "core/relay/downstream.h"

#include <QJsonArray>
#include <QObject>

#include <map>
#include <memory>

namespace freerelay::gateway {

/// What a client asks to be run.
struct CliQuestion
{
    interfaces::CliOrder order;
    bool stream = false;
};

/// The body of POST /opencode/cli-run. Pure.
/// @return InvalidArgument naming the member that is wrong, or that nobody knows
[[nodiscard]] common::Result<CliQuestion> parseCliQuestion(const QByteArray &body);

/// GET /opencode/cli-backends, POST /opencode/cli-run: tools of the command line, run with a
/// prompt. The latter is behind the admin token and takes nothing that came through a browser,
/// wherever its page is from. Lives on a worker; asks the control on its own (main) thread by
/// queued calls.
class CliRoute final : public QObject, public ProgramRuns::Listener
{
    Q_OBJECT

public:
    /// @param control  outlives the server; `mainContext` lives on its thread
    CliRoute(interfaces::GatewayControl &control, QObject &mainContext)
        : m_control(control)
        , m_mainContext(mainContext)
        , m_runs(control, mainContext, *this)
    { }

    void backends(std::shared_ptr<relay::Downstream> downstream);
    void run(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);

private:
    using Number = ProgramRuns::Number;

    /// One client that waits for a run.
    struct Waiting
    {
        std::shared_ptr<relay::Downstream> downstream;
        QString backend;
        bool stream = false;
        QJsonArray events{}; ///< of an answer that is not streamed
    };

    void onStarted(Number number) override;
    void onRefused(Number number, const common::Error &error) override;
    void onEvent(Number number, const QJsonObject &event) override;
    void onEnd(Number number, const interfaces::CliOutcome &outcome) override;
    void onGone(Number number);
    void tellBackends(Number number, const QJsonObject &body);
    [[nodiscard]] Waiting take(Number number);
    static void writeEvent(Waiting &waiting, const QJsonObject &event);

    interfaces::GatewayControl &m_control;
    QObject &m_mainContext;
    Number m_last = 0;
    std::map<Number, Waiting> m_waiting;
    std::map<Number, std::shared_ptr<relay::Downstream>> m_asking; ///< what the back ends are
    ProgramRuns m_runs;
};

} // namespace freerelay::gateway
