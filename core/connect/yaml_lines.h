#pragma once

#include <QByteArray>

#include <vector>

namespace freerelay::connect {

/// A YAML text in lines, and where the blocks in it end. Pure; any thread.
class YamlLines
{
public:
    explicit YamlLines(const QByteArray &text);

    /// The first line that no longer belongs to the block that begins in `line` at `column`: behind
    /// all that is indented deeper, and behind the items of a list that stand below a key itself.
    /// Comments and empty lines at its end do not belong to it.
    [[nodiscard]] std::size_t endOfBlock(std::size_t line, qsizetype column) const;

    [[nodiscard]] std::size_t count() const { return m_lines.size(); }
    /// With its line end.
    [[nodiscard]] const QByteArray &at(std::size_t line) const { return m_lines[line]; }

    /// The text with the lines [begin, end) replaced; the new ones get the text's line ends.
    [[nodiscard]] QByteArray
    replaced(std::size_t begin, std::size_t end, const QByteArray &lines) const;

private:
    std::vector<QByteArray> m_lines;
    QByteArray m_lineEnd;
};

} // namespace freerelay::connect
