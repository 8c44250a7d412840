#include "yaml_edit.h"

#include <yaml-cpp/yaml.h>

#include <map>
#include <utility>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::settings {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

constexpr int indentStep = 2;

/// Every value of a document by its path; lists by index. Aliases count at each place they stand.
using Flat = std::map<QString, QString>;

tl::unexpected<common::Error> notEditable()
{
    return failure(
        ErrorKind::InvalidArgument,
        u"The file is written in a way that cannot be edited safely; please change it by hand."_s);
}

Result<Flat> flatten(const YAML::Node &root)
{
    constexpr std::size_t most = 10'000; // aliases of aliases would never end
    Flat flat;
    std::vector<std::pair<QString, YAML::Node>> pending{{QString(), root}};
    while (!pending.empty()) {
        const auto [path, node] = pending.back();
        pending.pop_back();
        const bool leaf = node.IsScalar() || node.size() == 0;
        const QString content = node.IsScalar()
            ? QString(u's' % QString::fromStdString(node.Scalar()))
            : u"empty"_s;
        if (leaf && !flat.try_emplace(path, content).second) {
            return notEditable(); // the same name twice
        }
        int index = 0;
        for (const auto &entry : node) {
            if (node.IsMap()) {
                pending.emplace_back(
                    path % u'.' % QString::fromStdString(entry.first.Scalar()), entry.second);
            } else {
                pending.emplace_back(path % u"[%1]"_s.arg(index++), entry);
            }
        }
        if (flat.size() + pending.size() > most) {
            return notEditable();
        }
    }
    return flat;
}

/// A scalar as YAML: bare where that cannot be misread, else in double quotes.
QByteArray quoted(const QString &value)
{
    bool plain = !value.isEmpty() && value.front().isLetterOrNumber();
    for (const QChar c : value) {
        plain = plain && c.unicode() < 0x80
            && (c.isLetterOrNumber() || c == u'.' || c == u'_' || c == u'-');
    }
    if (plain && value.compare("null"_L1, Qt::CaseInsensitive) != 0) {
        return value.toUtf8();
    }
    QByteArray text = "\"";
    const QByteArray bytes = value.toUtf8();
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text += '\\';
            text += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            text += "\\x" + QByteArray(1, c).toHex();
        } else {
            text += c;
        }
    }
    return text + '"';
}

class Editor
{
public:
    Editor(QByteArray document, QStringList path, const QString &value)
        : m_text(std::move(document))
        , m_path(std::move(path))
        , m_value(quoted(value))
    {
        m_lineStarts.push_back(0);
        for (qsizetype i = 0; i < m_text.size(); ++i) {
            if (m_text[i] == '\n') {
                m_lineStarts.push_back(i + 1);
            }
        }
        m_newline = m_text.contains("\r\n") ? "\r\n"_ba : "\n"_ba;
    }

    Result<QByteArray> edit()
    {
        YAML::Node node = YAML::Load(m_text.toStdString());
        if (!node.IsDefined() || node.IsNull()) {
            return appendAtEnd();
        }
        for (qsizetype depth = 0; depth < m_path.size(); ++depth) {
            if (!node.IsMap()) {
                return notEditable();
            }
            const auto entry = find(node, m_path[depth]);
            if (!entry) {
                return addTo(node, depth);
            }
            const bool last = depth + 1 == m_path.size();
            if (entry->second.IsNull() && !isWritten(entry->second)) {
                return fillEmpty(entry->first, depth, last);
            }
            if (last) {
                return replace(entry->second);
            }
            node.reset(entry->second);
        }
        return notEditable();
    }

private:
    using Entry = std::pair<YAML::Node, YAML::Node>;

