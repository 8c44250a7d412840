#include "printed_calls.h"

#include "core/dialects/json.h"
#include "core/dialects/json_writer.h"

#include <algorithm>
#include <array>
#include <optional>

namespace freerelay::dialects {

namespace {

constexpr QByteArrayView hermes = "<tool_call>";
constexpr QByteArrayView function = "<function=";
constexpr QByteArrayView python = "<|python_tag|>";
constexpr QByteArrayView mistral = "[TOOL_CALLS]";
constexpr std::array marks{hermes, function, python, mistral};

constexpr QByteArrayView fence = "```";
/// A fence with the name of a language.
constexpr qsizetype longestFence = 16;

/// Calls out of JSON or of Llama's form, as long as all are of known tools.
class CallReader
{
public:
    explicit CallReader(const QByteArrayList &tools)
        : m_tools(tools)
    { }

    /// @return false when it is no call, or calls another tool
    bool readJson(QByteArrayView text)
    {
        const QByteArray json = text.trimmed().toByteArray();
        const common::Result<JsonValue> root = parseJson(json);
        if (!root) {
            return false;
        }
        if (!root->isArray()) {
            return readObject(*root);
        }
        bool areCalls = !root->isEmptyContainer();
        for (const JsonValue &one : root->elements()) {
            areCalls = areCalls && readObject(one);
        }
        return areCalls;
    }

    /// @param text  what follows "<function=": NAME>{…} or NAME{…}
    bool readFunction(QByteArrayView text)
    {
        const qsizetype begin = text.indexOf('{');
        const qsizetype end = text.lastIndexOf('}');
        if (begin < 0 || end < begin) {
            return false;
        }
        QByteArray name = text.first(begin).trimmed().toByteArray();
        while (name.endsWith('>') || name.endsWith(',') || name.endsWith('(')) {
            name.chop(1);
        }
        return add(name, text.sliced(begin, end - begin + 1).toByteArray());
    }

    [[nodiscard]] std::vector<PrintedCall> take() { return std::move(m_calls); }

private:
    bool readObject(const JsonValue &call)
    {
        const JsonValue inner = call["function"];
        if (inner.isObject()) {
            return readMembers(inner);
        }
        return readMembers(call);
    }

    bool readMembers(const JsonValue &call)
    {
        QByteArray name;
        QByteArray arguments = "{}";
        for (const JsonMember &member : call.members()) {
            if (member.keyIs("name") || member.keyIs("function")) {
                name = member.value.string();
            } else if (member.keyIs("arguments") || member.keyIs("parameters")) {
                arguments = member.value.isString() ? member.value.string()
                                                    : member.value.text().toByteArray();
            } else if (!member.keyIs("id") && !member.keyIs("type")) {
                return false; // data that happens to have a name
            }
        }
        return add(name, arguments);
    }

    bool add(const QByteArray &name, const QByteArray &arguments)
    {
        const common::Result<JsonValue> json = parseJson(arguments);
        if (!m_tools.contains(name) || !json || !json->isObject()) {
            return false;
        }
        m_calls.push_back({name, arguments});
        return true;
    }

