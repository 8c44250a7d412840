#pragma once

#include "core/dialects/text/printed_calls.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>

#include <cstdint>
#include <vector>

namespace freerelay::dialects {

/// What a piece of a model's text turned out to be.
struct SaidPiece
{
    QByteArray thinking;
    QByteArray text;

    [[nodiscard]] bool isEmpty() const { return thinking.isEmpty() && text.isEmpty(); }
};

/// Sorts the text of one choice, which comes in any pieces: thoughts between `<think>` and
/// `</think>` at its beginning, tool calls that were printed (see printed_calls.h), text.
///
/// Whatever may still become one of these is held back, up to maxHeld. One thread.
class SaidText
{
public:
    /// A text that looks like a call for longer than this is told as text. (Ours.)
    static constexpr qsizetype maxHeld = 64 * 1024;

    /// @param tools  the names that may be called; none: calls are text
    explicit SaidText(QByteArrayList tools)
        : m_tools(std::move(tools))
    { }

    /// Nothing is looked for any more: what follows is text.
    [[nodiscard]] bool isPlain() const { return m_state == State::Plain; }
    [[nodiscard]] SaidPiece take(QByteArrayView piece);
    /// The text is over. What was held back; calls() are known now.
    [[nodiscard]] SaidPiece end();
    [[nodiscard]] const std::vector<PrintedCall> &calls() const { return m_calls; }

    /// The model has made a call: no other is looked for.
    void expectNoCalls() { m_tools.clear(); }

private:
    enum class State : std::uint8_t {
        Beginning, ///< white space so far, or a part of `<think>`
        Thinking,
        Thought, ///< white space behind `</think>`
        Undecided, ///< all of it may be a call
        Text, ///< a mark of calls may come
        Call, ///< behind a mark
        Plain,
    };

    void sort(SaidPiece &piece);
    [[nodiscard]] bool step(SaidPiece &piece);
    [[nodiscard]] bool begin();
    [[nodiscard]] bool think(SaidPiece &piece);
    [[nodiscard]] bool decide();
    void findMark(SaidPiece &piece);

    QByteArrayList m_tools;
    QByteArray m_held;
    std::vector<PrintedCall> m_calls;
    State m_state = State::Beginning;
};

} // namespace freerelay::dialects
