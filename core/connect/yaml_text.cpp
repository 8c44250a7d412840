#include "yaml_text.h"

#include "core/connect/yaml_lines.h"
#include "core/settings/yaml_edit.h"

#include <yaml-cpp/yaml.h>

#include <map>
#include <utility>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect {

namespace {

using common::Result;
using Found = std::optional<QByteArray>;

/// Every value of a document by its path; lists by index.
using Flat = std::map<QString, QString>;

Flat flatten(const YAML::Node &root)
{
    constexpr std::size_t most = 10'000; // aliases of aliases would never end
    Flat flat;
    std::vector<std::pair<QString, YAML::Node>> pending{{QString(), root}};
    while (!pending.empty() && flat.size() + pending.size() < most) {
        const auto [path, node] = pending.back();
        pending.pop_back();
        if (node.IsScalar() || node.size() == 0) {
            flat[path] = node.IsScalar() ? QString(u's' % QString::fromStdString(node.Scalar()))
                                         : u"empty"_s;
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
    }
    return flat;
}

struct Item
{
    std::size_t index = 0; ///< in its list
    std::size_t line = 0; ///< of its dash
    qsizetype column = 0; ///< of its dash
    qsizetype content = 0; ///< column of what follows the dash
};

std::optional<std::size_t> findItem(const YAML::Node &list, const ItemStep &step)
{
    for (std::size_t i = 0; i < list.size(); ++i) {
        const YAML::Node item = list[i];
        const YAML::Node name = item.IsMap() ? item[step.name.toStdString()] : YAML::Node();
        if (name.IsScalar() && QString::fromStdString(name.Scalar()) == step.value) {
            return i;
        }
    }
    return std::nullopt;
}

/// Where an item is written; nullopt unless its dash is the first in its line.
std::optional<Item> itemAt(const YamlLines &lines, const YAML::Node &list, std::size_t index)
{
    const YAML::Mark mark = list[index].Mark();
    Item item{index, static_cast<std::size_t>(mark.line), 0, mark.column};
    if (mark.is_null() || item.line >= lines.count()) {
        return std::nullopt;
    }
    const QByteArray &line = lines.at(item.line);
    item.column = line.indexOf('-');
    const bool first = item.column >= 0 && line.left(item.column).trimmed().isEmpty()
        && item.column < item.content
        && line.mid(item.column + 1, item.content - item.column - 1).trimmed().isEmpty();
    return first ? std::optional(item) : std::nullopt;
}

/// The lines of a value below a dash.
QByteArray itemLines(const QByteArray &value, qsizetype column)
{
    const QByteArray indent(column, ' ');
    QByteArray text;
    for (const QByteArray &line : value.trimmed().split('\n')) {
        text += indent + (text.isEmpty() ? "- " : "  ") + line + '\n';
    }
    return text;
}

/// An item's lines as they would stand without the list.
QByteArray itemText(const YamlLines &lines, const Item &item)
{
    const std::size_t end = lines.endOfBlock(item.line, item.column);
    QByteArray text = lines.at(item.line).mid(item.content);
    for (std::size_t i = item.line + 1; i < end; ++i) {
        const QByteArray &line = lines.at(i);
        const bool deep = line.left(item.content).trimmed().isEmpty();
        text += deep ? line.mid(std::min(item.content, line.size() - 1)) : line;
    }
    return text.replace("\r\n", "\n");
}

/// The list of items as it must be afterwards; Undefined takes the item out.
YAML::Node withItem(
    const YAML::Node &list, std::optional<std::size_t> at, const std::optional<YAML::Node> &item)
{
    YAML::Node result(YAML::NodeType::Sequence);
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (at != i) {
            result.push_back(list[i]);
        } else if (item) {
            result.push_back(*item);
        }
    }
    if (!at && item) {
        result.push_back(*item);
    }
    return result;
}

Result<QByteArray> checked(QByteArray edited, const YAML::Node &expected)
{
    if (flatten(YAML::Load(edited.toStdString())) != flatten(expected)) {
        return notEditable();
    }
    return edited;
}

/// A document with a list of items at the top.
class ItemList
{
public:
    ItemList(const QByteArray &document, const SettingPath &path)
        : m_lines(document)
        , m_root(YAML::Load(document.toStdString()))
        , m_name(path.first().toStdString())
        , m_step(itemStep(path.last()).value_or(ItemStep()))
        , m_list(m_root.IsMap() ? m_root[m_name] : YAML::Node())
        , m_index(m_list.IsSequence() ? findItem(m_list, m_step) : std::nullopt)
    { }

    [[nodiscard]] Found read() const
    {
        const auto item = m_index ? itemAt(m_lines, m_list, *m_index) : std::nullopt;
        return item ? Found(itemText(m_lines, *item)) : std::nullopt;
    }

    [[nodiscard]] Result<QByteArray> write(const QByteArray &value) const
    {
        const auto text = m_index ? change(itemLines(value, columnOf(*m_index)))
            : m_list.IsSequence() && m_list.size() > 0 ? append(value)
                                                       : begin(value);
        return text ? checked(*text, expected(YAML::Load(value.toStdString()))) : text;
    }

