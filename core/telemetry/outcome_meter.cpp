#include "outcome_meter.h"

#include "core/telemetry/gen_ai_names.h"

#include <algorithm>
#include <array>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <tuple>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::telemetry {

namespace {

/// Model names that one worker remembers; the metrics fold what is unknown long before.
constexpr qsizetype maxSeries = 2'000;

constexpr const char *boolLabels[] = {"false", "true"};
constexpr const char *appResults[] = {"ok", "failed", "client_left"};
const QByteArray noError = "none"_ba;

double seconds(std::chrono::microseconds time)
{
    return std::chrono::duration<double>(time).count();
}

std::string statusLabel(int status)
{
    constexpr int least = 100;
    constexpr int most = 599;
    return status >= least && status <= most ? std::to_string(status) : "other";
}

/// `word` when it is one of the relay's fixed words; nothing else is let into a label.
QByteArray bounded(const QByteArray &word)
{
    static const std::array<QByteArrayView, 26> words{"bad_request",     "budget_exhausted",
                                                      "cancelled",       "cancelled_by_hedge",
                                                      "client_left",     "context_too_long",
                                                      "forbidden",       "internal",
                                                      "key_rejected",    "keychain_unavailable",
                                                      "loop_detected",   "malformed",
                                                      "model_gone",      "network",
                                                      "no_credit",       "not_allowed",
                                                      "not_found",       "overloaded",
                                                      "paused",          "quota_exhausted",
                                                      "rate_limited",    "shutting_down",
                                                      "timeout",         "too_large",
                                                      "unauthenticated", "unavailable"};
    const bool known = std::find(words.begin(), words.end(), word) != words.end();
    return known ? word : "other"_ba;
}

} // namespace

/// The children of one provider and model.
struct OutcomeMeter::Series
{
    std::string provider;
    std::string model;
    std::string genAiProvider;
    std::string operation; ///< of the GenAI conventions

    std::array<prometheus::Histogram *, 2> duration{}; ///< whole, streamed
    prometheus::Histogram *ttft = nullptr;
    prometheus::Counter *inputTokens = nullptr;
    prometheus::Counter *outputTokens = nullptr;
    prometheus::Histogram *genAiInput = nullptr;
    prometheus::Histogram *genAiOutput = nullptr;
    prometheus::Histogram *genAiTtft = nullptr;
    prometheus::Counter *brokenStreams = nullptr;
    prometheus::Counter *goodAttempts = nullptr;
    QHash<std::pair<int, QByteArray>, prometheus::Counter *> requests;
    QHash<QByteArray, prometheus::Histogram *> genAiDuration; ///< by error type
    QHash<QByteArray, prometheus::Counter *> badAttempts; ///< by failure
    QHash<QByteArray, prometheus::Counter *> retries; ///< by failure
};

/// The children of one app.
struct OutcomeMeter::AppSeries
{
    std::array<prometheus::Counter *, 3> requests{}; ///< in the order of appResults
    prometheus::Counter *inputTokens = nullptr;
    prometheus::Counter *outputTokens = nullptr;
    prometheus::Counter *cost = nullptr;
};

OutcomeMeter::OutcomeMeter(Metrics &metrics, relay::OutcomeSink &next)
    : m_metrics(metrics)
    , m_next(next)
    , m_known(metrics.knownNames())
{ }

OutcomeMeter::~OutcomeMeter() = default;

void OutcomeMeter::record(const std::shared_ptr<const relay::Outcome> &outcome)
{
    forgetWhenNamesChanged();
    count(*outcome);
    countAttempts(*outcome);
    countForApp(*outcome);
    m_next.record(outcome);
}

void OutcomeMeter::forgetWhenNamesChanged()
{
    const std::uint64_t version = m_metrics.knownNames().version();
    for (auto &series : m_series) {
        if (version != m_knownVersion || series.size() > maxSeries) {
            series.clear();
        }
    }
    m_knownVersion = version;
}

OutcomeMeter::Series &
OutcomeMeter::seriesOf(catalog::Task task, const QByteArray &provider, const QByteArray &model)
{
    auto &all = m_series[std::size_t(task)];
    const auto found = all.constFind(model);
    if (found != all.constEnd()) {
        return **found;
    }
    return **all.insert(model, makeSeries(task, provider, model));
}

std::unique_ptr<OutcomeMeter::Series>
OutcomeMeter::makeSeries(catalog::Task task, const QByteArray &provider, const QByteArray &model)
{
    const KnownNames &known = *m_known.current();
    auto made = std::make_unique<Series>();
    Series &series = *made;
    series.provider = m_metrics.providerLabel(provider, known);
    series.model = m_metrics.modelLabel(model, known);
    series.genAiProvider = genAiProvider(QByteArray::fromStdString(series.provider)).toStdString();
    series.operation = genAiOperation(task).toStdString();
    const auto &[p, m, g, o] = std::tie(
        series.provider, series.model, series.genAiProvider, series.operation);
    for (std::size_t streaming : {0U, 1U}) {
        series.duration[streaming] = &m_metrics.histogram(
            "freerelay_request_duration_seconds",
            {"default", p, m, boolLabels[streaming], "false"});
    }
    series.ttft = &m_metrics.histogram("freerelay_ttft_seconds", {p, m, "unknown"});
    series.inputTokens = &m_metrics.counter("freerelay_tokens_total", {"default", p, "input"});
    series.outputTokens = &m_metrics.counter("freerelay_tokens_total", {"default", p, "output"});
    series.genAiInput = &m_metrics.histogram("gen_ai_client_token_usage", {o, g, m, "input"});
    series.genAiOutput = &m_metrics.histogram("gen_ai_client_token_usage", {o, g, m, "output"});
    series.genAiTtft = &m_metrics.histogram("gen_ai_server_time_to_first_token_seconds", {o, g, m});
    series.brokenStreams = &m_metrics.counter("freerelay_broken_streams_total", {p, m});
    series.goodAttempts = &m_metrics.counter("freerelay_attempts_total", {p, m, "ok"});
    return made;
}

