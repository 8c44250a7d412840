#include "recipes.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect::recipes {

namespace {

constexpr auto ifAbsent = Edit::When::IfAbsent;

const char *const openCodeText = R"({
  "npm": "@ai-sdk/openai-compatible",
  "name": "FreeRelay",
  "options": {
    "baseURL": "{endpoint}/v1",
    "apiKey": "{key}"
  },
  "models": {
    "auto": {
      "name": "FreeRelay Auto",
      "limit": { "context": 128000, "output": 8192 }
    }
  }
})";

const char *const openClawText = R"({
  "baseUrl": "{endpoint}/v1",
  "apiKey": "{key}",
  "api": "openai-completions",
  "models": [
    {
      "id": "auto",
      "name": "FreeRelay Auto",
      "reasoning": false,
      "input": ["text"],
      "cost": { "input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0 },
      "contextWindow": 128000,
      "maxTokens": 8192
    }
  ]
})";

const char *const codexText = R"(name = "FreeRelay"
base_url = "{endpoint}/v1"
wire_api = "responses"
requires_openai_auth = false
)";

const char *const continueText = R"(name: FreeRelay
provider: openai
model: freerelay-auto
apiBase: {endpoint}/v1
apiKey: "{key}"
roles: [chat, edit, apply]
capabilities: [tool_use]
defaultCompletionOptions:
  contextLength: 128000
)";

const char *const continueCompletionText = R"(name: FreeRelay autocomplete
provider: openai
model: freerelay-auto
apiBase: {endpoint}/v1
apiKey: "{key}"
useLegacyCompletionsEndpoint: true
roles: [autocomplete]
)";

/// Without a date Cline (3.0.65) throws the entry away.
const char *const clineText = R"({
  "settings": {
    "provider": "openai-compatible",
    "protocol": "openai-chat",
    "client": "openai-compatible",
    "model": "freerelay-auto",
    "baseUrl": "{endpoint}/v1",
    "apiKey": "{key}",
    "contextWindow": 128000,
    "capabilities": ["streaming", "tools"]
  },
  "updatedAt": "2026-11-29T00:00:00.000Z",
  "tokenSource": "manual"
})";

const char *const zedText = R"({
  "api_url": "{endpoint}/v1",
  "available_models": [
    {
      "name": "freerelay-auto",
      "display_name": "FreeRelay Auto",
      "max_tokens": 128000,
      "capabilities": {
        "tools": true,
        "images": false,
        "parallel_tool_calls": false,
        "prompt_cache_key": false
      }
    }
  ]
})";

const char *const qwenText = R"({
  "id": "freerelay-auto",
  "name": "FreeRelay Auto",
  "baseUrl": "{endpoint}/v1",
  "envKey": "FREERELAY_API_KEY"
})";

const char *const gooseText = R"({
  "name": "freerelay",
  "engine": "openai",
  "display_name": "FreeRelay",
  "description": "The FreeRelay gateway on this computer",
  "api_key_env": "FREERELAY_API_KEY",
  "base_url": "{endpoint}/v1/chat/completions",
  "models": [{ "name": "freerelay-auto", "context_limit": 128000 }],
  "supports_streaming": true,
  "requires_auth": {needs_key}
}
)";

/// Members of one object, as edits of their own: the others in it stay.
std::vector<Edit>
below(const SettingPath &parent, std::initializer_list<std::pair<QString, QByteArray>> values)
{
    std::vector<Edit> edits;
    for (const auto &[name, value] : values) {
        edits.push_back({parent + SettingPath{name}, value});
    }
    return edits;
}

} // namespace

QByteArray openCodeProvider(const Endpoint &endpoint)
{
    return filled(openCodeText, endpoint);
}

Files claudeCode(const Machine &machine, const Endpoint &endpoint)
{
    const QByteArray model = "\"freerelay-auto\""_ba;
    return {
        {machine.inFolder("CLAUDE_CONFIG_DIR"_ba, u".claude"_s, u"settings.json"_s),
         Syntax::Json,
         below(
             {u"env"_s},
             {{u"ANTHROPIC_BASE_URL"_s, filled("\"{endpoint}\"", endpoint)},
              {u"ANTHROPIC_AUTH_TOKEN"_s, filled("\"{key}\"", endpoint)},
              {u"ANTHROPIC_MODEL"_s, model},
              {u"ANTHROPIC_DEFAULT_OPUS_MODEL"_s, model},
              {u"ANTHROPIC_DEFAULT_SONNET_MODEL"_s, model},
              {u"ANTHROPIC_DEFAULT_HAIKU_MODEL"_s, model},
              {u"CLAUDE_CODE_MAX_CONTEXT_TOKENS"_s, "\"128000\""_ba},
              {u"CLAUDE_CODE_AUTO_COMPACT_WINDOW"_s, "\"128000\""_ba},
              {u"CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY"_s, "\"1\""_ba}})}};
}

Files codex(const Machine &machine, const Endpoint &endpoint)
{
    QByteArray provider = filled(codexText, endpoint);
    if (endpoint.isToolsOwn) {
        provider += filled("experimental_bearer_token = \"{key}\"\n", endpoint);
    } else if (!endpoint.key.isEmpty()) {
        provider += "env_key = \"FREERELAY_API_KEY\"\n";
    }
    return {
        {machine.inFolder("CODEX_HOME"_ba, u".codex"_s, u"config.toml"_s),
         Syntax::Toml,
         {{{u"model"_s}, "\"freerelay-auto\""_ba},
          {{u"model_provider"_s}, "\"freerelay\""_ba},
          {{u"model_context_window"_s}, "128000"_ba},
          {{u"model_providers"_s, u"freerelay"_s}, provider}}}};
}

