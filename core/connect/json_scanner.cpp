#include "json_scanner.h"

#include <QString>

#include <algorithm>

namespace freerelay::connect {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool isQuote(char c)
{
    return c == '"' || c == '\'';
}

/// A string in double quotes, whichever it had.
QByteArray doubleQuoted(const QByteArray &string)
{
    if (string.startsWith('"')) {
        return string;
    }
    QByteArray text = "\"";
    for (qsizetype i = 1; i + 1 < string.size(); ++i) {
        if (string[i] == '\\' && i + 2 < string.size()) {
            text += string[i + 1] == '\'' ? QByteArray("'") : string.mid(i, 2);
            ++i;
        } else if (string[i] == '"') {
            text += "\\\"";
        } else {
            text += string[i];
        }
    }
    return text + '"';
}

} // namespace

qsizetype JsonScanner::skipSpace(qsizetype index) const
{
    constexpr qsizetype markSize = 3;
    if (index == 0 && m_text.startsWith("\xef\xbb\xbf")) {
        index = markSize;
    }
    while (index < m_text.size()) {
        if (isSpace(m_text[index])) {
            ++index;
        } else if (at(index) == '/' && at(index + 1) == '/') {
            const qsizetype end = m_text.indexOf('\n', index);
            index = end < 0 ? m_text.size() : end + 1;
        } else if (at(index) == '/' && at(index + 1) == '*') {
            const qsizetype end = m_text.indexOf("*/", index + 2);
            index = end < 0 ? m_text.size() : end + 2;
        } else {
            break;
        }
    }
    return index;
}

qsizetype JsonScanner::endOfString(qsizetype index) const
{
    const char quote = at(index);
    for (++index; index < m_text.size() && m_text[index] != quote; ++index) {
        if (m_text[index] == '\\') {
            ++index;
        }
    }
    return std::min(index + 1, m_text.size());
}

qsizetype JsonScanner::endOfWord(qsizetype index) const
{
    while (index < m_text.size() && !isSpace(m_text[index])
           && !QByteArrayView(",:{}[]\"'/").contains(m_text[index])) {
        ++index;
    }
    return index;
}

qsizetype JsonScanner::endOfValue(qsizetype index) const
{
    int depth = 0;
    while (index < m_text.size()) {
        const char c = m_text[index];
        qsizetype next = index + 1;
        if (isQuote(c)) {
            next = endOfString(index);
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            --depth;
        } else if (c != ',' && c != ':') {
            next = std::max(next, endOfWord(index));
        }
        if (depth <= 0) {
            return next;
        }
        index = skipSpace(next);
    }
    return m_text.size();
}

std::optional<JsonScanner::Entry> JsonScanner::entryAt(qsizetype begin, bool named) const
{
    Entry entry;
    entry.begin = begin;
    entry.value = begin;
    if (named) {
        const bool quoted = isQuote(at(begin));
        const qsizetype end = quoted ? endOfString(begin) : endOfWord(begin);
        entry.name = m_text.mid(begin, end - begin);
        if (quoted) {
            entry.name = entry.name.mid(1, entry.name.size() - 2);
        }
        const qsizetype colon = skipSpace(end);
        if (end == begin || at(colon) != ':') {
            return std::nullopt;
        }
        entry.value = skipSpace(colon + 1);
    }
    entry.end = endOfValue(entry.value);
    return entry;
}

std::optional<std::vector<JsonScanner::Entry>> JsonScanner::entries(qsizetype container) const
{
    const char open = at(container);
    if (open != '{' && open != '[') {
        return std::nullopt;
    }
    std::vector<Entry> found;
    qsizetype index = skipSpace(container + 1);
    while (index < m_text.size() && m_text[index] != '}' && m_text[index] != ']') {
        auto entry = entryAt(index, open == '{');
        if (!entry) {
            return std::nullopt;
        }
        index = skipSpace(entry->end);
        if (at(index) == ',') {
            index = skipSpace(index + 1);
        }
        found.push_back(*std::move(entry));
    }
    return found;
}

QByteArray strictJson(const QByteArray &text)
{
    const JsonScanner scanner(text);
    QByteArray strict;
    qsizetype at = scanner.skipSpace(0);
    while (at < text.size()) {
        const char c = text[at];
        qsizetype end = at + 1;
        if (isQuote(c)) {
            end = scanner.endOfString(at);
            strict += doubleQuoted(text.mid(at, end - at));
        } else if (QByteArrayView("{}[]:,").contains(c)) {
            const qsizetype next = scanner.skipSpace(end);
            const bool trailing = c == ',' && next < text.size()
                && (text[next] == '}' || text[next] == ']');
            strict += trailing ? QByteArray() : QByteArray(1, c);
        } else {
            end = std::max(end, scanner.endOfWord(at));
            const qsizetype next = scanner.skipSpace(end);
            const bool isName = next < text.size() && text[next] == ':';
            const QByteArray word = text.mid(at, end - at);
            strict += isName ? QByteArray('"' + word + '"') : word;
        }
        at = scanner.skipSpace(end);
    }
    return strict;
}

} // namespace freerelay::connect