void OutcomeMeter::count(const relay::Outcome &outcome)
{
    Series &series = seriesOf(outcome.task, outcome.provider, outcome.model);
    const QByteArray error = outcome.errorClass.isEmpty() ? noError : bounded(outcome.errorClass);
    prometheus::Counter *&requests = series.requests[{outcome.status, error}];
    if (requests == nullptr) {
        requests = &m_metrics.counter(
            "freerelay_requests_total",
            {"default",
             series.provider,
             series.model,
             "unknown",
             "standard",
             "false",
             statusLabel(outcome.status),
             error.toStdString()});
    }
    requests->Increment();
    prometheus::Histogram *&genAiDuration = series.genAiDuration[error];
    if (genAiDuration == nullptr) {
        genAiDuration = &m_metrics.histogram(
            "gen_ai_client_operation_duration_seconds",
            {series.operation,
             series.genAiProvider,
             series.model,
             error == noError ? "" : error.toStdString()});
    }
    genAiDuration->Observe(seconds(outcome.duration));
    series.duration[outcome.stream ? 1 : 0]->Observe(seconds(outcome.duration));
    if (outcome.ttft) {
        series.ttft->Observe(seconds(*outcome.ttft));
        series.genAiTtft->Observe(seconds(*outcome.ttft));
    }
    if (outcome.promptTokens) {
        series.inputTokens->Increment(static_cast<double>(*outcome.promptTokens));
        series.genAiInput->Observe(static_cast<double>(*outcome.promptTokens));
    }
    if (outcome.completionTokens) {
        series.outputTokens->Increment(static_cast<double>(*outcome.completionTokens));
        series.genAiOutput->Observe(static_cast<double>(*outcome.completionTokens));
    }
    if (outcome.hedge != relay::Hedge::None) {
        const QByteArrayView winner = relay::hedgeWord(outcome.hedge);
        m_metrics.counter("freerelay_hedges_total", {winner.toByteArray().toStdString()})
            .Increment();
    }
    if (outcome.brokenStream) {
        series.brokenStreams->Increment();
    }
}

void OutcomeMeter::countAttempts(const relay::Outcome &outcome)
{
    for (std::size_t i = 0; i < outcome.attempts.size(); ++i) {
        const relay::AttemptRecord &attempt = outcome.attempts[i];
        Series &series = seriesOf(outcome.task, attempt.provider, attempt.model);
        if (attempt.failure.isEmpty()) {
            series.goodAttempts->Increment();
            continue;
        }
        prometheus::Counter *&failed = series.badAttempts[attempt.failure];
        if (failed == nullptr) {
            failed = &m_metrics.counter(
                "freerelay_attempts_total",
                {series.provider, series.model, bounded(attempt.failure).toStdString()});
        }
        failed->Increment();
        if (i + 1 == outcome.attempts.size()) {
            continue;
        }
        prometheus::Counter *&retried = series.retries[attempt.failure];
        if (retried == nullptr) {
            retried = &m_metrics.counter(
                "freerelay_retries_total",
                {series.provider, bounded(attempt.failure).toStdString()});
        }
        retried->Increment();
    }
}

void OutcomeMeter::countForApp(const relay::Outcome &outcome)
{
    const QByteArray app = outcome.hasAppKey ? outcome.app : QByteArray();
    std::shared_ptr<AppSeries> &series = m_apps[app];
    if (!series) {
        series = std::make_shared<AppSeries>(
            makeAppSeries(m_metrics.appLabel(app, outcome.hasAppKey)));
    }
    const bool hasLeft = outcome.status == relay::Outcome::clientLeft;
    series->requests[hasLeft ? 2 : (relay::isFailure(outcome) ? 1 : 0)]->Increment();
    series->inputTokens->Increment(double(outcome.promptTokens.value_or(0)));
    series->outputTokens->Increment(double(outcome.completionTokens.value_or(0)));
    if (outcome.cost) {
        series->cost->Increment(double(outcome.cost->count) / common::microUsdPerUsd);
    }
}

OutcomeMeter::AppSeries OutcomeMeter::makeAppSeries(const std::string &app)
{
    AppSeries made;
    for (std::size_t result = 0; result < made.requests.size(); ++result) {
        made.requests[result] = &m_metrics.counter(
            "freerelay_app_requests_total", {app, appResults[result]});
    }
    made.inputTokens = &m_metrics.counter("freerelay_app_tokens_total", {app, "input"});
    made.outputTokens = &m_metrics.counter("freerelay_app_tokens_total", {app, "output"});
    made.cost = &m_metrics.counter("freerelay_app_cost_usd_total", {app});
    return made;
}

} // namespace freerelay::telemetry
