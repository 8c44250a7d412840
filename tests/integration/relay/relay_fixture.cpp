#include "tests/integration/relay/relay_fixture.h"

#include "core/dialects/openai_chat.h"
#include "tests/support/sample_catalog.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::tests {

using catalog::Wire;

namespace {

catalog::Provider providerOf(const ProviderSpec &spec)
{
    catalog::Provider provider = aProvider(spec.id, spec.tier);
    provider.wire = spec.wire;
    provider.freeLimits = spec.limits;
    if (spec.wire == Wire::AnthropicMessages) {
        provider.messagesPath = "/v1/messages";
        provider.authHeader = "x-api-key";
        provider.authScheme.clear();
    } else if (spec.wire == Wire::GoogleGenerateContent) {
        provider.generatePath = "/models/{model}:generateContent";
        provider.streamPath = "/models/{model}:streamGenerateContent?alt=sse";
        provider.authHeader = "x-goog-api-key";
        provider.authScheme.clear();
    }
    return provider;
}

} // namespace

RelayFixture::RelayFixture(const std::vector<ProviderSpec> &specs, upstream::Chaos *chaos)
    : m_specs(specs)
{
    for (std::size_t i = 0; i < specs.size(); ++i) {
        m_upstreams.push_back(std::make_unique<FakeUpstream>());
    }
    m_config = makeConfig();
    m_published = std::make_unique<common::Published<relay::RelayConfig>>(m_config);
    relay = std::make_unique<relay::WorkerRelay>(
        *m_published,
        makeClient(chaos),
        relay::RelayState{coolDowns, quota, failures, health, signatures},
        outcomes,
        clock);
}

RelayFixture::~RelayFixture() = default;

std::unique_ptr<upstream::HttpClient> RelayFixture::makeClient(upstream::Chaos *chaos)
{
    auto curl = std::make_unique<upstream::CurlClient>(upstream::ClientConfig{}, clock);
    client = curl.get();
    if (chaos == nullptr) {
        return curl;
    }
    auto behind = std::make_unique<upstream::ChaosClient>(std::move(curl), *chaos, clock);
    chaosClient = behind.get();
    return behind;
}

std::shared_ptr<relay::RelayConfig> RelayFixture::makeConfig() const
{
    auto config = std::make_shared<relay::RelayConfig>();
    std::vector<catalog::Provider> providers;
    std::vector<catalog::Model> models;
    std::vector<keys::Key> keys;
    for (const ProviderSpec &spec : m_specs) {
        providers.push_back(providerOf(spec));
        for (int i = 1; i <= spec.models; ++i) {
            const QByteArray number = QByteArray::number(i);
            models.push_back(
                withQuality(aModel(spec.id + "/m-" + number, spec.tier), 0.9 - 0.01 * i));
        }
        for (int i = 1; i <= spec.keys; ++i) {
            const common::Secret secret("sk-" + spec.id + '-' + QByteArray::number(i));
            keys.push_back(
                {spec.id,
                 secret,
                 spec.id + "-key-" + QByteArray::number(i),
                 keys::KeySource::Environment,
                 {},
                 {}});
        }
    }
    config->catalog = std::make_shared<catalog::Catalog>(
        std::move(providers), std::move(models), std::vector<catalog::Alias>{});
    config->keys = std::make_shared<const keys::KeyRing>(std::move(keys));
    config->instanceId = "this-instance";
    config->quotaWait = {}; // tests that wait say so
    config->continueStreams = false; // and so do those that go on
    config->hedging = false; // or hedge
    for (std::size_t i = 0; i < m_specs.size(); ++i) {
        const ProviderSpec &spec = m_specs[i];
        routing::Endpoint endpoint{config->catalog->provider(spec.id), {}, std::nullopt, false};
        for (const keys::Key &key : config->keys->keysFor(spec.id)) {
            endpoint.keys.push_back(key.fingerprint);
        }
        if (endpoint.keys.empty()) {
            endpoint.keys.emplace_back();
        }
        config->endpoints.push_back(std::move(endpoint));
        config->baseUrls.insert(spec.id, m_upstreams[i]->url("/v1"));
    }
    config->rank();
    return config;
}

RelayFixture::Downstream
RelayFixture::ask(bool stream, const QByteArray &model, FakeDownstream::Reading reading)
{
    auto downstream = std::make_shared<FakeDownstream>(reading);
    QByteArray body = R"({"messages":[{"role":"user","content":"Hi"}])";
    if (!model.isEmpty()) {
        body += R"(,"model":")" + model + '"';
    }
    body += stream ? R"(,"stream":true})" : "}";
    send(body, downstream);
    return downstream;
}

RelayFixture::Downstream RelayFixture::send(const QByteArray &body)
{
    auto downstream = std::make_shared<FakeDownstream>();
    send(body, downstream);
    return downstream;
}

void RelayFixture::send(const QByteArray &body, const Downstream &downstream)
{
    auto chat = dialects::parseOpenAiChat(body);
    Q_ASSERT(chat);
    relay::RelayRequest request{
        std::move(*chat), std::nullopt, "req_" + QByteArray::number(++m_requests), "this-instance"};
    request.deadline = deadline;
    request.latency = latency;
    request.isPrecise = isPrecise;
    relay->relay(std::move(request), downstream);
}

void RelayFixture::letAnswer(int index)
{
    const ProviderReplies replies = this->replies(index);
    const QByteArray id = m_specs.at(std::size_t(index)).id;
    upstream(index).setHandler([replies, id](const FakeRequest &request) {
        const bool stream = request.body.contains(R"("stream":true)")
            || request.target.contains("stream");
        return replies.answer(stream, {"Hello ", "from ", id});
    });
}

void RelayFixture::configure(const std::function<void(relay::RelayConfig &)> &change)
{
    auto next = std::make_shared<relay::RelayConfig>(*m_config);
    change(*next);
    next->rank();
    m_config = next;
    m_published->publish(m_config);
}

void RelayFixture::advance(common::Duration step)
{
    clock.advance(step);
    client->checkDeadlines();
    if (chaosClient != nullptr) {
        chaosClient->tick();
    }
    relay->checkLimits();
}

int openDescriptors()
{
    return int(QDir(u"/proc/self/fd"_s)
                   .entryList(QDir::System | QDir::Files | QDir::NoDotAndDotDot)
                   .size());
}

QByteArray textIn(const QByteArray &body)
{
    QString text;
    for (QByteArray line : body.split('\n')) {
        if (line.startsWith("data: ")) {
            line.remove(0, 6);
        }
        const QJsonObject choice
            = QJsonDocument::fromJson(line)["choices"_L1].toArray().at(0).toObject();
        const QLatin1StringView place = choice.contains("delta"_L1) ? "delta"_L1 : "message"_L1;
        text += choice[place].toObject()["content"_L1].toString();
    }
    return text.toUtf8();
}

} // namespace freerelay::tests
