#pragma once

#include "tests/support/fake_gateway_control.h"

namespace freerelay::tests {

inline interfaces::ProviderRow
aProvider(const QByteArray &id, const QString &name, interfaces::KeyState state)
{
    interfaces::ProviderRow row;
    row.id = id;
    row.name = name;
    row.tier = QStringLiteral("free");
    row.state = state;
    row.models = 7;
    row.keyUrl = QStringLiteral("https://console.example/keys");
    row.keySteps = {
        QStringLiteral("Sign up or log in"),
        QStringLiteral("Confirm the mail"),
        QStringLiteral("Create API Key")};
    row.variable = QStringLiteral("SAMPLE_API_KEY");
    return row;
}

inline interfaces::RequestRow aRequest(quint64 sequence)
{
    interfaces::RequestRow row;
    row.sequence = sequence;
    row.time = QDateTime(QDate(2026, 11, 24), QTime(9, 0), Qt::UTC).addSecs(qint64(sequence));
    row.requestId = QStringLiteral("req_%1").arg(sequence);
    row.askedModel = QStringLiteral("freerelay-auto");
    row.provider = QStringLiteral("Groq");
    row.model = QStringLiteral("openai/gpt-oss-120b");
    row.status = 200;
    row.stream = true;
    row.attempts = 1;
    row.ttft = std::chrono::milliseconds(180);
    row.duration = std::chrono::milliseconds(2400);
    row.promptTokens = 812;
    row.completionTokens = 240;
    return row;
}

/// A gateway in ordinary use: some providers ready, some not, some requests done.
inline void fillSample(FakeGatewayControl &gateway)
{
    using interfaces::KeyState;
    gateway.now.listening = true;
    gateway.now.endpoint = QStringLiteral("http://127.0.0.1:8000");
    gateway.now.providersReady = 2;
    gateway.now.providersConfigured = 3;
    gateway.now.requestsTotal = 42;
    gateway.now.requestsFailed = 1;
    gateway.now.version = QStringLiteral("0.1.0");
    auto keyless = aProvider(
        "ovh", QStringLiteral("OVHcloud AI Endpoints"), KeyState::ConsentNeeded);
    keyless.keyless = true;
    keyless.terms = QStringLiteral(
        "Anonymous use is limited to 2 requests a minute per model and address. The provider says "
        "that prompts are not used for training.");
    auto groq = aProvider("groq", QStringLiteral("Groq"), KeyState::Ready);
    groq.keyPrefix = QStringLiteral("gsk_");
    groq.keys = {
        {"f1", QStringLiteral("gsk…9f2c"), QStringLiteral("keychain"), true},
        {"f2", QStringLiteral("gsk…77aa"), QStringLiteral("GROQ_API_KEY"), false}};
    auto google = aProvider("google", QStringLiteral("Google AI Studio"), KeyState::CoolingDown);
    google.stateText = QStringLiteral("Daily limit reached, resets at 08:00");
    google.keys = {{"f3", QStringLiteral("AIz…x0x0"), QStringLiteral("keychain"), true}};
    auto mistral = aProvider("mistral", QStringLiteral("Mistral"), KeyState::NoKey);
    auto nvidia = aProvider("nvidia", QStringLiteral("NVIDIA"), KeyState::Rejected);
    nvidia.keys = {{"f4", QStringLiteral("nva…b1c2"), QStringLiteral("keychain"), true}};
    auto openai = aProvider("openai", QStringLiteral("OpenAI"), KeyState::NoKey);
    openai.tier = QStringLiteral("paid");
    openai.keyPrefix = QStringLiteral("sk-");
    gateway.rows = {openai, mistral, keyless, google, groq, nvidia};
    for (quint64 sequence = 12; sequence > 0; --sequence) {
        gateway.requests.push_back(aRequest(sequence));
    }
    auto &failed = gateway.requests[2];
    failed.status = 429;
    failed.provider = QStringLiteral("Google AI Studio");
    failed.model = QStringLiteral("gemini-2.5-flash");
    failed.error = QStringLiteral("Every provider that may be used has reached its limit.");
    failed.ttft.reset();
    failed.completionTokens.reset();
}

} // namespace freerelay::tests
