#include "toml_text.h"

#include "core/connect/toml_scanner.h"

#include <algorithm>
#include <map>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect {

namespace {

using common::Result;
using Kind = TomlStatement::Kind;
using Statements = std::vector<TomlStatement>;
using Found = std::optional<QByteArray>;

/// Every value by its path; the tables of a list by their number.
std::map<QString, QByteArray> valuesOf(const QByteArray &text, const Statements &statements)
{
    std::map<QString, QByteArray> values;
    QString table;
    int number = 0;
    for (const TomlStatement &statement : statements) {
        const QString path = statement.path.join(u'\n');
        if (statement.kind != Kind::Value) {
            table = statement.kind == Kind::TableOfList ? u"%1 "_s.arg(++number) : QString();
            values.try_emplace(table % path, QByteArray());
        } else {
            values[table % path] = text.mid(statement.value, statement.valueEnd - statement.value);
        }
    }
    return values;
}

/// A table's lines end with a line end, a value does not.
bool isTable(const QByteArray &value)
{
    return value.endsWith('\n');
}

QByteArray nameOf(const SettingPath &path)
{
    QByteArrayList names;
    for (const QString &name : path) {
        const bool bare = !name.isEmpty() && std::all_of(name.begin(), name.end(), [](QChar c) {
            return c.unicode() < 0x80 && (c.isLetterOrNumber() || c == u'_' || c == u'-');
        });
        names << (bare ? name.toUtf8() : QByteArray('"' + name.toUtf8() + '"'));
    }
    return names.join('.');
}

class Editor
{
public:
    Editor(QByteArray text, Statements statements)
        : m_text(std::move(text))
        , m_statements(std::move(statements))
        , m_lineEnd(lineEndOf(m_text))
    { }

    [[nodiscard]] Statements::const_iterator find(const SettingPath &path) const
    {
        return std::find_if(m_statements.begin(), m_statements.end(), [&path](const auto &one) {
            return one.path == path && one.kind != Kind::TableOfList;
        });
    }
    [[nodiscard]] bool has(Statements::const_iterator found) const
    {
        return found != m_statements.end();
    }

    /// Is it, or a part of it, written in a way that an edit would have to know about: a value in
    /// place of a table, or names with dots?
    [[nodiscard]] bool isHidden(const SettingPath &path, bool table) const
    {
        const bool hasHeader = table && has(find(path));
        return std::any_of(m_statements.begin(), m_statements.end(), [&](const auto &one) {
            if (one.kind != Kind::Value) {
                return false;
            }
            const qsizetype common = std::min(one.path.size(), path.size());
            const bool related = one.path.mid(0, common) == path.mid(0, common);
            const bool equal = one.path.size() == path.size();
            const bool below = one.path.size() > path.size();
            return related && (equal ? table : !below || !hasHeader);
        });
    }

    [[nodiscard]] QByteArray textOf(Statements::const_iterator found) const
    {
        if (found->kind == Kind::Value) {
            return m_text.mid(found->value, found->valueEnd - found->value);
        }
        return m_text.mid(found->value, endOfTable(found) - found->value).replace("\r\n", "\n");
    }

    [[nodiscard]] QByteArray
    replaced(Statements::const_iterator found, const QByteArray &value) const
    {
        const bool table = found->kind != Kind::Value;
        const qsizetype end = table ? endOfTable(found) : found->valueEnd;
        QByteArray text = m_text;
        const bool isOpenHeader = table && text[found->value - 1] != '\n'; // it ends the file
        return text.replace(
            found->value,
            end - found->value,
            isOpenHeader ? QByteArray(m_lineEnd + withLineEnds(value)) : withLineEnds(value));
    }

    [[nodiscard]] QByteArray removed(Statements::const_iterator found) const
    {
        const bool table = found->kind != Kind::Value;
        qsizetype begin = found->begin;
        const qsizetype end = table ? endOfTable(found) : found->end;
        if (table && m_text.left(begin).endsWith(m_lineEnd.repeated(2))) {
            begin -= m_lineEnd.size(); // the empty line before a header
        }
        QByteArray text = m_text;
        return text.remove(begin, end - begin);
    }

    [[nodiscard]] QByteArray appendedTable(const SettingPath &path, const QByteArray &lines) const
    {
        QByteArray text = m_text;
        if (!text.isEmpty()) {
            text += text.endsWith('\n') ? m_lineEnd : QByteArray(m_lineEnd + m_lineEnd);
        }
        return text + '[' + nameOf(path) + ']' + m_lineEnd + withLineEnds(lines);
    }

