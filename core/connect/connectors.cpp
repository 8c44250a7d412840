#include "connector.h"

#include "core/connect/json_scanner.h"
#include "core/connect/recipes.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect {

namespace {

QByteArray keyOf(const Endpoint &endpoint)
{
    return endpoint.key.isEmpty() ? "freerelay"_ba : endpoint.key;
}

/// What most tools of OpenAI's dialect read.
QByteArrayList openAiEnvironment(const Endpoint &endpoint)
{
    return {
        "OPENAI_BASE_URL=" + endpoint.root + "/v1",
        "OPENAI_API_BASE=" + endpoint.root + "/v1",
        "OPENAI_API_KEY=" + keyOf(endpoint),
        "FREERELAY_API_KEY=" + keyOf(endpoint)};
}

QByteArrayList claudeEnvironment(const Endpoint &endpoint)
{
    return {
        "ANTHROPIC_BASE_URL=" + endpoint.root,
        "ANTHROPIC_AUTH_TOKEN=" + keyOf(endpoint),
        "ANTHROPIC_MODEL=freerelay-auto",
        "ANTHROPIC_DEFAULT_OPUS_MODEL=freerelay-auto",
        "ANTHROPIC_DEFAULT_SONNET_MODEL=freerelay-auto",
        "ANTHROPIC_DEFAULT_HAIKU_MODEL=freerelay-auto",
        "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY=1"};
}

QByteArrayList openCodeEnvironment(const Endpoint &endpoint)
{
    return {
        "OPENCODE_CONFIG_CONTENT="
        + strictJson(
            R"({"model": "freerelay/auto", "provider": {"freerelay": )"
            + recipes::openCodeProvider(endpoint) + "}}")};
}

QByteArrayList codexEnvironment(const Endpoint &endpoint)
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

QByteArrayList aiderEnvironment(const Endpoint &endpoint)
{
    return openAiEnvironment(endpoint) + QByteArrayList{"AIDER_MODEL=openai/freerelay-auto"_ba};
}

QByteArrayList qwenEnvironment(const Endpoint &endpoint)
{
    return openAiEnvironment(endpoint) + QByteArrayList{"OPENAI_MODEL=freerelay-auto"_ba};
}

QByteArrayList geminiEnvironment(const Endpoint &endpoint)
{
    return {
        "GOOGLE_GEMINI_BASE_URL=" + endpoint.root,
        "GEMINI_API_KEY=" + keyOf(endpoint),
        "GEMINI_MODEL=freerelay-auto"};
}

QByteArrayList gooseEnvironment(const Endpoint &endpoint)
{
    return {
        "GOOSE_PROVIDER=openai"_ba,
        "GOOSE_MODEL=freerelay-auto"_ba,
        "OPENAI_HOST=" + endpoint.root,
        "OPENAI_API_KEY=" + keyOf(endpoint)};
}

const auto shellAdvice
    = u"Put these lines where the tool is started, not into a profile that FreeRelay itself is "
      "started with: it would take itself for a provider.\n"
      "export OPENAI_BASE_URL=\"{endpoint}/v1\"\n"
      "export OPENAI_API_BASE=\"{endpoint}/v1\"\n"
      "export OPENAI_API_KEY=\"{key}\"\n"
      "For one run: freerelay launch PROGRAM"_s;
const auto webUiAdvice
    = u"Admin Settings > Connections > OpenAI API: URL {endpoint}/v1, key {key}. From Docker the "
      "host is host.docker.internal, and FreeRelay must listen there (docs/integrations.md)."_s;
const auto sdkAdvice = u"Python: ChatOpenAI(base_url=\"{endpoint}/v1\", api_key=\"{key}\", "
                       "model=\"freerelay-auto\")\n"
                       "Node: new OpenAI({ baseURL: \"{endpoint}/v1\", apiKey: \"{key}\" })"_s;
const auto cursorAdvice
    = u"Cursor sends requests from its own servers, which cannot reach this computer: an address "
      "like {endpoint} does not work there. It would need a public https address."_s;
const auto zedAdvice = u"Zed asks for the key in its panel; enter {key}."_s;

std::vector<Connector> table()
{
    const auto chat = Dialect::Chat;
    return {
        {u"claude"_s,
         u"Claude Code"_s,
         {u"claude"_s},
         u".claude"_s,
         Dialect::Messages,
         recipes::claudeCode,
         {},
         true,
         claudeEnvironment,
         {}},
        {u"codex"_s,
         u"Codex"_s,
         {u"codex"_s},
         u".codex"_s,
         Dialect::Responses,
         recipes::codex,
         {},
         true,
         codexEnvironment,
         codexArguments},
        {u"opencode"_s,
         u"OpenCode"_s,
         {u"opencode"_s},
         u".config/opencode"_s,
         chat,
         recipes::openCode,
         {},
         true,
         openCodeEnvironment,
         {}},
        {u"openclaw"_s,
         u"OpenClaw"_s,
         {u"openclaw"_s},
         u".openclaw"_s,
         chat,
         recipes::openClaw,
         {},
         true,
         {},
         {}},
        {u"continue"_s,
         u"Continue"_s,
         {u"cn"_s},
         u".continue"_s,
         chat,
         recipes::continueDev,
         {},
         true,
         {},
         {}},
        {u"cline"_s, u"Cline"_s, {u"cline"_s}, u".cline"_s, chat, recipes::cline, {}, true, {}, {}},
        {u"zed"_s,
         u"Zed"_s,
         {u"zed"_s, u"zeditor"_s},
         u".config/zed"_s,
         chat,
         recipes::zed,
         zedAdvice,
         true,
         {},
         {}},
        {u"aider"_s,
         u"aider"_s,
         {u"aider"_s},
         u".aider"_s,
         chat,
         recipes::aider,
         {},
         true,
         aiderEnvironment,
         {}},
        {u"qwen"_s,
         u"Qwen Code"_s,
         {u"qwen"_s},
         u".qwen"_s,
         chat,
         recipes::qwenCode,
         {},
         true,
         qwenEnvironment,
         {}},
        {u"gemini"_s,
         u"Gemini CLI"_s,
         {u"gemini"_s},
         u".gemini"_s,
         Dialect::Gemini,
         recipes::geminiCli,
         {},
         true,
         geminiEnvironment,
         {}},
        {u"goose"_s,
         u"Goose"_s,
         {u"goose"_s},
         u".config/goose"_s,
         chat,
         recipes::goose,
         {},
         true,
         gooseEnvironment,
         {}},
        {u"open-webui"_s,
         u"Open WebUI"_s,
         {u"open-webui"_s},
         {},
         chat,
         {},
         webUiAdvice,
         true,
         {},
         {}},
        {u"langchain"_s, u"LangChain and SDKs"_s, {}, {}, chat, {}, sdkAdvice, true, {}, {}},
        {u"shell"_s,
         u"Shell environment"_s,
         {},
         {},
         chat,
         {},
         shellAdvice,
         true,
         openAiEnvironment,
         {}},
        {u"cursor"_s,
         u"Cursor"_s,
         {u"cursor"_s},
         u".cursor"_s,
         chat,
         {},
         cursorAdvice,
         false,
         {},
         {}},
    };
}

} // namespace

const std::vector<Connector> &connectors()
{
    static const std::vector<Connector> all = table();
    return all;
}

const Connector *findConnector(const QString &id)
{
    const auto &all = connectors();
    const auto found = std::find_if(
        all.begin(), all.end(), [&id](const Connector &one) { return one.id == id; });
    return found == all.end() ? nullptr : &*found;
}

QString adviceOf(const Connector &connector, const Endpoint &endpoint)
{
    return QString(connector.advice)
        .replace(u"{endpoint}"_s, QString::fromUtf8(endpoint.root))
        .replace(u"{key}"_s, endpoint.key.isEmpty() ? u"freerelay"_s : u"$FREERELAY_API_KEY"_s);
}

QByteArray filled(QByteArray text, const Endpoint &endpoint)
{
    QByteArray key = keyOf(endpoint);
    key.replace('\\', "\\\\").replace('"', "\\\"");
    return text.replace("{endpoint}", endpoint.root).replace("{key}", key);
}

} // namespace freerelay::connect
