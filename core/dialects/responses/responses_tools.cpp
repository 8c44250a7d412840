#include "responses_tools.h"

#include "core/dialects/canonical/chat_request_parts.h"
#include "core/dialects/json.h"

#include <QCryptographicHash>

#include <algorithm>
#include <array>
#include <optional>

namespace freerelay::dialects {

namespace {

constexpr qsizetype longestName = 64; // openai-openapi 2.3.0, FunctionObject
constexpr qsizetype keptOfName = 55;
constexpr qsizetype hashDigits = 8;

/// The words of one kind (openai-openapi 2.3.0).
struct KindWords
{
    ToolKind kind;
    QByteArrayView tool;
    QByteArrayView call;
    QByteArrayView output;
};

constexpr std::array<KindWords, 5> words{{
    {ToolKind::Function, "function", "function_call", "function_call_output"},
    {ToolKind::Custom, "custom", "custom_tool_call", "custom_tool_call_output"},
    {ToolKind::LocalShell, "local_shell", "local_shell_call", "local_shell_call_output"},
    {ToolKind::Shell, "shell", "shell_call", "shell_call_output"},
    {ToolKind::ApplyPatch, "apply_patch", "apply_patch_call", "apply_patch_call_output"},
}};

// What models are told of tools that they know under OpenAI only.
constexpr QByteArrayView localShell
    = R"("description":"Runs one command on the user's computer.","parameters":{"type":"object","properties":{)"
      R"("command":{"type":"array","items":{"type":"string"},"description":"The program and its arguments."},)"
      R"("working_directory":{"type":"string"},"timeout_ms":{"type":"integer"}},"required":["command"]})";
constexpr QByteArrayView shell
    = R"("description":"Runs command lines in a shell on the user's computer.","parameters":{"type":"object","properties":{)"
      R"("commands":{"type":"array","items":{"type":"string"}},"timeout_ms":{"type":"integer"},)"
      R"("max_output_length":{"type":"integer"}},"required":["commands"]})";
constexpr QByteArrayView applyPatch
    = R"("description":"Creates, changes or deletes one file.","parameters":{"type":"object","properties":{)"
      R"("type":{"type":"string","enum":["create_file","update_file","delete_file"]},"path":{"type":"string"},)"
      R"("diff":{"type":"string","description":"V4A diff: a line @@ before each change; lines begin with a space, + or -. Not for delete_file."}},)"
      R"("required":["type","path"]})";

bool isPlain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
        || c == '-';
}

std::optional<ToolKind> kindOf(const JsonValue &type, QByteArrayView KindWords::*word)
{
    const auto *const found = std::find_if(
        words.begin(), words.end(), [&](const KindWords &one) { return type.equals(one.*word); });
    return found != words.end() ? std::optional(found->kind) : std::nullopt;
}

QByteArrayView toolWord(ToolKind kind)
{
    return words[static_cast<std::size_t>(kind)].tool;
}

/// What a custom tool says of itself, with the grammar of its input.
QByteArray customDescription(const JsonValue &tool)
{
    QByteArray text = tool["description"].string();
    const JsonValue format = tool["format"];
    if (format["type"].equals("grammar")) {
        text += "\n\n`input` must match this " + format["syntax"].string() + " grammar:\n"
            + format["definition"].string();
    }
    return text;
}

/// The members of a function's definition behind its name.
void writeDefinition(JsonWriter &json, ToolKind kind, const JsonValue &tool)
{
    if (kind == ToolKind::Custom) {
        json.member("description", customDescription(tool));
        json.rawMember(
            "parameters",
            R"({"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false})");
        return;
    }
    for (const char *name : {"description", "parameters", "strict"}) {
        const JsonValue value = tool[name];
        if (!value.isAbsent()) {
            json.rawMember(name, value.text());
        }
    }
}

QByteArrayView ownDefinition(ToolKind kind)
{
    switch (kind) {
    case ToolKind::LocalShell:
        return localShell;
    case ToolKind::Shell:
        return shell;
    case ToolKind::ApplyPatch:
        return applyPatch;
    case ToolKind::Function:
    case ToolKind::Custom:
        break;
    }
    return {};
}

