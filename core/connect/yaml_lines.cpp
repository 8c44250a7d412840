#include "yaml_lines.h"

#include "core/connect/settings_text.h"

namespace freerelay::connect {

YamlLines::YamlLines(const QByteArray &text)
    : m_lineEnd(lineEndOf(text))
{
    qsizetype begin = 0;
    while (begin < text.size()) {
        const qsizetype end = text.indexOf('\n', begin);
        const qsizetype next = end < 0 ? text.size() : end + 1;
        m_lines.push_back(text.mid(begin, next - begin));
        begin = next;
    }
}

std::size_t YamlLines::endOfBlock(std::size_t line, qsizetype column) const
{
    const bool isItem = line < m_lines.size() && m_lines[line].trimmed().startsWith('-');
    std::size_t end = line + 1;
    for (std::size_t i = end; i < m_lines.size(); ++i) {
        const QByteArray content = m_lines[i].trimmed();
        if (content.isEmpty() || content.startsWith('#')) {
            continue;
        }
        const qsizetype indent = m_lines[i].indexOf(content.front());
        const bool itemBelow = !isItem && indent == column
            && (content == "-" || content.startsWith("- "));
        if (indent <= column && !itemBelow) {
            break;
        }
        end = i + 1;
    }
    return end;
}

QByteArray YamlLines::replaced(std::size_t begin, std::size_t end, const QByteArray &lines) const
{
    QByteArray text;
    for (std::size_t i = 0; i < begin; ++i) {
        text += m_lines[i];
    }
    if (!text.isEmpty() && !text.endsWith('\n')) {
        text += m_lineEnd;
    }
    QByteArray added = lines;
    text += added.replace('\n', m_lineEnd);
    for (std::size_t i = end; i < m_lines.size(); ++i) {
        text += m_lines[i];
    }
    return text;
}

} // namespace freerelay::connect