    /// Behind the last value that stands in the table of `path`.
    [[nodiscard]] Result<QByteArray>
    insertedValue(const SettingPath &path, const QByteArray &value) const
    {
        const SettingPath table = path.mid(0, path.size() - 1);
        const auto header = table.isEmpty() ? m_statements.end() : find(table);
        if (!table.isEmpty() && (header == m_statements.end() || header->kind == Kind::Value)) {
            return appendedTable(table, nameOf(path.mid(table.size())) + " = " + value + '\n');
        }
        qsizetype at = table.isEmpty() ? 0 : header->value;
        auto next = table.isEmpty() ? m_statements.begin() : header + 1;
        for (; next != m_statements.end() && next->kind == Kind::Value; ++next) {
            at = next->end;
        }
        const QByteArray line = nameOf(path.mid(table.size())) + " = " + value + m_lineEnd;
        QByteArray text = m_text;
        if (at > 0 && text[at - 1] != '\n') {
            return text.insert(at, m_lineEnd + line);
        }
        // Values at the top of a file that begins with a header: an empty line between them.
        const bool beforeHeader = at == 0 && next != m_statements.end();
        return text.insert(at, beforeHeader ? QByteArray(line + m_lineEnd) : line);
    }

private:
    /// Behind the last value of a table; comments after it belong to what follows.
    [[nodiscard]] qsizetype endOfTable(Statements::const_iterator header) const
    {
        qsizetype end = header->end;
        for (auto next = header + 1; next != m_statements.end() && next->kind == Kind::Value;
             ++next) {
            end = next->end;
        }
        return end;
    }

    [[nodiscard]] QByteArray withLineEnds(QByteArray value) const
    {
        return value.replace('\n', m_lineEnd);
    }

    QByteArray m_text;
    Statements m_statements;
    QByteArray m_lineEnd;
};

/// Does `edited` hold the same as `before`, but for what is at `path`?
bool differsOnlyAt(const QByteArray &before, const QByteArray &edited, const SettingPath &path)
{
    const auto old = scanToml(before);
    const auto now = scanToml(edited);
    if (!old || !now) {
        return false;
    }
    const auto rest = [&path](std::map<QString, QByteArray> values) {
        const QString name = path.join(u'\n');
        std::erase_if(values, [&name, &path](const auto &value) {
            const QString &key = value.first;
            const bool below = key == name || key.startsWith(name % u'\n');
            const bool emptyTable = value.second.isEmpty()
                && path.mid(0, key.count(u'\n') + 1).join(u'\n') == key;
            return below || emptyTable;
        });
        return values;
    };
    return rest(valuesOf(before, *old)) == rest(valuesOf(edited, *now));
}

} // namespace

Result<Found> readToml(const QByteArray &document, const SettingPath &path)
{
    auto statements = scanToml(document);
    if (!statements) {
        return notEditable();
    }
    const Editor editor(document, *std::move(statements));
    const auto found = editor.find(path);
    return editor.has(found) ? Found(editor.textOf(found)) : Found();
}

Result<QByteArray>
writeToml(const QByteArray &document, const SettingPath &path, const QByteArray &value)
{
    auto statements = scanToml(document);
    if (!statements) {
        return notEditable();
    }
    const Editor editor(document, *std::move(statements));
    const auto found = editor.find(path);
    const bool known = editor.has(found);
    if (editor.isHidden(path, isTable(value))
        || (known && (found->kind != Kind::Value) != isTable(value))) {
        return notEditable();
    }
    Result<QByteArray> edited = known ? editor.replaced(found, value)
        : isTable(value)              ? editor.appendedTable(path, value)
                                      : editor.insertedValue(path, value);
    if (edited && !differsOnlyAt(document, *edited, path)) {
        return notEditable();
    }
    return edited;
}

Result<QByteArray> removeToml(const QByteArray &document, const SettingPath &path)
{
    auto statements = scanToml(document);
    if (!statements) {
        return notEditable();
    }
    const Editor editor(document, *std::move(statements));
    const auto found = editor.find(path);
    if (!editor.has(found)) {
        return document;
    }
    QByteArray edited = editor.removed(found);
    if (!differsOnlyAt(document, edited, path)) {
        return notEditable();
    }
    return edited;
}

bool isSameToml(const QByteArray &one, const QByteArray &other)
{
    const auto left = scanToml(isTable(one) ? one : QByteArray("x = " + one));
    const auto right = scanToml(isTable(other) ? other : QByteArray("x = " + other));
    if (!left || !right) {
        return false;
    }
    return valuesOf(isTable(one) ? one : QByteArray("x = " + one), *left)
        == valuesOf(isTable(other) ? other : QByteArray("x = " + other), *right);
}

} // namespace freerelay::connect
