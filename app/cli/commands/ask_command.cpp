#include "ask_command.h"

#include "app/cli/chat_call.h"
#include "app/cli/commands/tool_keys.h"
#include "core/common/clock.h"
#include "core/common/environment.h"
#include "core/keys/key_sources.h"
#include "core/upstream/curl_client.h"

#include <QEventLoop>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

constexpr int unauthorised = 401;
constexpr int forbidden = 403;

/// The question without its text; nullopt (and a message) when no gateway runs.
std::optional<ChatQuestion> questionTo(CommandContext &context, const QString &model, int &exitCode)
{
    const auto status = context.call(u"status"_s, {}, exitCode);
    if (!status) {
        return std::nullopt;
    }
    auto clientKey = keys::clientKey(common::Environment::ofProcess());
    if (!clientKey) {
        context.console.error(clientKey.error());
        exitCode = exitUsage;
        return std::nullopt;
    }
    ChatQuestion question;
    question.endpoint = status->value("endpoint"_L1).toString().toUtf8();
    if (question.endpoint.isEmpty()) {
        context.console.error(
            u"FreeRelay is not listening. %1"_s.arg(status->value("problem"_L1).toString()));
        exitCode = exitFailure;
        return std::nullopt;
    }
    question.model = model;
    question.clientKey = clientKey->isEmpty() ? ToolKeys(context).own() : std::move(*clientKey);
    return question;
}

QString readAllInput()
{
    QByteArray text;
    std::array<char, 4'096> buffer{};
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), stdin)) {
        text.append(buffer.data(), static_cast<qsizetype>(size));
    }
    return QString::fromUtf8(text);
}

QString milliseconds(qint64 ns)
{
    return u"%1 ms"_s.arg(static_cast<double>(ns) / 1e6, 0, 'f', 1);
}

/// Nearest-rank percentile of sorted values.
qint64 percentile(const std::vector<qint64> &sorted, int percent)
{
    const std::size_t rank = (sorted.size() * static_cast<std::size_t>(percent) + 99) / 100;
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

/// Keeps `concurrent` requests in flight until all are done.
class Load
{
public:
    Load(ChatQuestion question, const BenchmarkOptions &options)
        : m_question(std::move(question))
        , m_options(options)
        , m_client(upstream::ClientConfig(), m_clock)
    { }

    void run()
    {
        m_total.start();
        for (int i = 0; i < std::min(m_options.concurrent, m_options.requests); ++i) {
            startNext();
        }
        m_loop.exec();
        m_elapsedNs = m_total.nsecsElapsed();
    }

    void report(const Console &console) const
    {
        console.note(
            u"Measured from here to %1 and back: this program, the gateway and the providers together."_s
                .arg(QString::fromUtf8(m_question.endpoint)));
        const auto seconds = static_cast<double>(m_elapsedNs) / 1e9;
        std::vector<QStringList> rows{
            {u"Requests"_s,
             u"%1, %2 in flight, %3"_s.arg(m_options.requests)
                 .arg(m_options.concurrent)
                 .arg(m_options.stream ? u"streamed"_s : u"whole answers"_s)},
            {u"Rate"_s,
             u"%1 answers/s over %2 s"_s
                 .arg(static_cast<double>(m_latencies.size()) / seconds, 0, 'f', 1)
                 .arg(seconds, 0, 'f', 2)}};
        addPercentiles(rows, u"Latency"_s, m_latencies);
        addPercentiles(rows, u"First text"_s, m_firstTexts);
        for (const auto &[error, count] : m_errors) {
            rows.push_back({u"Error"_s, u"%1 × %2"_s.arg(count).arg(error)});
        }
        console.table(rows);
    }

    [[nodiscard]] bool hasErrors() const { return !m_errors.empty(); }

private:
    static void
    addPercentiles(std::vector<QStringList> &rows, const QString &name, std::vector<qint64> values)
    {
        if (values.empty()) {
            return;
        }
        std::sort(values.begin(), values.end());
        rows.push_back(
            {name,
             u"p50 %1, p90 %2, p99 %3, max %4 (%5 answers)"_s
                 .arg(
                     milliseconds(percentile(values, 50)),
                     milliseconds(percentile(values, 90)),
                     milliseconds(percentile(values, 99)),
                     milliseconds(values.back()))
                 .arg(values.size())});
    }

    void startNext()
    {
        const std::size_t slot = m_calls.size();
        ++m_inFlight;
        m_calls.push_back(nullptr);
        m_question.text = u"Benchmark request %1. Answer with one word."_s.arg(slot + 1);
        m_question.stream = m_options.stream;
        m_calls[slot] = std::make_unique<ChatCall>(
            m_client, m_question, [](const QString &) {}, [this, slot] { onOver(slot); });
    }

    void onOver(std::size_t slot)
    {
        const ChatCall &call = *m_calls[slot];
        if (call.error().isEmpty()) {
            m_latencies.push_back(call.durationNs());
            if (m_options.stream && call.firstTextNs()) {
                m_firstTexts.push_back(*call.firstTextNs());
            }
        } else {
            ++m_errors
                [call.status() == 0 ? u"no answer: %1"_s.arg(call.error())
                                    : u"status %1: %2"_s.arg(call.status()).arg(call.error())];
        }
        m_calls[slot].reset();
        --m_inFlight;
        if (static_cast<int>(m_calls.size()) < m_options.requests) {
            startNext();
        } else if (m_inFlight == 0) {
            m_loop.quit();
        }
    }

    ChatQuestion m_question;
    BenchmarkOptions m_options;
    common::SystemClock m_clock;
    upstream::CurlClient m_client;
    QEventLoop m_loop;
    QElapsedTimer m_total;
    qint64 m_elapsedNs = 0;
    int m_inFlight = 0;
    std::vector<std::unique_ptr<ChatCall>> m_calls;
    std::vector<qint64> m_latencies;
    std::vector<qint64> m_firstTexts;
    std::map<QString, int> m_errors;
};

} // namespace

int askCommand(CommandContext &context, const QString &text, const QString &model)
{
    int exitCode = exitOk;
    auto question = questionTo(context, model, exitCode);
    if (!question) {
        return exitCode;
    }
    question->text = text == "-"_L1 ? readAllInput() : text;
    const common::SystemClock clock;
    upstream::CurlClient client(upstream::ClientConfig(), clock);
    QEventLoop loop;
    const ChatCall call(
        client,
        *question,
        [&context, &loop](const QString &piece) {
            if (!context.console.raw(piece.toUtf8())) {
                loop.exit(exitFailure);
            }
        },
        [&loop] { loop.quit(); });
    if (loop.exec() != 0) {
        return exitFailure; // the reader of stdout has left: leaving cancels the request
    }
    if (call.firstTextNs() && !context.console.raw("\n"_ba)) {
        return exitFailure;
    }
    if (!call.error().isEmpty()) {
        context.console.error(call.error());
        return call.status() == unauthorised || call.status() == forbidden ? exitRefused
                                                                           : exitFailure;
    }
    context.console.note(u"— %1 (%2)"_s.arg(call.provider(), call.model()));
    return exitOk;
}

int benchmarkCommand(CommandContext &context, const BenchmarkOptions &options)
{
    int exitCode = exitOk;
    auto question = questionTo(context, options.model, exitCode);
    if (!question) {
        return exitCode;
    }
    Load load(std::move(*question), options);
    load.run();
    load.report(context.console);
    return load.hasErrors() ? exitFailure : exitOk;
}

} // namespace freerelay::app