/// A shell that OpenAI would run is none of the client's.
bool isHosted(ToolKind kind, const JsonValue &tool)
{
    const JsonValue environment = tool["environment"];
    return kind == ToolKind::Shell && environment.isObject()
        && !environment["type"].equals("local");
}

/// The tool that an object of `tool_choice` names; "" = none of ours.
QByteArray chosenFunction(const JsonValue &choice)
{
    const auto kind = kindOf(choice["type"], &KindWords::tool);
    if (!kind) {
        return {};
    }
    return ownDefinition(*kind).isEmpty()
        ? functionName(choice["namespace"].string(), choice["name"].string())
        : toolWord(*kind).toByteArray();
}

void writeLocalShellAction(JsonWriter &json, const JsonValue &arguments)
{
    const JsonValue command = arguments["command"];
    json.key("action").beginObject().word("type", "exec").key("command");
    if (command.isString()) {
        json.beginArray().string("bash").string("-lc").raw(command.text()).endArray();
    } else {
        json.raw(command.isArray() ? command.text() : "[]");
    }
    json.rawMember("env", "{}");
    for (const char *name : {"timeout_ms", "working_directory"}) {
        const JsonValue value = arguments[name];
        json.rawMember(name, value.isNumber() || value.isString() ? value.text() : "null");
    }
    json.endObject();
}

void writeShellAction(JsonWriter &json, const JsonValue &arguments)
{
    const JsonValue commands = arguments["commands"];
    json.key("action").beginObject();
    json.rawMember("commands", commands.isArray() ? commands.text() : "[]");
    for (const char *name : {"timeout_ms", "max_output_length"}) {
        const JsonValue value = arguments[name];
        json.rawMember(name, value.integer() ? value.text() : "null");
    }
    json.endObject().key("environment").null();
}

void writeOperation(JsonWriter &json, const JsonValue &arguments)
{
    const JsonValue type = arguments["type"];
    const bool deletes = type.equals("delete_file");
    json.key("operation").beginObject();
    json.member(
        "type",
        deletes ? "delete_file" : (type.equals("create_file") ? "create_file" : "update_file"));
    json.member("path", arguments["path"].string());
    if (!deletes) {
        json.member("diff", arguments["diff"].string());
    }
    json.endObject();
}

} // namespace

void ToolBridge::add(const JsonValue &tools, const QByteArray &path, QByteArrayList &ignored)
{
    int index = 0;
    for (const JsonValue &tool : tools.elements()) {
        const QByteArray place = indexed(path, index++);
        if (!tool["type"].equals("namespace")) {
            addOne(tool, {}, place, ignored);
            continue;
        }
        int inner = 0;
        for (const JsonValue &one : tool["tools"].elements()) {
            addOne(one, tool["name"].string(), indexed(place + ".tools", inner++), ignored);
        }
    }
}

void ToolBridge::addOne(
    const JsonValue &tool, const QByteArray &space, const QByteArray &path, QByteArrayList &ignored)
{
    const JsonValue type = tool["type"];
    const auto kind = kindOf(type, &KindWords::tool);
    const bool isOwn = kind && !ownDefinition(*kind).isEmpty();
    if (!kind || isHosted(*kind, tool) || (!isOwn && !tool["name"].isString())) {
        addIgnored(ignored, path + ' ' + type.string());
        return;
    }
    const QByteArray name = isOwn ? toolWord(*kind).toByteArray() : tool["name"].string();
    offer({*kind, functionName(space, name), name, space}, tool);
}

void ToolBridge::offer(const BridgedTool &tool, const JsonValue &source)
{
    const bool isThere = std::any_of(
        m_offered.begin(), m_offered.end(), [&tool](const Offered &one) {
            return one.function == tool.function;
        });
    if (isThere) {
        return; // sent twice: providers refuse two functions of one name
    }
    Offered offered{tool.function, {}};
    JsonWriter json(offered.json);
    json.beginObject().word("type", "function").key("function").beginObject();
    json.member("name", tool.function);
    if (const QByteArrayView own = ownDefinition(tool.kind); !own.isEmpty()) {
        offered.json += ',' + own.toByteArray() + "}}";
    } else {
        writeDefinition(json, tool.kind, source);
        json.endObject().endObject();
    }
    m_offered.push_back(std::move(offered));
    if (tool.kind != ToolKind::Function || tool.function != tool.name) {
        m_bridged.push_back(tool);
    }
}

