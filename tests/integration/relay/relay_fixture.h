#pragma once

#include "core/dialects/gemini/signature_book.h"
#include "core/relay/worker_relay.h"
#include "core/upstream/chaos/chaos_client.h"
#include "core/upstream/curl_client.h"
#include "tests/integration/relay/provider_replies.h"
#include "tests/support/fake_downstream.h"
#include "tests/support/fake_upstream.h"
#include "tests/support/manual_clock.h"

#include <memory>
#include <optional>
#include <vector>

namespace freerelay::tests {

/// Keeps all outcomes.
class OutcomeList final : public relay::OutcomeSink
{
public:
    void record(const std::shared_ptr<const relay::Outcome> &outcome) override
    {
        list.push_back(*outcome);
    }
    std::vector<relay::Outcome> list;
};

/// One provider for a RelayFixture: its models are "<id>/m-1", "<id>/m-2", …
struct ProviderSpec
{
    QByteArray id;
    catalog::Wire wire = catalog::Wire::OpenAiChat;
    int models = 1;
    int keys = 1;
    catalog::Tier tier = catalog::Tier::Free;
    catalog::FreeLimits limits{}; ///< published
};

/// A worker's relay with the real HTTP client, before providers that the test scripts. The clock
/// stands still unless the test moves it.
class RelayFixture
{
public:
    using Downstream = std::shared_ptr<FakeDownstream>;

    /// @param chaos  faults that are played between the relay and the providers; null = none
    explicit RelayFixture(const std::vector<ProviderSpec> &specs, upstream::Chaos *chaos = nullptr);
    ~RelayFixture();
    Q_DISABLE_COPY_MOVE(RelayFixture)

    /// Sends a request; `stream` as `"stream":true` in the body.
    Downstream
    ask(bool stream,
        const QByteArray &model = {},
        FakeDownstream::Reading reading = FakeDownstream::Reading::AtOnce);
    /// Sends this body. It must be valid.
    Downstream send(const QByteArray &body);
    void send(const QByteArray &body, const Downstream &downstream);

    [[nodiscard]] FakeUpstream &upstream(int index) { return *m_upstreams.at(std::size_t(index)); }
    [[nodiscard]] ProviderReplies replies(int index) const
    {
        return ProviderReplies(m_specs.at(std::size_t(index)).wire);
    }
    /// Provider `index` answers every request with "Hello from <id>".
    void letAnswer(int index);
    /// The reply to the next request at provider `index`.
    void letReply(int index, FakeReply reply) { upstream(index).enqueue(std::move(reply)); }

    /// Changes the configuration for the requests to come.
    void configure(const std::function<void(relay::RelayConfig &)> &change);
    /// Moves the clock and lets everything see it.
    void advance(common::Duration step);

    ManualClock clock;
    // Of the requests to come:
    std::optional<std::chrono::milliseconds> deadline;
    relay::LatencyClass latency = relay::LatencyClass::Interactive;
    bool isPrecise = false;

    quota::CoolDownTable coolDowns;
    quota::QuotaLedger quota{clock};
    relay::FailurePolicy failures{coolDowns, clock};
    dialects::SignatureBook signatures;
    health::HealthTable health{clock, [] { return 0.0; }};
    OutcomeList outcomes;
    upstream::CurlClient *client = nullptr; ///< owned by the relay
    upstream::ChaosClient *chaosClient = nullptr; ///< owned by the relay; null = no chaos
    std::unique_ptr<relay::WorkerRelay> relay;

private:
    [[nodiscard]] std::shared_ptr<relay::RelayConfig> makeConfig() const;
    [[nodiscard]] std::unique_ptr<upstream::HttpClient> makeClient(upstream::Chaos *chaos);

    std::vector<ProviderSpec> m_specs;
    std::vector<std::unique_ptr<FakeUpstream>> m_upstreams;
    std::shared_ptr<relay::RelayConfig> m_config;
    std::unique_ptr<common::Published<relay::RelayConfig>> m_published;
    int m_requests = 0;
};

/// Open descriptors of this process.
[[nodiscard]] int openDescriptors();

/// The text that an OpenAI client reads out of a body: all contents, in order.
[[nodiscard]] QByteArray textIn(const QByteArray &body);

} // namespace freerelay::tests
