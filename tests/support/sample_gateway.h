#pragma once

#include "tests/support/fake_gateway_control.h"
#include "tests/support/sample_activity.h"
#include "tests/support/sample_health.h"
#include "tests/support/sample_quotas.h"

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
    row.app = QStringLiteral("claude-cli");
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

/// A tool with a budget, a script that was refused something, and one that was revoked.
inline std::vector<interfaces::AppKeyRow> someAppKeys()
{
    const QDateTime day(QDate(2026, 11, 24), QTime(9, 0), Qt::UTC);
    interfaces::AppKeyRow tool;
    tool.id = QStringLiteral("app_1");
    tool.name = QStringLiteral("OpenCode");
    tool.tool = QStringLiteral("opencode");
    tool.rights.scopes = {QStringLiteral("chat"), QStringLiteral("models")};
    tool.rights.dailyBudget = common::MicroUsd{500'000};
    tool.today = {42, 0, 120'400, {120'000}, 0};
    tool.createdAt = day;
    tool.lastUsedAt = day;
    interfaces::AppKeyRow script = tool;
    script.id = QStringLiteral("app_2");
    script.name = QStringLiteral("Nightly report");
    script.rights.dailyBudget.reset();
    script.rights.mode = common::Mode::Free;
    script.today = {7, 2, 3'000, {0}, 1};
    interfaces::AppKeyRow lost = script;
    lost.id = QStringLiteral("app_3");
    lost.name = QStringLiteral("Old laptop");
    lost.revokedAt = day;
    lost.lastUsedAt.reset();
    return {lost, tool, script};
}

/// Two rules in force, and what they have done.
inline interfaces::ChaosFigures someChaos()
{
    interfaces::ChaosFigures chaos;
    chaos.available = true;
    chaos.rules.on = true;
    chaos.rules.list = {
        {QStringLiteral("groq"), QStringLiteral("429-day"), 0.3, 7},
        {QString(), QStringLiteral("any"), 0.1, 1}};
    chaos.faults = {
        {QStringLiteral("any"), QStringLiteral("a mixture of those that are over soon")},
        {QStringLiteral("429-day"), QStringLiteral("requests per day are used up")},
        {QStringLiteral("cut"), QStringLiteral("the connection closes within the answer")}};
    chaos.played = {
        {QStringLiteral("groq"), QStringLiteral("429-day"), 21},
        {QStringLiteral("mistral"), QStringLiteral("cut"), 2}};
    return chaos;
}

/// A request that was answered by its second attempt, with all that is recorded of it.
inline interfaces::RequestDetails someDetails(const interfaces::RequestRow &row)
{
    using std::chrono::microseconds;
    using std::chrono::nanoseconds;
    interfaces::RequestDetails details;
    details.row = row;
    details.row.attempts = 2;
    details.appVersion = QStringLiteral("1.0.2");
    details.keyFingerprint = QStringLiteral("f1");
    details.tier = QStringLiteral("free");
    details.finishReason = QStringLiteral("stop");
    details.retryCause = QStringLiteral("rate_limited");
    details.parseTime = nanoseconds(40'000);
    details.duration = microseconds(2'400'000);
    details.ttft = microseconds(430'000);
    details.streamTime = microseconds(1'960'000);
    details.attempts = {
        {QStringLiteral("google"),
         QStringLiteral("gemini-2.5-flash"),
         QStringLiteral("f3"),
         QStringLiteral("free"),
         429,
         QStringLiteral("rate_limited"),
         microseconds(300),
         {},
         microseconds(210'000)},
        {row.provider,
         row.model,
         QStringLiteral("f1"),
         QStringLiteral("free"),
         200,
         {},
         microseconds(211'000),
         microseconds(219'000),
         microseconds(2'188'000)}};
    interfaces::DecisionInfo decision;
    decision.mode = QStringLiteral("auto");
    decision.target = QStringLiteral("auto");
    decision.promptTokensEstimated = 800;
    decision.duration = nanoseconds(35'000);
    const auto candidate = [](const char *provider, const char *model, const char *key) {
        interfaces::CandidateInfo info;
        info.provider = QString::fromLatin1(provider);
        info.model = QString::fromLatin1(model);
        info.keyFingerprint = QString::fromLatin1(key);
        info.tier = QStringLiteral("free");
        return info;
    };
    auto answered = candidate("", "", "f1");
    answered.provider = row.provider;
    answered.model = row.model;
    auto resting = candidate("groq", "llama-3.3-70b-versatile", "");
    resting.disqualified = QStringLiteral("cooling_down");
    resting.restsUntil = row.time.addSecs(600);
    auto small = candidate("ovh", "Mistral-7B-Instruct-v0.3", "");
    small.disqualified = QStringLiteral("context_too_small");
    decision.candidates = {
        candidate("google", "gemini-2.5-flash", "f3"),
        answered,
        candidate("nvidia", "meta/llama-3.1-405b-instruct", "f4"),
        resting,
        small};
    details.decision = decision;
    return details;
}

/// A gateway in ordinary use: some providers ready, some not, some requests done.
inline void fillSample(FakeGatewayControl &gateway)
{
    gateway.appKeyBook.rows = someAppKeys();
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
    gateway.quotas = someQuotas();
    gateway.healths.emplace("groq", someHealth());
    gateway.past.figures = someActivity(QDateTime(QDate(2026, 11, 24), QTime(9, 0), Qt::UTC));
    gateway.past.rows = gateway.requests;
    for (const interfaces::RequestRow &row : gateway.requests) {
        gateway.past.known.emplace(row.requestId, someDetails(row));
    }
}

} // namespace freerelay::tests
