#include "metric_specs.h"

namespace freerelay::telemetry {

namespace {

using Specs = std::vector<MetricSpec>;
using Label = std::pair<std::string, std::string>;

constexpr auto counter = MetricKind::Counter;
constexpr auto gauge = MetricKind::Gauge;
constexpr auto histogram = MetricKind::Histogram;

/// Seconds; an answer takes from a tenth of a second to minutes.
const std::vector<double> &requestSeconds()
{
    static const std::vector<double> bounds{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300};
    return bounds;
}

const std::vector<double> &firstTokenSeconds()
{
    static const std::vector<double> bounds{
        0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30, 60};
    return bounds;
}

const std::vector<double> &ratios()
{
    static const std::vector<double> bounds{0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};
    return bounds;
}

/// `first` and what follows by multiplication.
std::vector<double> geometric(double first, double factor, int count)
{
    std::vector<double> bounds;
    for (double bound = first; count > 0; --count, bound *= factor) {
        bounds.push_back(bound);
    }
    return bounds;
}

Label ofNamespace()
{
    return {"namespace", "default"};
}
Label ofProvider()
{
    return {"provider", "none"};
}
Label ofModel()
{
    return {"model", "none"};
}
Label ofFamily()
{
    return {"task_family", "unknown"};
}

Specs requestSpecs()
{
    return {
        {"freerelay_requests_total",
         counter,
         "Chat requests that were answered, refused or given up, by the status sent to the client.",
         {ofNamespace(),
          ofProvider(),
          ofModel(),
          ofFamily(),
          {"sla_tier", "standard"},
          {"cache_hit", "false"},
          {"status", "200"},
          {"error_class", "none"}}},
        {"freerelay_request_duration_seconds",
         histogram,
         "From the request to the last byte of its answer.",
         {ofNamespace(), ofProvider(), ofModel(), {"streaming", "false"}, {"cached", "false"}},
         requestSeconds()},
        {"freerelay_ttft_seconds",
         histogram,
         "From the request to the first content of its answer, all attempts included.",
         {ofProvider(), ofModel(), ofFamily()},
         firstTokenSeconds()},
        {"freerelay_tokens_total",
         counter,
         "Tokens that providers reported; what they do not tell is not counted.",
         {ofNamespace(), ofProvider(), {"direction", "input"}}},
        {"freerelay_cache_hits_total",
         counter,
         "Answers from the cache. Fed by the answer cache.",
         {ofNamespace(), {"similarity_bucket", "none"}}},
        {"freerelay_circuit_state",
         gauge,
         "0 closed, 1 half open, 2 open: of a provider and all its models and keys the worst.",
         {ofProvider()}},
        {"freerelay_budget_remaining_ratio",
         gauge,
         "What is left of the budget, 0 to 1. Fed by budgets.",
         {ofProvider(), {"key_hash", "none"}}},
    };
}

Specs answerSpecs()
{
    return {
        {"freerelay_validation_pass_rate",
         gauge,
         "Share of answers that passed, 0 to 1. Fed by the validators.",
         {ofProvider(), ofModel(), {"layer", "none"}, {"output_contract", "none"}}},
        {"freerelay_repair_triggered_total",
         counter,
         "Answers that were repaired. Fed by the repair state machine.",
         {ofProvider(), ofModel(), {"failure_code", "none"}}},
        {"freerelay_repair_success_rate",
         gauge,
         "Share of repairs that helped, 0 to 1. Fed by the repair state machine.",
         {ofProvider(), ofModel()}},
        {"freerelay_bandit_arm_quality",
         gauge,
         "Learned quality, 0 to 1. Fed by learned routing.",
         {ofProvider(), ofModel(), ofFamily()}},
        {"freerelay_bandit_arm_pulls_total",
         counter,
         "How often an arm was chosen. Fed by learned routing.",
         {ofProvider(), ofModel(), ofFamily()}},
        {"freerelay_routing_confidence_gap",
         histogram,
         "Score of the first candidate minus that of the second. Fed by learned routing.",
         {ofFamily()},
         ratios()},
    };
}

Specs qualitySpecs()
{
    return {
        {"freerelay_dag_step_duration_seconds",
         histogram,
         "Time of one step of an execution graph. Fed by workflows.",
         {{"workflow", "none"}, {"step_id", "none"}, {"strategy", "none"}},
         requestSeconds()},
        {"freerelay_hallucination_flags_total",
         counter,
         "Doubtful claims found in answers. Fed by the validators.",
         {ofProvider(), ofModel(), {"flag_type", "none"}}},
        {"freerelay_compression_ratio",
         histogram,
         "Tokens after a context stage to tokens before it. Fed by the context stages.",
         {ofFamily(), {"stage", "none"}},
         ratios()},
        {"freerelay_brownout_active",
         gauge,
         "1 while most providers fail, so that what is nice to have is left out."},
        {"freerelay_benchmark_score",
         gauge,
         "Last score of a benchmark suite, 0 to 1. Fed by benchmarks.",
         {ofProvider(), ofModel(), {"benchmark_type", "none"}}},
        {"freerelay_anomaly_detected_total",
         counter,
         "Anomalies found in a provider's figures. Fed by anomaly detection.",
         {ofProvider(), {"metric_name", "none"}}},
        {"freerelay_agent_steps_total",
         counter,
         "Steps of agent runs. Fed by the agent runtime.",
         {ofNamespace(), {"status", "none"}}},
    };
}

Specs appSpecs()
{
    const Label app{"app", "none"};
    return {
        {"freerelay_app_requests_total",
         counter,
         "Requests by the app whose key they brought; result is ok, failed or client_left.",
         {app, {"result", "ok"}}},
        {"freerelay_app_tokens_total",
         counter,
         "Tokens of answers, by the app whose key was brought.",
         {app, {"direction", "input"}}},
        {"freerelay_app_cost_usd_total",
         counter,
         "What answers cost at the catalogue's prices, in US dollars, by the app whose key was "
         "brought.",
         {app}},
    };
}

Specs gatewaySpecs()
{
    return {
        {"freerelay_attempts_total",
         counter,
         "Tries at providers; result is ok or the class of the failure.",
         {ofProvider(), ofModel(), {"result", "ok"}}},
        {"freerelay_retries_total",
         counter,
         "Attempts that followed a failed one, by that one's provider and failure.",
         {ofProvider(), {"cause", "none"}}},
        {"freerelay_broken_streams_total",
         counter,
         "Streams that failed after their first content had been sent.",
         {ofProvider(), ofModel()}},
        {"freerelay_cost_usd_total",
         counter,
         "Money spent at providers, in US dollars. Fed by budgets.",
         {ofProvider(), ofModel()}},
        {"freerelay_hedges_total",
         counter,
         "Requests for which a second provider was asked beside one that was late, by who "
         "answered.",
         {{"winner", "none"}}},
        {"freerelay_concurrency_limit",
         gauge,
         "Requests that may be in flight at a provider, all its models and keys together that were "
         "asked.",
         {ofProvider()}},
        {"freerelay_quota_remaining_ratio",
         gauge,
         "What is left of a provider's quota, 0 to 1: of all its keys and models the least, by "
         "window (rpm, rpd, tpm, …). A window without a known limit is left out unless the "
         "provider refuses.",
         {ofProvider(), {"window", "none"}},
         {},
         false},
        {"freerelay_requests_in_flight", gauge, "Requests that are being answered now."},
        {"freerelay_http_connections", gauge, "Connections of clients that are open now."},
        {"freerelay_http_requests_total",
         counter,
         "HTTP requests of all kinds that were handed to a route."},
        {"freerelay_http_refused_total",
         counter,
         "HTTP requests refused before they reached a route (framing, limits, Host, owner)."},
        {"freerelay_queue_depth",
         gauge,
         "Records that wait in a queue of the program.",
         {{"queue", "log"}}},
        {"freerelay_dropped_records_total",
         counter,
         "Records that were given up because their queue was full or nobody took them.",
         {{"queue", "log"}}},
        {"freerelay_build_info",
         gauge,
         "Always 1; the labels tell what runs.",
         {{"version", "unknown"}, {"qt_version", "unknown"}, {"compiler", "unknown"}},
         {},
         false},
    };
}

Specs genAiSpecs()
{
    const Label operation{"gen_ai_operation_name", "chat"};
    const Label provider{"gen_ai_provider_name", "none"};
    const Label model{"gen_ai_request_model", "none"};
    return {
        {"gen_ai_client_token_usage",
         histogram,
         "Tokens of one request, as the provider reported them.",
         {operation, provider, model, {"gen_ai_token_type", "input"}},
         geometric(1, 4, 14)},
        {"gen_ai_client_operation_duration_seconds",
         histogram,
         "From the request to the last byte of its answer.",
         {operation, provider, model, {"error_type", ""}},
         geometric(0.01, 2, 14)},
        {"gen_ai_server_time_to_first_token_seconds",
         histogram,
         "From the request to the first content of its answer.",
         {operation, provider, model},
         {0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}},
    };
}

Specs processSpecs()
{
    return {
        {"process_cpu_seconds_total", counter, "Processor time, user and system."},
        {"process_resident_memory_bytes", gauge, "Resident memory."},
        {"process_virtual_memory_bytes", gauge, "Address space."},
        {"process_open_fds", gauge, "Open file descriptors."},
        {"process_max_fds", gauge, "File descriptors that may be open."},
        {"process_threads", gauge, "Threads."},
        {"process_start_time_seconds", gauge, "Start of the process, seconds since 1970."},
    };
}

} // namespace

const std::vector<MetricSpec> &metricSpecs()
{
    static const Specs specs = [] {
        Specs all;
        for (const Specs &part :
             {requestSpecs(),
              answerSpecs(),
              qualitySpecs(),
              appSpecs(),
              gatewaySpecs(),
              genAiSpecs(),
              processSpecs()}) {
            all.insert(all.end(), part.begin(), part.end());
        }
        return all;
    }();
    return specs;
}

} // namespace freerelay::telemetry
