#include "connector.h"

#include "core/connect/launches.h"
#include "core/connect/recipes.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect {

namespace {

using Recipe = decltype(Connector::recipe);
using Variables = decltype(Connector::environment);
using Arguments = decltype(Connector::arguments);

const auto shellAdvice
    = u"Put these lines where the tool is started, not into a profile that FreeRelay itself is "
      "started with: it would take itself for a provider.\n"
      "export OPENAI_BASE_URL=\"{endpoint}/v1\"\n"
      "export OPENAI_API_BASE=\"{endpoint}/v1\"\n"
      "export OPENAI_API_KEY=\"{key}\"\n"
      "For one run: freerelay launch PROGRAM\n"
      "When FreeRelay asks for keys, the key is what “freerelay apps add NAME” prints."_s;
const auto webUiAdvice
    = u"Admin Settings > Connections > OpenAI API: URL {endpoint}/v1, key {key}; when FreeRelay "
      "asks for keys, what “freerelay apps add \"Open WebUI\"” prints. From Docker the host is "
      "host.docker.internal, and FreeRelay must listen there (docs/integrations.md)."_s;
const auto sdkAdvice
    = u"Python: ChatOpenAI(base_url=\"{endpoint}/v1\", api_key=\"{key}\", "
      "model=\"freerelay-auto\")\n"
      "Node: new OpenAI({ baseURL: \"{endpoint}/v1\", apiKey: \"{key}\" })\n"
      "When FreeRelay asks for keys, the key is what “freerelay apps add NAME” prints."_s;
const auto cursorAdvice
    = u"Cursor sends requests from its own servers, which cannot reach this computer: an address "
      "like {endpoint} does not work there. It would need a public https address."_s;
const auto zedAdvice
    = u"Zed has no place for a key in its settings: it asks for it in its panel and keeps it in "
      "the keychain. Enter {key}, or, for a key of its own and when FreeRelay asks for keys, what "
      "“freerelay apps add Zed” prints; “freerelay launch zed” starts it with one."_s;
const auto gooseAdvice
    = u"Goose has no place for a key in its settings. When FreeRelay asks for keys, start it with "
      "“freerelay launch goose”, which gives it one."_s;

/// A tool whose files are edited.
Connector edited(
    const QString &id,
    const QString &name,
    const QString &program,
    const QString &folder,
    const Recipe &recipe,
    Dialect dialect = Dialect::Chat)
{
    return {id, name, {program}, folder, dialect, recipe, {}, true, {}, {}};
}

/// A tool that keeps its settings where no program should write.
Connector byHand(const QString &id, const QString &name, const QString &advice)
{
    return {id, name, {}, {}, Dialect::Chat, {}, advice, true, {}, {}};
}

Connector launched(Connector connector, Variables variables, Arguments arguments = {})
{
    connector.environment = std::move(variables);
    connector.arguments = std::move(arguments);
    return connector;
}

std::vector<Connector> editedTools()
{
    using namespace recipes;
    Connector zedEditor = edited(u"zed"_s, u"Zed"_s, u"zed"_s, u".config/zed"_s, zed);
    zedEditor.programs << u"zeditor"_s; // as some distributions call it
    zedEditor.advice = zedAdvice;
    Connector gooseAgent = edited(
        u"goose"_s, u"Goose"_s, u"goose"_s, u".config/goose"_s, recipes::goose);
    gooseAgent.advice = gooseAdvice;
    return {
        launched(
            edited(
                u"claude"_s,
                u"Claude Code"_s,
                u"claude"_s,
                u".claude"_s,
                claudeCode,
                Dialect::Messages),
            launches::claudeCode),
        launched(
            edited(u"codex"_s, u"Codex"_s, u"codex"_s, u".codex"_s, codex, Dialect::Responses),
            launches::codex,
            launches::codexArguments),
        launched(
            edited(u"opencode"_s, u"OpenCode"_s, u"opencode"_s, u".config/opencode"_s, openCode),
            launches::openCode),
        edited(u"openclaw"_s, u"OpenClaw"_s, u"openclaw"_s, u".openclaw"_s, openClaw),
        edited(u"continue"_s, u"Continue"_s, u"cn"_s, u".continue"_s, continueDev),
        edited(u"cline"_s, u"Cline"_s, u"cline"_s, u".cline"_s, cline),
        launched(zedEditor, launches::zed),
        launched(edited(u"aider"_s, u"aider"_s, u"aider"_s, u".aider"_s, aider), launches::aider),
        launched(
            edited(u"qwen"_s, u"Qwen Code"_s, u"qwen"_s, u".qwen"_s, qwenCode), launches::qwenCode),
        launched(
            edited(
                u"gemini"_s,
                u"Gemini CLI"_s,
                u"gemini"_s,
                u".gemini"_s,
                geminiCli,
                Dialect::Gemini),
            launches::geminiCli),
        launched(gooseAgent, launches::goose),
    };
}

std::vector<Connector> table()
{
    std::vector<Connector> all = editedTools();
    all.push_back(byHand(u"open-webui"_s, u"Open WebUI"_s, webUiAdvice));
    all.push_back(byHand(u"langchain"_s, u"LangChain and SDKs"_s, sdkAdvice));
    all.push_back(
        launched(byHand(u"shell"_s, u"Shell environment"_s, shellAdvice), launches::openAi));
    Connector cursor = byHand(u"cursor"_s, u"Cursor"_s, cursorAdvice);
    cursor.reachesLocalhost = false;
    all.push_back(std::move(cursor));
    return all;
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

bool holdsKey(const Connector &connector, const Machine &machine)
{
    const Endpoint marked{"http://127.0.0.1"_ba, "the-key-of-the-tool"_ba, true};
    const std::vector<FileRecipe> files = connector.recipe ? connector.recipe(machine, marked)
                                                           : std::vector<FileRecipe>();
    return std::any_of(files.begin(), files.end(), [&marked](const FileRecipe &file) {
        return std::any_of(file.edits.begin(), file.edits.end(), [&marked](const Edit &edit) {
            return edit.value.contains(marked.key);
        });
    });
}

QString adviceOf(const Connector &connector, const Endpoint &endpoint)
{
    return QString(connector.advice)
        .replace(u"{endpoint}"_s, QString::fromUtf8(endpoint.root))
        .replace(u"{key}"_s, endpoint.key.isEmpty() ? u"freerelay"_s : u"$FREERELAY_API_KEY"_s);
}

QByteArray keyOf(const Endpoint &endpoint)
{
    return endpoint.key.isEmpty() ? "freerelay"_ba : endpoint.key;
}

QByteArray filled(QByteArray text, const Endpoint &endpoint)
{
    QByteArray key = keyOf(endpoint);
    key.replace('\\', "\\\\").replace('"', "\\\"");
    return text.replace("{endpoint}", endpoint.root).replace("{key}", key);
}

} // namespace freerelay::connect