    static std::optional<Entry> find(const YAML::Node &map, const QString &name)
    {
        for (const auto &entry : map) {
            if (entry.first.IsScalar() && entry.first.Scalar() == name.toStdString()) {
                return Entry(entry.first, entry.second);
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] qsizetype offsetOf(const YAML::Mark &mark) const
    {
        const auto line = static_cast<std::size_t>(mark.line);
        if (mark.is_null() || line >= m_lineStarts.size()) {
            return -1;
        }
        // yaml-cpp does not count a byte order mark
        const bool marked = line == 0 && m_text.startsWith("\xef\xbb\xbf");
        return m_lineStarts[line] + mark.column + (marked ? 3 : 0);
    }

    [[nodiscard]] QByteArray lineText(std::size_t line) const
    {
        const qsizetype start = m_lineStarts[line];
        const qsizetype end = line + 1 < m_lineStarts.size() ? m_lineStarts[line + 1]
                                                             : m_text.size();
        return m_text.mid(start, end - start);
    }

    /// Is a null spelled out ("~", "null")? An absent value's mark is that of the next token.
    [[nodiscard]] bool isWritten(const YAML::Node &null) const
    {
        const qsizetype at = offsetOf(null.Mark());
        if (at < 0 || at >= m_text.size()) {
            return false;
        }
        const QByteArray rest = m_text.mid(at, 5).toLower();
        return rest.startsWith('~') || rest.startsWith("null");
    }

    /// "a:\n  b: value\n" for the names from `depth` on.
    [[nodiscard]] QByteArray block(qsizetype depth, int indent) const
    {
        QByteArray lines;
        for (qsizetype i = depth; i < m_path.size(); ++i) {
            lines += QByteArray(indent, ' ') + m_path[i].toUtf8() + ':';
            lines += i + 1 == m_path.size() ? ' ' + m_value + m_newline : m_newline;
            indent += indentStep;
        }
        return lines;
    }

    /// "a: {b: value}" for the names from `depth` on.
    [[nodiscard]] QByteArray flow(qsizetype depth) const
    {
        QByteArray text = m_value;
        for (qsizetype i = m_path.size() - 1; i >= depth; --i) {
            text = m_path[i].toUtf8() + ": " + text;
            if (i > depth) {
                text = '{' + text + '}';
            }
        }
        return text;
    }

    [[nodiscard]] QByteArray insertLines(qsizetype at, const QByteArray &lines) const
    {
        QByteArray text = m_text;
        const bool needsBreak = at > 0 && text[at - 1] != '\n';
        return text.insert(at, needsBreak ? m_newline + lines : lines);
    }

    [[nodiscard]] Result<QByteArray> appendAtEnd() const
    {
        return insertLines(m_text.size(), block(0, 0));
    }

    [[nodiscard]] Result<QByteArray> addTo(const YAML::Node &map, qsizetype depth) const
    {
        const qsizetype at = offsetOf(map.Mark());
        if (at < 0 || at >= m_text.size()) {
            return notEditable();
        }
        if (m_text[at] == '{') {
            QByteArray text = m_text;
            return text.insert(at + 1, map.size() == 0 ? flow(depth) : flow(depth) + ", ");
        }
        if (map.size() == 0) {
            return notEditable(); // {} behind a tag or an anchor, which is where its mark is
        }
        YAML::Mark last = map.begin()->first.Mark();
        for (const auto &entry : map) {
            last = entry.first.Mark();
        }
        return insertLines(endOfEntry(last), block(depth, last.column));
    }

    /// Where the line after a block entry begins: behind everything that is indented deeper than
    /// its key, and behind the items of a list that stand below the key itself.
    [[nodiscard]] qsizetype endOfEntry(const YAML::Mark &key) const
    {
        auto end = static_cast<std::size_t>(key.line) + 1;
        for (std::size_t line = end; line < m_lineStarts.size(); ++line) {
            const QByteArray text = lineText(line);
            const QByteArray content = text.trimmed();
            if (content.isEmpty() || content.startsWith('#')) {
                continue;
            }
            const qsizetype indent = text.indexOf(content.front());
            const bool item = indent == key.column && content.startsWith("- ");
            if (indent <= key.column && !item) {
                break;
            }
            end = line + 1;
        }
        return end < m_lineStarts.size() ? m_lineStarts[end] : m_text.size();
    }

    /// A key without value: the value comes behind its colon, further names on lines of their own.
    [[nodiscard]] Result<QByteArray>
    fillEmpty(const YAML::Node &key, qsizetype depth, bool last) const
    {
        const YAML::Mark mark = key.Mark();
        const qsizetype at = offsetOf(mark);
        const QByteArray name = m_path[depth].toUtf8();
        if (at < 0 || m_text.mid(at, name.size() + 1) != QByteArray(name + ':')) {
            return notEditable();
        }
        if (last) {
            QByteArray text = m_text;
            return text.insert(at + name.size() + 1, ' ' + m_value);
        }
        const auto next = static_cast<std::size_t>(mark.line) + 1;
        const qsizetype end = next < m_lineStarts.size() ? m_lineStarts[next] : m_text.size();
        return insertLines(end, block(depth + 1, mark.column + indentStep));
    }

    [[nodiscard]] Result<QByteArray> replace(const YAML::Node &node) const
    {
        const qsizetype at = offsetOf(node.Mark());
        if ((!node.IsScalar() && !node.IsNull()) || at < 0 || at >= m_text.size()) {
            return notEditable();
        }
        const qsizetype length = lengthAt(at, node);
        if (length <= 0) {
            return notEditable();
        }
        QByteArray text = m_text;
        return text.replace(at, length, m_value);
    }

    /// Bytes of the scalar as it is written; 0 when it is not simply there (anchor, tag, block).
    [[nodiscard]] qsizetype lengthAt(qsizetype at, const YAML::Node &node) const
    {
        const char first = m_text[at];
        if (first == '"' || first == '\'') {
            return quotedLength(at, first);
        }
        if (node.IsNull()) {
            return first == '~' ? 1 : 4;
        }
        const QByteArray scalar = QByteArray::fromStdString(node.Scalar());
        return m_text.mid(at, scalar.size()) == scalar ? scalar.size() : 0;
    }

    [[nodiscard]] qsizetype quotedLength(qsizetype at, char quote) const
    {
        for (qsizetype i = at + 1; i < m_text.size(); ++i) {
            const bool escape = quote == '"' && m_text[i] == '\\';
            const bool doubled = quote == '\'' && m_text.mid(i, 2) == "''";
            if (escape || doubled) {
                ++i;
            } else if (m_text[i] == quote) {
                return i + 1 - at;
            }
        }
        return 0;
    }

    QByteArray m_text;
    QStringList m_path;
    QByteArray m_value;
    QByteArray m_newline;
    std::vector<qsizetype> m_lineStarts;
};

/// Is `after` what `before` becomes when `path` is set, and nothing else?
bool differsOnlyAt(Flat before, const Flat &after, const QStringList &path, const QString &value)
{
    QString parent;
    before.erase(parent); // an empty parent is no longer there once it has a child
    for (const QString &name : path) {
        parent += u'.' + name;
        before.erase(parent);
    }
    before[parent] = u's' % value;
    return before == after;
}

Result<QByteArray>
editAndCompare(const QByteArray &document, const QStringList &path, const QString &value)
{
    auto edited = Editor(document, path, value).edit();
    if (!edited) {
        return edited;
    }
    const auto before = flatten(YAML::Load(document.toStdString()));
    const auto after = flatten(YAML::Load(edited->toStdString()));
    if (!before || !after || !differsOnlyAt(*before, *after, path, value)) {
        return notEditable();
    }
    return edited;
}

} // namespace

Result<QByteArray>
setYamlScalar(const QByteArray &document, const QStringList &path, const QString &value)
{
    try {
        return editAndCompare(document, path, value);
    } catch (const YAML::Exception &) {
        return notEditable();
    }
}

} // namespace freerelay::settings
