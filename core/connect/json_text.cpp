#include "json_text.h"

#include "core/connect/json_scanner.h"
#include "core/connect/json_tree.h"

#include <QJsonObject>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect {

namespace {

using common::Result;
using Entries = std::vector<JsonScanner::Entry>;

QByteArray quoted(const QString &name)
{
    QByteArray text = name.toUtf8();
    text.replace('\\', "\\\\").replace('"', "\\\"");
    return '"' + text + '"';
}

/// When both say when they were written, as Cline's settings do, that does not tell them apart.
bool isSameButDate(QJsonObject one, QJsonObject other)
{
    constexpr auto date = "updatedAt"_L1;
    if (one.contains(date) && other.contains(date)) {
        one.remove(date);
        other.remove(date);
    }
    return one == other;
}

bool isBlank(QByteArrayView text)
{
    return text.trimmed().isEmpty();
}

/// One text and where things are in it.
class Editor
{
public:
    Q_DISABLE_COPY_MOVE(Editor)
    ~Editor() = default;
    explicit Editor(QByteArray text)
        : m_text(std::move(text))
        , m_scanner(m_text)
        , m_lineEnd(lineEndOf(m_text))
    { }

    /// How far a path goes in the text.
    struct Place
    {
        qsizetype container = 0; ///< of the last step that was looked for
        Entries entries; ///< in it
        std::size_t index = 0; ///< of the entry that was found
        qsizetype depth = 0; ///< steps that were found
    };

    [[nodiscard]] Result<Place> find(const SettingPath &path) const
    {
        Place place;
        qsizetype next = m_scanner.skipSpace(0);
        for (; place.depth < path.size(); ++place.depth) {
            place.container = next;
            auto entries = m_scanner.entries(next);
            const bool wantsList = itemStep(path[place.depth]).has_value();
            if (!entries || (m_text[next] == '[') != wantsList) {
                return notEditable();
            }
            place.entries = *std::move(entries);
            const auto found = indexIn(place.entries, path[place.depth]);
            if (!found) {
                return place;
            }
            place.index = *found;
            next = place.entries[*found].value;
        }
        return place;
    }

    [[nodiscard]] QByteArray valueAt(const Place &place) const
    {
        const JsonScanner::Entry &entry = place.entries[place.index];
        return m_text.mid(entry.value, entry.end - entry.value);
    }

    [[nodiscard]] QByteArray replaced(const Place &place, const QByteArray &value) const
    {
        const JsonScanner::Entry &entry = place.entries[place.index];
        QByteArray text = m_text;
        return text.replace(
            entry.value,
            entry.end - entry.value,
            indented(value, indentAt(entry.begin), usualIndent()));
    }

    /// @param path  what is missing of it is made
    [[nodiscard]] QByteArray
    inserted(const Place &place, const SettingPath &path, const QByteArray &value) const
    {
        const SettingPath missing = path.mid(place.depth);
        const QByteArray outer = indentAt(place.container);
        if (place.entries.empty()) {
            const QByteArray inner = outer + usualIndent();
            return filled(place.container, inner + entryText(missing, value, inner), outer);
        }
        const qsizetype first = place.entries.front().begin;
        QByteArray text = m_text;
        const QByteArrayView between = QByteArrayView(m_text).sliced(
            place.container, first - place.container);
        if (!between.contains('\n')) {
            return text.insert(first, strictJson(entryText(missing, value, {})) + ", ");
        }
        const QByteArray inner = indentAt(first);
        const QByteArray entry = inner + entryText(missing, value, inner) + ',';
        const qsizetype line = m_text.indexOf('\n', place.container) + 1;
        const QByteArray rest = m_text.mid(place.container + 1, line - place.container - 1);
        if (isBlank(rest) || rest.trimmed().startsWith("//")) {
            return text.insert(line, entry + m_lineEnd);
        }
        return text.insert(place.container + 1, m_lineEnd + entry);
    }

    [[nodiscard]] QByteArray removed(const Place &place) const
    {
        const JsonScanner::Entry &entry = place.entries[place.index];
        qsizetype begin = entry.begin;
        qsizetype end = entry.end;
        const qsizetype next = m_scanner.skipSpace(end);
        const bool hasComma = next < m_text.size() && m_text[next] == ',';
        if (hasComma) {
            end = next + 1;
        }
        widenToLines(begin, end);
        QByteArray text = m_text;
        text.remove(begin, end - begin);
        if (!hasComma && place.index > 0) {
            text.remove(m_scanner.skipSpace(place.entries[place.index - 1].end), 1);
        }
        return text;
    }

private:
    [[nodiscard]] std::optional<std::size_t>
    indexIn(const Entries &entries, const QString &step) const
    {
        const auto item = itemStep(step);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const JsonScanner::Entry &entry = entries[i];
            if (!item && entry.name == step.toUtf8()) {
                return i;
            }
            const auto value = item ? parseJson(m_text.mid(entry.value, entry.end - entry.value))
                                    : Result<QJsonValue>(QJsonValue());
            if (item && value && isItem(*value, *item)) {
                return i;
            }
        }
        return std::nullopt;
    }

    /// The spaces that the line of `at` begins with.
    [[nodiscard]] QByteArray indentAt(qsizetype at) const
    {
        const qsizetype begin = at == 0 ? 0 : m_text.lastIndexOf('\n', at - 1) + 1;
        qsizetype end = begin;
        while (end < at && (m_text[end] == ' ' || m_text[end] == '\t')) {
            ++end;
        }
        return m_text.mid(begin, end - begin);
    }

