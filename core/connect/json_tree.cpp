#include "json_tree.h"

#include "core/connect/json_scanner.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <vector>

namespace freerelay::connect {

namespace {

qsizetype indexOf(const QJsonArray &list, const ItemStep &step)
{
    const auto found = std::find_if(
        list.begin(), list.end(), [&step](const QJsonValue &item) { return isItem(item, step); });
    return found == list.end() ? -1 : std::distance(list.begin(), found);
}

QJsonValue child(const QJsonValue &parent, const QString &step)
{
    const auto item = itemStep(step);
    if (!item) {
        return parent.toObject().value(step);
    }
    const QJsonArray list = parent.toArray();
    const qsizetype index = indexOf(list, *item);
    return index < 0 ? QJsonValue(QJsonValue::Undefined) : list.at(index);
}

QJsonValue withItem(QJsonArray list, const ItemStep &step, const QJsonValue &value)
{
    const qsizetype index = indexOf(list, step);
    if (index >= 0) {
        list.removeAt(index);
    }
    if (!value.isUndefined()) {
        list.insert(std::max<qsizetype>(index, 0), value);
    }
    return list;
}

QJsonValue withChild(const QJsonValue &parent, const QString &step, const QJsonValue &value)
{
    if (const auto item = itemStep(step)) {
        return withItem(parent.toArray(), *item, value);
    }
    QJsonObject object = parent.toObject();
    if (value.isUndefined()) {
        object.remove(step);
    } else {
        object.insert(step, value);
    }
    return object;
}

} // namespace

common::Result<QJsonValue> parseJson(const QByteArray &text)
{
    // Qt's parser takes objects and lists only.
    const QJsonDocument document = QJsonDocument::fromJson('[' + strictJson(text) + ']');
    const QJsonArray wrapped = document.array();
    if (wrapped.size() != 1) {
        return notEditable();
    }
    return wrapped.first();
}

QJsonValue withValueAt(const QJsonValue &tree, const SettingPath &path, QJsonValue value)
{
    std::vector<QJsonValue> levels{tree};
    for (const QString &step : path) {
        levels.push_back(child(levels.back(), step));
    }
    for (qsizetype depth = path.size() - 1; depth >= 0; --depth) {
        value = withChild(levels[static_cast<std::size_t>(depth)], path[depth], value);
    }
    return value;
}

bool isItem(const QJsonValue &item, const ItemStep &step)
{
    return item.toObject().value(step.name).toString() == step.value;
}

} // namespace freerelay::connect
