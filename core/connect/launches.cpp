#include "launches.h"

#include "core/connect/json_scanner.h"
#include "core/connect/recipes.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect::launches {

/// What most tools of OpenAI's dialect read.
QByteArrayList openAi(const Endpoint &endpoint)
{
    return {
        "OPENAI_BASE_URL=" + endpoint.root + "/v1",
        "OPENAI_API_BASE=" + endpoint.root + "/v1",
        "OPENAI_API_KEY=" + keyOf(endpoint),
        "FREERELAY_API_KEY=" + keyOf(endpoint)};
}

QByteArrayList claudeCode(const Endpoint &endpoint)
{
    return {
        "ANTHROPIC_BASE_URL=" + endpoint.root,
        "ANTHROPIC_AUTH_TOKEN=" + keyOf(endpoint),
        "ANTHROPIC_MODEL=freerelay-auto",
        "ANTHROPIC_DEFAULT_OPUS_MODEL=freerelay-auto",
        "ANTHROPIC_DEFAULT_SONNET_MODEL=freerelay-auto",
        "ANTHROPIC_DEFAULT_HAIKU_MODEL=freerelay-auto",
        "CLAUDE_CODE_MAX_CONTEXT_TOKENS=128000", // of a model that it does not know it believes 1m
        "CLAUDE_CODE_AUTO_COMPACT_WINDOW=128000",
        "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY=1"};
}

QByteArrayList openCode(const Endpoint &endpoint)
{
    return {
        "OPENCODE_CONFIG_CONTENT="
        + strictJson(
            R"({"model": "freerelay/auto", "provider": {"freerelay": )"
            + recipes::openCodeProvider(endpoint) + "}}")};
}

QByteArrayList codex(const Endpoint &endpoint)
{
    return {"FREERELAY_API_KEY=" + keyOf(endpoint)};
}

QStringList codexArguments(const Endpoint &endpoint)
{
    const QString provider = u"model_providers.freerelay."_s;
    return {
        u"-c"_s,
        u"model=\"freerelay-auto\""_s,
        u"-c"_s,
        u"model_provider=\"freerelay\""_s,
        u"-c"_s,
        provider % u"name=\"FreeRelay\""_s,
        u"-c"_s,
        provider % u"base_url=\"%1/v1\""_s.arg(QString::fromUtf8(endpoint.root)),
        u"-c"_s,
        provider % u"wire_api=\"responses\""_s,
        u"-c"_s,
        provider % u"env_key=\"FREERELAY_API_KEY\""_s};
}

QByteArrayList aider(const Endpoint &endpoint)
{
    return openAi(endpoint) + QByteArrayList{"AIDER_MODEL=openai/freerelay-auto"_ba};
}

QByteArrayList qwenCode(const Endpoint &endpoint)
{
    return openAi(endpoint) + QByteArrayList{"OPENAI_MODEL=freerelay-auto"_ba};
}

QByteArrayList geminiCli(const Endpoint &endpoint)
{
    return {
        "GOOGLE_GEMINI_BASE_URL=" + endpoint.root,
        "GEMINI_API_KEY=" + keyOf(endpoint),
        "GEMINI_MODEL=freerelay-auto"};
}

QByteArrayList goose(const Endpoint &endpoint)
{
    return {
        "GOOSE_PROVIDER=openai"_ba,
        "GOOSE_MODEL=freerelay-auto"_ba,
        "OPENAI_HOST=" + endpoint.root,
        "OPENAI_API_KEY=" + keyOf(endpoint)};
}

QByteArrayList zed(const Endpoint &endpoint)
{
    return {"FREERELAY_API_KEY=" + keyOf(endpoint)};
}

} // namespace freerelay::connect::launches
