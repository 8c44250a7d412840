#pragma once

#include "core/dialects/json_fields.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"

#include <QByteArray>
#include <QByteArrayList>

#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::dialects {

/// What a tool is to a client of the Responses API. To models each is a function.
enum class ToolKind : std::uint8_t {
    Function,
    Custom, ///< takes free text: a function with one string, `input`
    LocalShell, ///< one command as a vector
    Shell, ///< command lines
    ApplyPatch, ///< one operation on a file
};

/// A tool that models know under another name or in another form.
struct BridgedTool
{
    ToolKind kind = ToolKind::Function;
    QByteArray function; ///< the name that models know
    QByteArray name; ///< the client's
    QByteArray space; ///< the namespace that it belongs to; "" = none
};

/// The tools of one request, as functions.
class ToolBridge
{
public:
    /// Reads a `tools` array. Tools that are run by OpenAI (web_search, mcp, …) and kinds that are
    /// not known are named in `ignored`.
    /// @param path  of the array, for `ignored`
    void add(const JsonValue &tools, const QByteArray &path, QByteArrayList &ignored);

    /// Writes `tools` and `tool_choice` in OpenAI chat's form; nothing when there are no tools.
    /// What `choice` leaves out is not offered.
    void writeTo(JsonWriter &json, const JsonValue &choice, QByteArrayList &ignored) const;

    [[nodiscard]] bool isEmpty() const { return m_offered.empty(); }
    /// Those that are no plain functions.
    [[nodiscard]] const std::vector<BridgedTool> &bridged() const { return m_bridged; }

private:
    struct Offered
    {
        QByteArray function;
        QByteArray json;
    };

    void addOne(
        const JsonValue &tool,
        const QByteArray &space,
        const QByteArray &path,
        QByteArrayList &ignored);
    void offer(const BridgedTool &tool, const JsonValue &source);
    [[nodiscard]] std::vector<const Offered *> allowedBy(const JsonValue &choice) const;

    std::vector<Offered> m_offered;
    std::vector<BridgedTool> m_bridged;
};

/// The name that models know a tool of a namespace by: at most 64 characters, as OpenAI has it.
[[nodiscard]] QByteArray functionName(const QByteArray &space, const QByteArray &name);

/// The kind of a call ("function_call", "custom_tool_call", …) or of its output; nullopt = neither.
[[nodiscard]] std::optional<ToolKind> kindOfCall(const JsonValue &type);
[[nodiscard]] std::optional<ToolKind> kindOfOutput(const JsonValue &type);

/// The name that models know the tool of an earlier call by.
[[nodiscard]] QByteArray calledFunction(ToolKind kind, const JsonFields &item);
/// The arguments of an earlier call as its function takes them; JSON text.
[[nodiscard]] QByteArray calledArguments(ToolKind kind, const JsonFields &item);

/// What a model wrote for a custom tool: `input` of its arguments, or all of them when there is
/// none.
[[nodiscard]] QByteArray customInput(const QByteArray &arguments);

/// `action` or `operation` of a call, from a function's arguments. Of arguments that cannot be read
/// the empty one.
void writeCallMembers(JsonWriter &json, ToolKind kind, const QByteArray &arguments);

} // namespace freerelay::dialects
