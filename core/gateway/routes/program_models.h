#pragma once

#include "core/dialects/reply_translator.h"
#include "core/gateway/http_types.h"
#include "core/gateway/routes/program_runs.h"
#include "core/relay/downstream.h"
#include "core/relay/model_directory.h"
#include "core/relay/worker_relay.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace freerelay::gateway {

/// Models that are programs of this computer: freerelay/opencode-cli and freerelay/codex-cli, run
/// as POST /opencode/cli-run runs them (docs/integrations.md). They need an app's key with the
/// scope run-programs, and are no candidates for anything else that is asked for. Lives on a
/// worker.
class ProgramModels final : public ProgramRuns::Listener
{
public:
    /// @param relay    records what came of it; outlives this
    /// @param control  outlives the server; `mainContext` lives on its thread
    ProgramModels(
        relay::WorkerRelay &relay, interfaces::GatewayControl &control, QObject &mainContext)
        : m_relay(relay)
        , m_runs(control, mainContext, *this)
    { }

    /// The names that ask for one.
    [[nodiscard]] static const QByteArrayList &names();
    [[nodiscard]] static bool isNamed(const QByteArray &model) { return names().contains(model); }
    /// What lists of models tell a caller whose key opens them; for all others there are none.
    [[nodiscard]] static std::vector<relay::ListedModel> listedFor(const apps::Caller &caller);

    /// Why the client may not have it run; nullopt = it may. A request that was passed on by a
    /// FreeRelay never may: the program could be asking for itself.
    /// @param model  isNamed()
    [[nodiscard]] std::optional<relay::ClientError>
    refusal(const HttpRequest &request, const QByteArray &model);

    /// Runs it and tells the client what it says, in OpenAI's form. @param asked  isNamed()
    void run(relay::RelayRequest asked, std::shared_ptr<relay::Downstream> downstream);

private:
    using Number = ProgramRuns::Number;

    /// One client that waits for a run.
    struct Waiting
    {
        relay::RelayRequest asked;
        std::shared_ptr<relay::Downstream> downstream;
        common::WallTime time; ///< when it came
        common::SteadyTime began;
        bool begun = false; ///< the head of a stream is sent
        QByteArrayList ignored{}; ///< of the request
        QByteArray text{}; ///< of an answer that is not streamed
        dialects::Usage usage{};
        QString trouble{}; ///< the last that it had, in its own words
    };

    void onStarted(Number /*number*/) override { } // a stream begins with what it says
    void onRefused(Number number, const common::Error &error) override;
    void onEvent(Number number, const QJsonObject &event) override;
    void onEnd(Number number, const interfaces::CliOutcome &outcome) override;
    [[nodiscard]] Waiting take(Number number);
    void onGone(Number number);
    static void note(Waiting &waiting, const QJsonObject &event);
    static void say(Waiting &waiting, const QByteArray &text);
    static void beginStream(Waiting &waiting);
    void finish(Waiting &waiting);
    void fail(Waiting &waiting, const relay::ClientError &error);
    void record(const Waiting &waiting, int status, const relay::ClientError *error);

    relay::WorkerRelay &m_relay;
    Number m_last = 0;
    std::map<Number, Waiting> m_waiting;
    ProgramRuns m_runs;
};

} // namespace freerelay::gateway
