#pragma once

#include <QByteArray>

#include <optional>
#include <vector>

namespace freerelay::connect {

/// Finds the parts of a JSON text, also of JSONC and JSON5, without changing it. For texts that
/// strictJson() has found to be whole. Offsets are bytes. Pure; any thread.
class JsonScanner
{
public:
    /// One member of an object, or one item of a list.
    struct Entry
    {
        qsizetype begin = 0; ///< of the name, or of the item
        QByteArray name; ///< empty for an item
        qsizetype value = 0;
        qsizetype end = 0; ///< behind the value
    };

    /// @param text  outlives the scanner
    explicit JsonScanner(const QByteArray &text)
        : m_text(text)
    { }

    /// The next byte that is neither space nor comment, from `at` on; the size when there is none.
    [[nodiscard]] qsizetype skipSpace(qsizetype at) const;
    /// Behind the string that begins at `at` with its quote.
    [[nodiscard]] qsizetype endOfString(qsizetype at) const;
    /// Behind the bare word or number that begins at `at`.
    [[nodiscard]] qsizetype endOfWord(qsizetype at) const;
    /// Behind the value that begins at `at`.
    [[nodiscard]] qsizetype endOfValue(qsizetype at) const;
    /// What is in the object or list that begins at `container`; nullopt when it is neither.
    [[nodiscard]] std::optional<std::vector<Entry>> entries(qsizetype container) const;

private:
    [[nodiscard]] char at(qsizetype index) const
    {
        return index < m_text.size() ? m_text[index] : '\0';
    }
    [[nodiscard]] std::optional<Entry> entryAt(qsizetype begin, bool named) const;

    const QByteArray &m_text;
};

/// The same as RFC 8259 has it: no comments, no trailing commas, all names in double quotes. What
/// cannot be put that way (hexadecimal numbers, for one) is left, so that a parser will refuse it.
[[nodiscard]] QByteArray strictJson(const QByteArray &text);

} // namespace freerelay::connect