    /// One step of indentation: that of the first member of the whole, else two spaces.
    [[nodiscard]] QByteArray usualIndent() const
    {
        const auto entries = m_scanner.entries(m_scanner.skipSpace(0));
        const QByteArray first = entries && !entries->empty() ? indentAt(entries->front().begin)
                                                              : QByteArray();
        return first.isEmpty() ? "  "_ba : first;
    }

    /// `value`, written with two spaces a step, with the text's own steps below `indent`.
    [[nodiscard]] QByteArray
    indented(const QByteArray &value, const QByteArray &indent, const QByteArray &step) const
    {
        QByteArrayList lines = value.split('\n');
        for (qsizetype i = 1; i < lines.size(); ++i) {
            qsizetype spaces = 0;
            while (spaces < lines[i].size() && lines[i][spaces] == ' ') {
                ++spaces;
            }
            lines[i] = indent + step.repeated(spaces / 2) + lines[i].mid(spaces);
        }
        return lines.join(m_lineEnd);
    }

    /// "name": {"below": value}, over several lines; without the first line's indentation.
    [[nodiscard]] QByteArray
    entryText(const SettingPath &path, const QByteArray &value, QByteArray indent) const
    {
        const QByteArray step = usualIndent();
        QByteArray head;
        QByteArray tail;
        for (qsizetype i = 0; i < path.size(); ++i) {
            head += itemStep(path[i]) ? QByteArray() : QByteArray(quoted(path[i]) + ": ");
            if (i + 1 < path.size()) {
                const bool list = itemStep(path[i + 1]).has_value();
                tail.prepend(m_lineEnd + indent + (list ? ']' : '}'));
                indent += step;
                head += (list ? '[' : '{') + m_lineEnd + indent;
            }
        }
        return head + indented(value, indent, step) + tail;
    }

    /// A container that has no entries, with one.
    [[nodiscard]] QByteArray
    filled(qsizetype container, const QByteArray &entry, const QByteArray &outer) const
    {
        const qsizetype close = m_scanner.endOfValue(container) - 1;
        qsizetype begin = close;
        while (begin > container + 1 && isBlank(QByteArrayView(m_text).sliced(begin - 1, 1))) {
            --begin;
        }
        QByteArray text = m_text;
        return text.replace(
            begin, close - begin, QByteArray(m_lineEnd + entry + m_lineEnd + outer));
    }

    /// Takes the spaces around into the range when nothing else is on its lines.
    void widenToLines(qsizetype &begin, qsizetype &end) const
    {
        const qsizetype lineBegin = begin == 0 ? 0 : m_text.lastIndexOf('\n', begin - 1) + 1;
        const qsizetype lineEnd = m_text.indexOf('\n', end) + 1;
        const QByteArrayView text(m_text);
        if (lineEnd > 0 && isBlank(text.sliced(lineBegin, begin - lineBegin))
            && isBlank(text.sliced(end, lineEnd - end))) {
            begin = lineBegin;
            end = lineEnd;
            return;
        }
        while (end < m_text.size() && m_text[end] == ' ') {
            ++end;
        }
    }

    QByteArray m_text;
    JsonScanner m_scanner;
    QByteArray m_lineEnd;
};

/// A text and what it means; an empty one is an empty object.
struct Document
{
    QByteArray text;
    QJsonValue tree;
};

Result<Document> documentOf(const QByteArray &text)
{
    const QByteArray whole = isBlank(text) ? "{}\n"_ba : text;
    const auto tree = parseJson(whole);
    if (!tree || !tree->isObject()) {
        return notEditable();
    }
    return Document{whole, *tree};
}

Result<QByteArray> checked(QByteArray edited, const QJsonValue &expected)
{
    const auto tree = parseJson(edited);
    if (!tree || *tree != expected) {
        return notEditable();
    }
    return edited;
}

} // namespace

Result<std::optional<QByteArray>> readJson(const QByteArray &document, const SettingPath &path)
{
    const auto read = documentOf(document);
    if (!read) {
        return notEditable();
    }
    const Editor editor(read->text);
    const auto place = editor.find(path);
    if (!place || place->depth < path.size()) {
        return std::optional<QByteArray>(); // also when something else stands in its way
    }
    return std::optional(editor.valueAt(*place));
}

Result<QByteArray>
writeJson(const QByteArray &document, const SettingPath &path, const QByteArray &value)
{
    const auto read = documentOf(document);
    const auto tree = parseJson(value);
    if (!read || !tree) {
        return notEditable();
    }
    const Editor editor(read->text);
    const auto place = editor.find(path);
    if (!place) {
        return notEditable();
    }
    return checked(
        place->depth == path.size() ? editor.replaced(*place, value)
                                    : editor.inserted(*place, path, value),
        withValueAt(read->tree, path, *tree));
}

Result<QByteArray> removeJson(const QByteArray &document, const SettingPath &path)
{
    const auto read = documentOf(document);
    if (!read) {
        return notEditable();
    }
    const Editor editor(read->text);
    const auto place = editor.find(path);
    if (!place || place->depth < path.size()) {
        return document;
    }
    return checked(
        editor.removed(*place), withValueAt(read->tree, path, QJsonValue(QJsonValue::Undefined)));
}

bool isSameJson(const QByteArray &one, const QByteArray &other)
{
    const auto left = parseJson(one);
    const auto right = parseJson(other);
    if (!left || !right) {
        return false;
    }
    return left->isObject() && right->isObject()
        ? isSameButDate(left->toObject(), right->toObject())
        : *left == *right;
}

} // namespace freerelay::connect