Files openCode(const Machine &machine, const Endpoint &endpoint)
{
    return {
        {machine.inFolder("XDG_CONFIG_HOME"_ba, u".config"_s, u"opencode/opencode.json"_s),
         Syntax::Json,
         {{{u"provider"_s, u"freerelay"_s}, openCodeProvider(endpoint)},
          {{u"model"_s}, "\"freerelay/auto\""_ba},
          {{u"$schema"_s}, "\"https://opencode.ai/config.json\""_ba, ifAbsent}}}};
}

Files openClaw(const Machine &machine, const Endpoint &endpoint)
{
    const SettingPath defaults{u"agents"_s, u"defaults"_s};
    return {
        {machine.inFolder("OPENCLAW_STATE_DIR"_ba, u".openclaw"_s, u"openclaw.json"_s),
         Syntax::Json,
         {{{u"models"_s, u"providers"_s, u"freerelay"_s}, filled(openClawText, endpoint)},
          {{u"models"_s, u"mode"_s}, "\"merge\""_ba, ifAbsent},
          {defaults + SettingPath{u"model"_s, u"primary"_s}, "\"freerelay/auto\""_ba},
          {defaults + SettingPath{u"models"_s, u"freerelay/auto"_s}, "{}"_ba}}}};
}

Files continueDev(const Machine &machine, const Endpoint &endpoint)
{
    return {
        {machine.inHome(u".continue/config.yaml"_s),
         Syntax::Yaml,
         {{{u"name"_s}, "FreeRelay"_ba, ifAbsent},
          {{u"version"_s}, "1.0.0"_ba, ifAbsent},
          {{u"schema"_s}, "v1"_ba, ifAbsent},
          {{u"models"_s, u"[name=FreeRelay]"_s}, filled(continueText, endpoint)},
          {{u"models"_s, u"[name=FreeRelay autocomplete]"_s},
           filled(continueCompletionText, endpoint)}}}};
}

Files cline(const Machine &machine, const Endpoint &endpoint)
{
    return {
        {machine.inHome(u".cline/data/settings/providers.json"_s),
         Syntax::Json,
         {{{u"providers"_s, u"openai-compatible"_s}, filled(clineText, endpoint)},
          {{u"lastUsedProvider"_s}, "\"openai-compatible\""_ba},
          {{u"version"_s}, "1"_ba, ifAbsent}}}};
}

Files zed(const Machine &machine, const Endpoint &endpoint)
{
    const QString path = machine.platform == Platform::Windows
        ? machine.inAppData(u"Zed/settings.json"_s)
        : machine.platform == Platform::MacOs
        ? machine.inHome(u".config/zed/settings.json"_s)
        : machine.inFolder("XDG_CONFIG_HOME"_ba, u".config"_s, u"zed/settings.json"_s);
    return {
        {path,
         Syntax::Json,
         {{{u"language_models"_s, u"openai_compatible"_s, u"FreeRelay"_s},
           filled(zedText, endpoint)}}}};
}

Files aider(const Machine &machine, const Endpoint &endpoint)
{
    return {
        {machine.inHome(u".aider.conf.yml"_s),
         Syntax::Yaml,
         {{{u"openai-api-base"_s}, endpoint.root + "/v1"},
          {{u"openai-api-key"_s}, keyOf(endpoint)},
          {{u"model"_s}, "openai/freerelay-auto"_ba}}}};
}

Files qwenCode(const Machine &machine, const Endpoint &endpoint)
{
    const SettingPath auth{u"security"_s, u"auth"_s};
    return {
        {machine.inHome(u".qwen/settings.json"_s),
         Syntax::Json,
         {{{u"modelProviders"_s, u"openai"_s, u"[id=freerelay-auto]"_s},
           filled(qwenText, endpoint)},
          {{u"env"_s, u"FREERELAY_API_KEY"_s}, filled("\"{key}\"", endpoint)},
          {auth + SettingPath{u"selectedType"_s}, "\"openai\""_ba},
          {{u"model"_s, u"name"_s}, "\"freerelay-auto\""_ba}}}};
}

Files geminiCli(const Machine &machine, const Endpoint &endpoint)
{
    return {
        {machine.inHome(u".gemini/.env"_s),
         Syntax::Variables,
         {{{u"GOOGLE_GEMINI_BASE_URL"_s}, filled("\"{endpoint}\"", endpoint)},
          {{u"GEMINI_API_KEY"_s}, filled("\"{key}\"", endpoint)},
          {{u"GEMINI_MODEL"_s}, "\"freerelay-auto\""_ba}}},
        {machine.inHome(u".gemini/settings.json"_s),
         Syntax::Json,
         {{{u"security"_s, u"auth"_s, u"selectedType"_s}, "\"gemini-api-key\""_ba}}}};
}

Files goose(const Machine &machine, const Endpoint &endpoint)
{
    const auto path = [&machine](const QString &name) {
        return machine.platform == Platform::Windows
            ? machine.inAppData(u"Block/goose/config/"_s % name)
            : machine.inFolder("XDG_CONFIG_HOME"_ba, u".config"_s, u"goose/"_s % name);
    };
    const QByteArray provider = filled(gooseText, endpoint)
                                    .replace(
                                        "{needs_key}",
                                        endpoint.key.isEmpty() ? "false"_ba : "true"_ba);
    return {
        {path(u"custom_providers/freerelay.json"_s), Syntax::Json, {{{}, provider}}},
        {path(u"config.yaml"_s),
         Syntax::Yaml,
         {{{u"GOOSE_PROVIDER"_s}, "freerelay"_ba}, {{u"GOOSE_MODEL"_s}, "freerelay-auto"_ba}}}};
}

} // namespace freerelay::connect::recipes