    [[nodiscard]] Result<QByteArray> remove() const
    {
        const auto text = change({});
        return text ? checked(*text, expected(std::nullopt)) : text;
    }

private:
    [[nodiscard]] YAML::Node expected(const std::optional<YAML::Node> &item) const
    {
        YAML::Node root = m_root.IsMap() ? YAML::Clone(m_root) : YAML::Node(YAML::NodeType::Map);
        root[m_name] = withItem(m_list, m_index, item);
        return root;
    }

    [[nodiscard]] qsizetype columnOf(std::size_t index) const
    {
        const auto item = itemAt(m_lines, m_list, index);
        return item ? item->column : 0;
    }

    [[nodiscard]] Result<QByteArray> change(const QByteArray &lines) const
    {
        const auto item = itemAt(m_lines, m_list, *m_index);
        if (!item) {
            return notEditable();
        }
        return m_lines.replaced(item->line, m_lines.endOfBlock(item->line, item->column), lines);
    }

    [[nodiscard]] Result<QByteArray> append(const QByteArray &value) const
    {
        const auto last = itemAt(m_lines, m_list, m_list.size() - 1);
        if (!last) {
            return notEditable();
        }
        const std::size_t end = m_lines.endOfBlock(last->line, last->column);
        return m_lines.replaced(end, end, itemLines(value, last->column));
    }

    /// The list is not there, or has no items.
    [[nodiscard]] Result<QByteArray> begin(const QByteArray &value) const
    {
        constexpr qsizetype indent = 2;
        const QByteArray lines = QByteArray::fromStdString(m_name) + ":\n"
            + itemLines(value, indent);
        if (!m_list.IsDefined() || !m_root.IsMap()) {
            return m_lines.replaced(m_lines.count(), m_lines.count(), lines);
        }
        for (const auto &entry : m_root) {
            if (entry.first.Scalar() == m_name) {
                const auto line = static_cast<std::size_t>(entry.first.Mark().line);
                return m_lines.replaced(line, line + 1, lines);
            }
        }
        return notEditable();
    }

    YamlLines m_lines;
    YAML::Node m_root;
    std::string m_name;
    ItemStep m_step;
    YAML::Node m_list;
    std::optional<std::size_t> m_index;
};

bool isItemPath(const SettingPath &path)
{
    constexpr qsizetype steps = 2;
    return path.size() == steps && itemStep(path.last()).has_value();
}

/// The map that a plain setting stands in; nullopt when it is not there.
std::optional<YAML::Node> parentOf(const YAML::Node &root, const SettingPath &path)
{
    YAML::Node node = root;
    for (qsizetype i = 0; i < path.size(); ++i) {
        if (!node.IsMap()) {
            return std::nullopt;
        }
        const YAML::Node next = std::as_const(node)[path[i].toStdString()];
        if (!next.IsDefined()) {
            return std::nullopt;
        }
        if (i + 1 == path.size()) {
            return node;
        }
        node.reset(next);
    }
    return std::nullopt;
}

Result<QByteArray> removePlain(const QByteArray &document, const SettingPath &path)
{
    const YAML::Node root = YAML::Load(document.toStdString());
    auto parent = parentOf(root, path);
    if (!parent) {
        return document;
    }
    for (const auto &entry : *parent) {
        if (entry.first.Scalar() != path.last().toStdString()) {
            continue;
        }
        const YamlLines lines(document);
        const YAML::Mark mark = entry.first.Mark();
        const auto line = static_cast<std::size_t>(mark.line);
        if (line >= lines.count() || !lines.at(line).left(mark.column).trimmed().isEmpty()) {
            return notEditable();
        }
        const QByteArray edited = lines.replaced(line, lines.endOfBlock(line, mark.column), {});
        parent->remove(path.last().toStdString());
        return checked(edited, root);
    }
    return document;
}

template <typename T> Result<T> guarded(const std::function<Result<T>()> &function)
{
    try {
        return function();
    } catch (const YAML::Exception &) {
        return notEditable();
    }
}

} // namespace

Result<Found> readYaml(const QByteArray &document, const SettingPath &path)
{
    return guarded<Found>([&]() -> Result<Found> {
        if (isItemPath(path)) {
            return ItemList(document, path).read();
        }
        const auto parent = parentOf(YAML::Load(document.toStdString()), path);
        const YAML::Node value = parent ? (*parent)[path.last().toStdString()] : YAML::Node();
        return parent && value.IsScalar() ? Found(QByteArray::fromStdString(value.Scalar()))
                                          : Found();
    });
}

Result<QByteArray>
writeYaml(const QByteArray &document, const SettingPath &path, const QByteArray &value)
{
    if (!isItemPath(path)) {
        return settings::setYamlScalar(document, path, QString::fromUtf8(value));
    }
    return guarded<QByteArray>([&] { return ItemList(document, path).write(value); });
}

Result<QByteArray> removeYaml(const QByteArray &document, const SettingPath &path)
{
    return guarded<QByteArray>([&]() -> Result<QByteArray> {
        if (!isItemPath(path)) {
            return removePlain(document, path);
        }
        const ItemList list(document, path);
        return list.read() ? list.remove() : Result<QByteArray>(document);
    });
}

bool isSameYaml(const QByteArray &one, const QByteArray &other)
{
    try {
        return flatten(YAML::Load(one.toStdString())) == flatten(YAML::Load(other.toStdString()));
    } catch (const YAML::Exception &) {
        return false;
    }
}

} // namespace freerelay::connect
