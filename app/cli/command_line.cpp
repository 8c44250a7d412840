#include "command_line.h"

#include "app/cli/commands/apps_command.h"
#include "app/cli/commands/ask_command.h"
#include "app/cli/commands/audit_commands.h"
#include "app/cli/commands/connect_command.h"
#include "app/cli/commands/doctor_command.h"
#include "app/cli/commands/keys_commands.h"
#include "app/cli/commands/launch_command.h"
#include "app/cli/commands/quota_command.h"
#include "app/cli/commands/requests_commands.h"
#include "app/cli/commands/setup_command.h"
#include "app/cli/commands/start_command.h"
#include "app/cli/commands/state_commands.h"
#include "core/upstream/chaos/chaos_rules.h"

#include <QFile>

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

constexpr auto description = "FreeRelay: one local address for every AI tool.\n"
                             "Without a command it starts the gateway (as `start`).";

constexpr auto examples
    = "Examples:\n"
      "  freerelay start --headless --port 8000\n"
      "  freerelay keys add groq\n"
      "  freerelay mode free\n"
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not running, 4 already running, "
      "5 refused.\n";

/// The arguments of all commands; lives as long as the parser.
struct Arguments
{
    StartOptions start;
    std::vector<std::string> chaos;
    std::string host;
    std::string startMode;
    int port = -1;
    std::string mode;
    std::string provider;
    std::string fingerprint;
    std::string text;
    std::string model;
    std::string shell;
    std::string app;
    std::string status;
    std::string id;
    std::string replayed; ///< id
    int limit = RequestsOptions().limit;
    BenchmarkOptions benchmark;
    AuditArguments audit;
    ConnectOptions connect;
    AppsOptions apps;
    bool all = false;
    bool json = false;
    bool untested = false;
    bool recover = false;
};

/// Declares the commands; each stores what to run.
class Commands
{
public:
    explicit Commands(CommandContext &context)
        : m_context(context)
        , m_app(description, "freerelay")
    {
        m_app.footer(examples);
        m_app.set_version_flag("--version", FREERELAY_VERSION);
        m_app.require_subcommand(0, 1);
        addStart();
        addState();
        addModels();
        addRequests();
        addQuota();
        addKeys();
        addTools();
        addApps();
        addQuestions();
        addAudit();
        addHelpers();
    }

    int run(int argc, char **argv)
    {
        m_run = [this] { return start(); };
        try {
            m_app.parse(argc, argv);
        } catch (const CLI::ParseError &error) {
            const int code = m_app.exit(error);
            return code == 0 ? exitOk : exitUsage;
        }
        return m_run();
    }

private:
    using Run = std::function<int()>;

    CLI::App *
    add(const std::string &name, const std::string &text, Run run, CLI::App *parent = nullptr)
    {
        CLI::App *command = (parent != nullptr ? parent : &m_app)->add_subcommand(name, text);
        command->callback([this, run = std::move(run)] { m_run = run; });
        return command;
    }

    void addStartOptions(CLI::App &app)
    {
        app.add_flag(
            "--headless", m_args.start.headless, "The gateway alone, even when there is a display");
        app.add_option("--port", m_args.port, "Listen on this port")->check(CLI::Range(0, 65535));
        app.add_option(
            "--host", m_args.host, "Listen on this address as well (needs FREERELAY_API_KEY)");
        app.add_option("--mode", m_args.startMode, "free, paid or auto")
            ->check(CLI::IsMember({"free", "paid", "auto"}));
        app.add_flag(
            "--demo", m_args.start.demo, "Three demo providers, as long as none is configured");
        app.add_flag("--hidden", m_args.start.hidden, "Start in the tray, without the window");
        addDeveloperOptions(app);
    }