std::vector<const ToolBridge::Offered *> ToolBridge::allowedBy(const JsonValue &choice) const
{
    std::vector<const Offered *> allowed;
    const bool isLimited = choice["type"].equals("allowed_tools");
    for (const Offered &one : m_offered) {
        bool isAllowed = !isLimited;
        for (const JsonValue &tool : choice["tools"].elements()) {
            isAllowed = isAllowed || chosenFunction(tool) == one.function;
        }
        if (isAllowed) {
            allowed.push_back(&one);
        }
    }
    return allowed;
}

void ToolBridge::writeTo(JsonWriter &json, const JsonValue &choice, QByteArrayList &ignored) const
{
    const std::vector<const Offered *> allowed = allowedBy(choice);
    if (allowed.empty()) {
        return;
    }
    json.key("tools").beginArray();
    for (const Offered *one : allowed) {
        json.raw(one->json);
    }
    json.endArray();
    if (choice.isString()) {
        json.rawMember("tool_choice", choice.text());
    } else if (choice["type"].equals("allowed_tools")) {
        json.member("tool_choice", choice["mode"].equals("required") ? "required" : "auto");
    } else if (choice.isObject()) {
        const QByteArray name = chosenFunction(choice);
        if (name.isEmpty()) {
            addIgnored(ignored, "tool_choice " + choice["type"].string());
            return;
        }
        json.key("tool_choice").beginObject().word("type", "function").key("function");
        json.beginObject().member("name", name).endObject().endObject();
    }
}

QByteArray functionName(const QByteArray &space, const QByteArray &name)
{
    if (space.isEmpty()) {
        return name;
    }
    QByteArray whole = space + (space.endsWith("__") ? "" : "__") + name;
    std::replace_if(
        whole.begin(), whole.end(), [](char c) { return !isPlain(c); }, '_');
    if (whole.size() <= longestName) {
        return whole;
    }
    const QByteArray hash = QCryptographicHash::hash(whole, QCryptographicHash::Sha256).toHex();
    return whole.left(keptOfName) + '_' + hash.left(hashDigits);
}

std::optional<ToolKind> kindOfCall(const JsonValue &type)
{
    return kindOf(type, &KindWords::call);
}

std::optional<ToolKind> kindOfOutput(const JsonValue &type)
{
    return kindOf(type, &KindWords::output);
}

QByteArray calledFunction(ToolKind kind, const JsonFields &item)
{
    return ownDefinition(kind).isEmpty()
        ? functionName(item["namespace"].string(), item["name"].string())
        : toolWord(kind).toByteArray();
}

QByteArray calledArguments(ToolKind kind, const JsonFields &item)
{
    QByteArray out;
    switch (kind) {
    case ToolKind::Function:
        return item["arguments"].string();
    case ToolKind::Custom:
        JsonWriter(out).beginObject().member("input", item["input"].string()).endObject();
        return out;
    case ToolKind::LocalShell:
    case ToolKind::Shell:
        out = item["action"].text().toByteArray();
        break;
    case ToolKind::ApplyPatch:
        out = item["operation"].text().toByteArray();
        break;
    }
    return out.startsWith('{') ? out : QByteArray("{}");
}

QByteArray customInput(const QByteArray &arguments)
{
    const auto root = parseJson(QByteArrayView(arguments));
    const JsonValue input = root ? (*root)["input"] : JsonValue();
    return input.isString() ? input.string() : arguments;
}

void writeCallMembers(JsonWriter &json, ToolKind kind, const QByteArray &arguments)
{
    const auto root = parseJson(QByteArrayView(arguments));
    const JsonValue said = root ? *root : JsonValue();
    if (kind == ToolKind::LocalShell) {
        writeLocalShellAction(json, said);
    } else if (kind == ToolKind::Shell) {
        writeShellAction(json, said);
    } else if (kind == ToolKind::ApplyPatch) {
        writeOperation(json, said);
    }
}

} // namespace freerelay::dialects
