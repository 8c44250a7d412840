#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>

#include <cstdint>
#include <vector>

namespace freerelay::dialects {

/// Tool calls that a model printed as text instead of making them. Weak models do; the forms are
/// those of their chat templates (Hermes and Qwen, Llama 3.x, Mistral; November 2026).

struct PrintedCall
{
    QByteArray name;
    QByteArray arguments; ///< a JSON object
};

struct PrintedCalls
{
    QByteArray before; ///< the text in front of them
    std::vector<PrintedCall> calls;
};

/// The calls at the end of a text: behind `<tool_call>`, `<function=NAME>`, `<|python_tag|>` or
/// `[TOOL_CALLS]`, or one JSON value (also in a code fence) that is all of it. Pure.
/// @param tools  the names that may be called: with any other it is text
/// @return no calls when there is anything that is none, or follows them
[[nodiscard]] PrintedCalls readPrintedCalls(QByteArrayView text, const QByteArrayList &tools);

/// Where a mark of calls begins, or a piece at the end that may become one; text.size() = nowhere.
[[nodiscard]] qsizetype callMark(QByteArrayView text);

[[nodiscard]] bool beginsWithCallMark(QByteArrayView text);

/// Whether a text that begins like this may be a JSON value that calls one of `tools`.
[[nodiscard]] bool mayBeCall(QByteArrayView text, const QByteArrayList &tools);

/// A list of OpenAI chat's `tool_calls`, as messages have it or, numbered from 0, as deltas do.
enum class CallForm : std::uint8_t { Message, Delta };
/// @param idStem  basis of their ids
[[nodiscard]] QByteArray
toolCallsJson(const std::vector<PrintedCall> &calls, const QByteArray &idStem, CallForm form);

} // namespace freerelay::dialects