    const QByteArrayList &m_tools;
    std::vector<PrintedCall> m_calls;
};

/// Up to `end`, which is cut off as well; all of the text when it is missing: models forget it.
QByteArrayView takeUntil(QByteArrayView &text, QByteArrayView end)
{
    const qsizetype at = text.indexOf(end);
    const QByteArrayView inside = at < 0 ? text : text.first(at);
    text = at < 0 ? QByteArrayView() : text.sliced(at + end.size());
    return inside;
}

bool cut(QByteArrayView &text, QByteArrayView mark)
{
    if (!text.startsWith(mark)) {
        return false;
    }
    text = text.sliced(mark.size());
    return true;
}

/// What stands behind marks, to the end of the text.
bool readMarked(QByteArrayView text, CallReader &reader)
{
    for (text = text.trimmed(); !text.isEmpty(); text = text.trimmed()) {
        bool isCall = false;
        if (cut(text, hermes)) {
            isCall = reader.readJson(takeUntil(text, "</tool_call>"));
        } else if (cut(text, function)) {
            isCall = reader.readFunction(takeUntil(text, "</function>"));
        } else if (cut(text, python)) {
            isCall = reader.readJson(takeUntil(text, "<|eom_id|>"));
        } else if (cut(text, mistral)) {
            isCall = reader.readJson(takeUntil(text, "</s>"));
        }
        if (!isCall) {
            return false;
        }
    }
    return true;
}

/// Without a code fence around it.
QByteArrayView unfenced(QByteArrayView text)
{
    text = text.trimmed();
    const qsizetype line = text.indexOf('\n');
    if (text.startsWith(fence) && text.endsWith(fence) && line > 0
        && text.size() >= line + fence.size()) {
        text = text.sliced(line).chopped(fence.size());
    }
    return text;
}

/// How many bytes at the end of `text` may be the beginning of `mark`.
qsizetype overlap(QByteArrayView text, QByteArrayView mark)
{
    for (qsizetype size = std::min(text.size(), mark.size() - 1); size > 0; --size) {
        if (text.last(size) == mark.first(size)) {
            return size;
        }
    }
    return 0;
}

/// As much of the text as `most` bytes that are no white space.
QByteArray compact(QByteArrayView text, qsizetype most)
{
    QByteArray out;
    for (const char c : text) {
        if (out.size() == most) {
            break;
        }
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
            out.append(c);
        }
    }
    return out;
}

bool mayBegin(QByteArrayView text, const QByteArray &beginning)
{
    return beginning.startsWith(compact(text, beginning.size()));
}

} // namespace

PrintedCalls readPrintedCalls(QByteArrayView text, const QByteArrayList &tools)
{
    CallReader reader(tools);
    qsizetype begin = text.size();
    for (const QByteArrayView mark : marks) {
        const qsizetype at = text.indexOf(mark);
        begin = at < 0 ? begin : std::min(begin, at);
    }
    if (begin == text.size()) {
        return reader.readJson(unfenced(text)) ? PrintedCalls{{}, reader.take()} : PrintedCalls{};
    }
    if (!readMarked(text.sliced(begin), reader)) {
        return {};
    }
    return {text.first(begin).trimmed().toByteArray(), reader.take()};
}

bool beginsWithCallMark(QByteArrayView text)
{
    return std::any_of(
        marks.begin(), marks.end(), [text](QByteArrayView mark) { return text.startsWith(mark); });
}

qsizetype callMark(QByteArrayView text)
{
    qsizetype begin = text.size();
    for (const QByteArrayView mark : marks) {
        const qsizetype at = text.indexOf(mark);
        begin = std::min(begin, at < 0 ? text.size() - overlap(text, mark) : at);
    }
    return begin;
}

bool mayBeCall(QByteArrayView text, const QByteArrayList &tools)
{
    text = text.trimmed();
    if (fence.startsWith(text)) {
        return true; // nothing yet, or a part of a fence
    }
    if (!QByteArrayView("{[`").contains(text.front())) {
        return false;
    }
    if (text.startsWith(fence)) {
        const qsizetype line = text.indexOf('\n');
        if (line < 0) {
            return text.size() <= longestFence;
        }
        text = text.sliced(line).trimmed();
    }
    return std::any_of(tools.begin(), tools.end(), [text](const QByteArray &tool) {
        const QByteArray name = '"' + tool + '"';
        return mayBegin(text, "{\"name\":" + name) || mayBegin(text, "[{\"name\":" + name)
            || mayBegin(text, "{\"function\":" + name)
            || mayBegin(text, "{\"type\":\"function\",\"name\":" + name)
            || mayBegin(text, "{\"type\":\"function\",\"function\":{\"name\":" + name);
    });
}

QByteArray
toolCallsJson(const std::vector<PrintedCall> &calls, const QByteArray &idStem, CallForm form)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginArray();
    int index = 0;
    for (const PrintedCall &call : calls) {
        json.beginObject();
        if (form == CallForm::Delta) {
            json.key("index").integer(index);
        }
        json.member("id", QByteArray("call_" + idStem + '_' + QByteArray::number(index++)));
        json.member("type", "function").key("function").beginObject();
        json.member("name", call.name).member("arguments", call.arguments);
        json.endObject().endObject();
    }
    json.endArray();
    return out;
}

} // namespace freerelay::dialects
