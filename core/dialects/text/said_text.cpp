#include "said_text.h"

#include <algorithm>

namespace freerelay::dialects {

namespace {

constexpr QByteArrayView opening = "<think>";
constexpr QByteArrayView closing = "</think>";

QByteArrayView withoutIndent(QByteArrayView text)
{
    while (!text.isEmpty() && QByteArrayView(" \t\r\n").contains(text.front())) {
        text = text.sliced(1);
    }
    return text;
}

} // namespace

SaidPiece SaidText::take(QByteArrayView piece)
{
    SaidPiece sorted;
    m_held.append(piece);
    sort(sorted);
    return sorted;
}

void SaidText::sort(SaidPiece &piece)
{
    while (step(piece)) { }
    if (m_held.size() > maxHeld) {
        m_state = State::Plain;
    }
    if (m_state == State::Plain) {
        piece.text.append(std::exchange(m_held, {}));
    }
}

/// @return true when the rest of what is held is to be looked at in another state
bool SaidText::step(SaidPiece &piece)
{
    switch (m_state) {
    case State::Beginning:
        return begin();
    case State::Thinking:
        return think(piece);
    case State::Thought:
        m_held = withoutIndent(m_held).toByteArray();
        m_state = m_held.isEmpty() ? State::Thought : State::Undecided;
        return !m_held.isEmpty();
    case State::Undecided:
        return decide();
    case State::Text:
        findMark(piece);
        break;
    case State::Call:
    case State::Plain:
        break;
    }
    return false;
}

bool SaidText::begin()
{
    const QByteArrayView text = withoutIndent(m_held);
    if (opening.startsWith(text)) { // too little to tell
        if (text.size() < opening.size()) {
            return false;
        }
    } else if (!text.startsWith(opening)) {
        m_state = State::Undecided;
        return true;
    }
    m_held = text.sliced(opening.size()).toByteArray();
    m_state = State::Thinking;
    return true;
}

bool SaidText::think(SaidPiece &piece)
{
    const qsizetype end = m_held.indexOf(closing);
    if (end >= 0) {
        piece.thinking.append(m_held.first(end));
        m_held.remove(0, end + closing.size());
        m_state = State::Thought;
        return true;
    }
    qsizetype kept = std::min(m_held.size(), closing.size() - 1);
    while (kept > 0 && !closing.startsWith(QByteArrayView(m_held).last(kept))) {
        --kept;
    }
    piece.thinking.append(m_held.first(m_held.size() - kept));
    m_held = m_held.last(kept);
    return false;
}

bool SaidText::decide()
{
    if (m_tools.isEmpty()) {
        m_state = State::Plain;
    } else if (!mayBeCall(m_held, m_tools)) {
        m_state = State::Text;
    }
    return m_state == State::Text;
}

void SaidText::findMark(SaidPiece &piece)
{
    const qsizetype mark = callMark(m_held);
    piece.text.append(m_held.first(mark));
    m_held.remove(0, mark);
    m_state = beginsWithCallMark(m_held) ? State::Call : State::Text;
}

SaidPiece SaidText::end()
{
    SaidPiece rest;
    if (m_state == State::Thinking) {
        rest.thinking = std::exchange(m_held, {});
    } else if (!m_held.isEmpty()) {
        PrintedCalls printed = readPrintedCalls(m_held, m_tools);
        rest.text = printed.calls.empty() ? m_held : printed.before;
        m_calls = std::move(printed.calls);
        m_held.clear();
    }
    m_state = State::Plain;
    return rest;
}

} // namespace freerelay::dialects
