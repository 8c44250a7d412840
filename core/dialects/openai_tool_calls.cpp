#include "openai_tool_calls.h"

#include "core/dialects/json_text.h"

namespace freerelay::dialects {

namespace {

/// Bound on what one reply may make us remember; OpenAI allows 128 tools.
constexpr std::size_t maxCalls = 1'024;

/// Removes the member when it is there.
void drop(JsonObjectEdit &edit, QByteArrayView key)
{
    const qsizetype index = edit.find(key);
    if (index >= 0) {
        edit.remove(index);
    }
}

} // namespace

struct OpenAiToolCalls::Fragment
{
    explicit Fragment(JsonValue call)
        : function(call["function"])
        , index(call["index"].integer().value_or(-1))
        , id(call["id"].string())
        , name(function["name"].string())
    { }

    JsonValue function;
    std::int64_t index;
    QByteArray id;
    QByteArray name;
};

bool OpenAiToolCalls::startsAnother(const Fragment &fragment, const Call &call)
{
    if (!fragment.id.isEmpty() && !call.id.isEmpty()) {
        return fragment.id != call.id;
    }
    // An id or a name where the call already has a name begins the next one.
    return !fragment.name.isEmpty() && !call.name.isEmpty()
        && (fragment.name != call.name || (!fragment.id.isEmpty() && call.id.isEmpty()));
}

int OpenAiToolCalls::callOf(const Fragment &fragment) const
{
    const int last = int(m_calls.size()) - 1;
    if (fragment.index < 0) {
        for (int i = last; i >= 0 && !fragment.id.isEmpty(); --i) {
            if (m_calls[std::size_t(i)].id == fragment.id) {
                return i;
            }
        }
        return last >= 0 && !startsAnother(fragment, m_calls.back()) ? last : -1;
    }
    for (int i = last; i >= 0; --i) {
        const Call &call = m_calls[std::size_t(i)];
        if (call.index != fragment.index) {
            continue;
        }
        if (!startsAnother(fragment, call)) {
            return i;
        }
        if (fragment.id.isEmpty()) {
            break; // an older call of that index is over
        }
    }
    return -1;
}

bool OpenAiToolCalls::rewrite(JsonValue calls, Splicer &splicer)
{
    for (const JsonValue value : calls.elements()) {
        if (!value.isObject()) {
            continue;
        }
        const Fragment fragment(value);
        int number = callOf(fragment);
        JsonObjectEdit edit(value);
        JsonObjectEdit function(fragment.function);
        if (number < 0) {
            number = int(m_calls.size());
            if (m_calls.size() == maxCalls) {
                return false;
            }
            rewriteFirst(fragment, edit, function);
        } else {
            rewriteLater(fragment, number, edit, function);
        }
        if (fragment.index != number) {
            edit.set("index", QByteArray::number(number));
        }
        const qsizetype arguments = function.find("arguments");
        if (arguments >= 0 && !function.at(arguments).value.isString()) {
            const JsonValue given = function.at(arguments).value;
            function.replaceValue(
                arguments, given.isNull() ? "\"\"" : jsonString(given.text().toByteArray()));
        }
        function.commit(splicer);
        edit.commit(splicer);
    }
    return true;
}

void OpenAiToolCalls::rewriteFirst(
    const Fragment &fragment, JsonObjectEdit &edit, JsonObjectEdit &function)
{
    if (fragment.id.isEmpty()) {
        edit.set("id", jsonString("call_" + m_idStem + '_' + QByteArray::number(m_calls.size())));
    }
    const JsonValue type = edit.value("type");
    if (type.isAbsent() || type.rawString().isEmpty()) {
        edit.set("type", "\"function\"");
    }
    if (fragment.function.isObject() && function.find("arguments") < 0) {
        function.append("arguments", "\"\""); // accumulators add to it
    }
    m_calls.push_back({fragment.index, fragment.id, fragment.name});
}

void OpenAiToolCalls::rewriteLater(
    const Fragment &fragment, int number, JsonObjectEdit &edit, JsonObjectEdit &function)
{
    // Official clients concatenate repeated strings: "call_1call_1".
    Call &call = m_calls[std::size_t(number)];
    drop(edit, "id");
    const JsonValue type = edit.value("type");
    if (!type.isMissing() && type.rawString().isEmpty()) {
        drop(edit, "type");
    }
    if (fragment.name.isEmpty() || fragment.name == call.name) {
        drop(function, "name");
    } else {
        call.name += fragment.name;
    }
}

} // namespace freerelay::dialects