    void addDeveloperOptions(CLI::App &app)
    {
        app.add_flag(
            "--developer", m_args.start.developer, "A page in the window that plays faults");
        app.add_option(
               "--chaos",
               m_args.chaos,
               "Play faults on purpose, as provider=groq,fault=429-day,rate=0.3,seed=7; alone: a "
               "mixture at a tenth of all calls; again: one more rule")
            ->type_name("[RULE]")
            ->expected(0, 1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
            ->check([](const std::string &text) { return wrongInRule(text); });
    }

    /// "" = nothing; CLI11 gives "true" for an option without its value.
    static std::string wrongInRule(const std::string &text)
    {
        const auto rule = readRule(text);
        return rule ? std::string() : rule.error().message.toStdString();
    }

    static common::Result<upstream::ChaosRule> readRule(const std::string &text)
    {
        return upstream::parseChaosRule(text == "true" ? QString() : QString::fromStdString(text));
    }

    int start()
    {
        if (m_args.port >= 0) {
            m_args.start.port = static_cast<std::uint16_t>(m_args.port);
        }
        if (!m_args.host.empty()) {
            m_args.start.host = QString::fromStdString(m_args.host);
        }
        if (!m_args.startMode.empty()) {
            m_args.start.mode = QString::fromStdString(m_args.startMode);
        }
        for (const std::string &text : m_args.chaos) {
            auto rule = readRule(text);
            if (!rule) {
                m_context.console.error(rule.error().message);
                return exitUsage;
            }
            m_args.start.chaos.push_back(*std::move(rule));
        }
        return startCommand(m_context, m_args.start);
    }

    void addStart()
    {
        addStartOptions(m_app);
        CLI::App *command = add("start", "Start the gateway", [this] { return start(); });
        addStartOptions(*command);
        command->footer(
            "Examples:\n  freerelay start\n  freerelay start --headless --port 8080\n"
            "  freerelay start --demo\n"
            "  freerelay start --chaos provider=groq,fault=cut,rate=0.5\n"
            + faultHelp());
    }

    static std::string faultHelp()
    {
        std::string help = "Faults for --chaos (any: a mixture of those with *):\n";
        for (const upstream::FaultWords &words : upstream::allFaults()) {
            const std::string name(words.name.begin(), words.name.end());
            constexpr std::size_t column = 12;
            help += (words.isMixed ? "  * " : "    ") + name
                + std::string(column - std::min(column, name.size()), ' ')
                + std::string(words.text.begin(), words.text.end()) + '\n';
        }
        return help;
    }

    void addState()
    {
        add("status", "What is running, and how it stands", [this] {
            return statusCommand(m_context, m_args.json);
        })->add_flag("--json", m_args.json, "Machine-readable");
        add("mode",
            "Show or set which providers may be used",
            [this] { return modeCommand(m_context, QString::fromStdString(m_args.mode)); })
            ->add_option("mode", m_args.mode, "free, paid or auto")
            ->check(CLI::IsMember({"free", "paid", "auto"}));
        addOrder("pause", "Answer no requests until resumed", u"pause"_s, u"Paused."_s);
        addOrder("resume", "Answer requests again", u"resume"_s, u"Resumed."_s);
        addOrder("stop", "End the running FreeRelay", u"quit"_s, u"Stopping."_s);
        addOrder("show", "Bring up the window", u"show"_s, {});
    }

    void addOrder(const char *name, const char *text, const QString &operation, const QString &done)
    {
        add(name, text, [this, operation, done] {
            return orderCommand(m_context, operation, done);
        });
    }

    void addModels()
    {
        CLI::App *models = add("models", "The models that can be used now", [this] {
            return modelsCommand(m_context, m_args.all, m_args.json);
        });
        models->add_flag("--all", m_args.all, "The whole catalogue");
        models->add_flag("--json", m_args.json, "Machine-readable");
    }

    void addRequests()
    {
        CLI::App *requests = add(
            "requests", "Recorded requests, newest first, or one with its reasons", [this] {
                if (!m_args.replayed.empty()) {
                    return replayCommand(m_context, QString::fromStdString(m_args.replayed));
                }
                return requestsCommand(
                    m_context,
                    {QString::fromStdString(m_args.id),
                     m_args.limit,
                     provider(),
                     QString::fromStdString(m_args.model),
                     QString::fromStdString(m_args.app),
                     QString::fromStdString(m_args.status),
                     QString::fromStdString(m_args.text),
                     m_args.json});
            });
        CLI::Option *id = requests->add_option(
            "id", m_args.id, "Everything about this one; the list shows the ids");
        for (CLI::Option *option :
             {requests->add_option("--limit", m_args.limit, "How many at most")
                  ->check(CLI::Range(1, 500)),
              requests->add_option("--provider", m_args.provider, "Answered by this provider"),
              requests->add_option("--model", m_args.model, "Answered by this model"),
              requests->add_option("--app", m_args.app, "Asked by this program"),
              requests->add_option(
                  "--status", m_args.status, "A status as 429, or 2xx, 4xx, 5xx or failed"),
              requests->add_option("--text", m_args.text, "Part of the error")}) {
            option->excludes(id);
        }
        requests->add_flag("--json", m_args.json, "Machine-readable");
        requests->add_subcommand("replay", "Send a request whose prompt is kept again")
            ->add_option("id", m_args.replayed, "Its id; the list shows the ids")
            ->required();
        requests->footer("Examples:\n  freerelay requests --status failed\n"
                         "  freerelay requests --provider groq --limit 50\n"
                         "  freerelay requests req_0123456789abcdef\n"
                         "  freerelay requests replay req_0123456789abcdef\n");
    }

    void addQuota()
    {
        CLI::App *quota = add("quota", "What is used of the providers' quotas", [this] {
            return quotaCommand(m_context, provider(), m_args.json);
        });
        quota->add_option("--provider", m_args.provider, "Only this one's");
        quota->add_flag("--json", m_args.json, "Machine-readable");
        quota->footer("Examples:\n  freerelay quota\n  freerelay quota --provider groq\n");
    }

    void addKeys()
    {
        CLI::App *keys = m_app.add_subcommand("keys", "Provider keys");
        keys->require_subcommand(1);
        add(
            "list",
            "Stored keys, masked, with their source",
            [this] { return keysListCommand(m_context, m_args.json); },
            keys)
            ->add_flag("--json", m_args.json, "Machine-readable");
        CLI::App *addKey = add(
            "add",
            "Save a key; it is asked for and not shown, or read from a pipe",
            [this] {
                return keysAddCommand(
                    m_context, provider(), m_args.untested ? KeyCheck::None : KeyCheck::Test);
            },
            keys);
        addKey->add_option("provider", m_args.provider, "Such as groq")->required();
        addKey->add_flag("--no-test", m_args.untested, "Save it without trying it first");
        addKey->footer("Examples:\n  freerelay keys add groq\n"
                       "  secret-tool lookup service groq | freerelay keys add groq\n");
        CLI::App *remove = add(
            "remove",
            "Forget a saved key",
            [this] {
                return keysRemoveCommand(
                    m_context, provider(), QString::fromStdString(m_args.fingerprint));
            },
            keys);
        remove->add_option("provider", m_args.provider, "Such as groq")->required();
        remove->add_option(
            "fingerprint", m_args.fingerprint, "When there are several; see keys list");
        add(
            "test",
            "Try stored keys",
            [this] { return keysTestCommand(m_context, provider()); },
            keys)
            ->add_option("provider", m_args.provider, "One provider only");
    }

    void addTools()
    {
        ConnectOptions &options = m_args.connect;
        CLI::App *connect = add("connect", "Point tools at FreeRelay, or undo it", [this] {
            return connectCommand(m_context, m_args.connect);
        });
        connect->add_option("tool", options.tools, "Such as opencode; without one the list");
        connect->add_flag("--list", options.list, "The tools, and how they stand");
        connect->add_flag("--all", options.all, "Every tool that is on this machine");
        connect->add_flag(
            "--dry-run", options.dryRun, "Show what would change, and change nothing");
        connect->add_flag("--undo", options.undo, "Put the settings back");
        connect->add_flag("--json", options.json, "The list, machine-readable");
        connect->footer("Examples:\n  freerelay connect opencode\n"
                        "  freerelay connect --all --dry-run\n"
                        "  freerelay connect opencode --undo\n");
        CLI::App *launch = m_app.add_subcommand(
            "launch", "Run a tool that uses FreeRelay, without touching its settings");
        launch->prefix_command(); // what follows the tool is its own
        launch->callback([this, launch] {
            m_run = [this, command = launch->remaining()] {
                return launchCommand(m_context, command);
            };
        });
        launch->footer("Examples:\n  freerelay launch claude\n"
                       "  freerelay launch opencode run \"What does this do?\"\n");
    }

    void addApps()
    {
        AppsOptions &options = m_args.apps;
        CLI::App *apps = m_app.add_subcommand("apps", "Apps with keys of their own");
        apps->callback([this, apps] { // CLI11 calls it behind that of its subcommand
            if (apps->get_subcommands().empty()) {
                m_run = [this] { return appsListCommand(m_context, m_args.apps); };
            }
        });
        apps->require_subcommand(0, 1);
        apps->add_flag("--json", options.json, "Machine-readable");
        const auto order = [&](const char *name, const char *text, auto command) {
            return add(
                name, text, [this, command] { return command(m_context, m_args.apps); }, apps);
        };
        order("list", "What they may, and what they have used today", appsListCommand)
            ->add_flag("--json", options.json, "Machine-readable");
        CLI::App *addApp = order("add", "A new key, which is printed once", appsAddCommand);
        addApp->add_option("name", options.name, "Of the app")->required();
        CLI::App *set = order("set", "Change what an app may", appsSetCommand);
        set->add_option("--name", options.name, "Another name");
        for (CLI::App *command : {addApp, set}) {
            addRights(*command);
        }
        CLI::App *revoke = order("revoke", "Its key opens nothing any more", appsRevokeCommand);
        CLI::App *restore = order("restore", "Take a revocation back", appsRestoreCommand);
        for (CLI::App *command : {set, revoke, restore}) {
            command->add_option("app", options.app, "Its id or name; see apps list")->required();
        }
        apps->footer("Examples:\n  freerelay apps add \"My script\" --budget 0.50\n"
                     "  freerelay apps set \"My script\" --mode free --models 'groq/*'\n"
                     "  freerelay apps revoke \"My script\"\n");
    }

    void addRights(CLI::App &command)
    {
        AppsOptions &options = m_args.apps;
        command
            .add_option(
                "--scopes", options.scopes, "chat, embeddings, moderations, models, run-programs")
            ->delimiter(',');
        command.add_option("--models", options.models, "Which may answer it, as groq/*; or all")
            ->delimiter(',');
        command
            .add_option("--mode", options.mode, "free, paid, auto, or default: the configured one")
            ->check(CLI::IsMember({"free", "paid", "auto", "default"}));
        command.add_option("--budget", options.budget, "Dollars a day, or none: no limit");
        command.add_flag("--json", options.json, "Machine-readable");
    }

    void addQuestions()
    {
        CLI::App *ask = add(
            "ask", "Ask a question; the answer is streamed to the terminal", [this] {
                return askCommand(
                    m_context,
                    QString::fromStdString(m_args.text),
                    QString::fromStdString(m_args.model));
            });
        ask->add_option("text", m_args.text, "The question; - reads it from standard input")
            ->required();
        ask->add_option("--model", m_args.model, "Instead of freerelay-auto");
        ask->footer("Examples:\n  freerelay ask \"What is a monad?\" --model freerelay-free\n"
                    "  git diff | freerelay ask -\n");
        CLI::App *benchmark = add(
            "benchmark", "Load on the running gateway, with percentiles", [this] {
                m_args.benchmark.model = QString::fromStdString(m_args.model);
                return benchmarkCommand(m_context, m_args.benchmark);
            });
        benchmark->add_option("--requests", m_args.benchmark.requests, "How many in all")
            ->check(CLI::Range(1, 1'000'000));
        benchmark->add_option("--concurrent", m_args.benchmark.concurrent, "How many at any time")
            ->check(CLI::Range(1, 512));
        benchmark->add_flag(
            "--stream", m_args.benchmark.stream, "Streamed answers, with time to first text");
        benchmark->add_option("--model", m_args.model, "Instead of freerelay-auto");
        benchmark->footer(
            "Example:\n  freerelay benchmark --requests 200 --concurrent 20 --stream\n"
            "It spends the quota of the providers that answer.\n");
    }

    void addAudit()
    {
        CLI::App *audit = m_app.add_subcommand("audit", "The audit trail");
        audit->require_subcommand(1);
        AuditArguments &args = m_args.audit;
        CLI::App *verify = add(
            "verify",
            "Find the first record that was changed, removed, inserted or moved",
            [this] { return auditVerifyCommand(m_context, m_args.audit); },
            audit);
        verify->add_option(
            "--public-key", args.publicKeys, "Who must have signed it: a PEM file, or hex digits");
        verify->add_option(
            "--checkpoint", args.checkpoint, "A file of what “audit head” printed before");
        verify->add_flag("--partial", args.partial, "It may begin later than with record 1");
        verify->add_flag("--json", args.json, "Machine-readable");
        verify->footer("Examples:\n  freerelay audit verify\n  freerelay audit verify"
                       " --folder export --public-key mine.pem --checkpoint head.json\n");
        CLI::App *head = add(
            "head",
            "Print the end of the trail, to be kept elsewhere",
            [this] { return auditHeadCommand(m_context, m_args.audit); },
            audit);
        CLI::App *copy = add(
            "export",
            "Copy what others need to verify the trail",
            [this] { return auditExportCommand(m_context, m_args.audit); },
            audit);
        copy->add_option("target", args.target, "A folder that is made")->required();
        copy->add_option("--from", args.from, "The first day (2026-11-24), or a time");
        copy->add_option("--to", args.to, "The last day, or a time");
        for (CLI::App *command : {verify, head, copy}) {
            command->add_option("--folder", args.folder, "Another trail than this user's");
        }
    }

    void addHelpers()
    {
        add("setup", "Lead through the first providers", [this] {
            return setupCommand(m_context);
        });
        CLI::App *doctor = add("doctor", "Look for what is wrong on this machine", [this] {
            return m_args.recover ? recoverCommand(m_context, m_args.json)
                                  : doctorCommand(m_context, m_args.json);
        });
        doctor->add_flag(
            "--recover", m_args.recover, "Bring over what can be read of damaged records files");
        doctor->add_flag("--json", m_args.json, "Machine-readable");
        doctor->footer("It works with and without a running FreeRelay, and asks no provider.\n");
        CLI::App *completion = add(
            "completion", "Print a completion script", [this] { return printCompletion(); });
        completion->add_option("shell", m_args.shell, "bash, zsh or fish")
            ->required()
            ->check(CLI::IsMember({"bash", "zsh", "fish"}));
        completion->footer("Example:\n  source <(freerelay completion bash)\n");
    }

    int printCompletion()
    {
        QFile script(u":/completions/freerelay.%1"_s.arg(QString::fromStdString(m_args.shell)));
        if (!script.open(QIODevice::ReadOnly) || !m_context.console.raw(script.readAll())) {
            return exitFailure;
        }
        return exitOk;
    }

    [[nodiscard]] QString provider() const { return QString::fromStdString(m_args.provider); }

    CommandContext &m_context;
    CLI::App m_app;
    Arguments m_args;
    Run m_run;
};

} // namespace

int runCommandLine(int argc, char **argv, CommandContext &context)
{
    return Commands(context).run(argc, argv);
}

} // namespace freerelay::app
