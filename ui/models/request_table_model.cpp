#include "request_table_model.h"

#include "ui/theme/icons.h"

#include <QLocale>

#include <algorithm>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using interfaces::RequestRow;

namespace {

constexpr int firstFailure = 400;
constexpr int firstServerFailure = 500;

bool failed(const RequestRow &row)
{
    return row.status >= firstFailure || !row.error.isEmpty();
}

QString stateIconName(const RequestRow &row)
{
    if (!failed(row)) {
        return u"state-good"_s;
    }
    const bool clientSide = row.status >= firstFailure && row.status < firstServerFailure;
    return clientSide ? u"state-warning"_s : u"state-bad"_s;
}

Tone stateTone(const RequestRow &row)
{
    if (!failed(row)) {
        return Tone::Good;
    }
    const bool clientSide = row.status >= firstFailure && row.status < firstServerFailure;
    return clientSide ? Tone::Warning : Tone::Bad;
}

QString orDash(const QString &text)
{
    return text.isEmpty() ? u"—"_s : text;
}

} // namespace

RequestTableModel::RequestTableModel(QObject *parent)
    : QAbstractTableModel(parent)
{ }

void RequestTableModel::prepend(std::vector<RequestRow> rows)
{
    if (rows.size() > capacity) {
        rows.resize(capacity);
    }
    if (rows.empty()) {
        return;
    }
    beginInsertRows({}, 0, static_cast<int>(rows.size()) - 1);
    m_rows.insert(
        m_rows.begin(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    endInsertRows();
    if (m_rows.size() > capacity) {
        beginRemoveRows({}, capacity, static_cast<int>(m_rows.size()) - 1);
        m_rows.resize(capacity);
        endRemoveRows();
    }
}

quint64 RequestTableModel::lastSequence() const
{
    return m_rows.empty() ? 0 : m_rows.front().sequence;
}

const RequestRow *RequestTableModel::row(int row) const
{
    const bool inside = row >= 0 && row < static_cast<int>(m_rows.size());
    return inside ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
}

QString RequestTableModel::rowText(int row) const
{
    QStringList cells;
    for (int column = 0; column < ColumnCount; ++column) {
        cells.append(data(index(row, column), Qt::DisplayRole).toString());
    }
    return cells.join(u'\t');
}

QString RequestTableModel::statusWords(const RequestRow &row)
{
    const QString code = QString::number(row.status);
    if (row.status == 0) {
        return tr("No answer");
    }
    if (failed(row)) {
        return tr("%1 failed", "HTTP status").arg(code);
    }
    return row.stream ? tr("%1 streamed", "HTTP status").arg(code) : code;
}

QString RequestTableModel::durationText(std::optional<std::chrono::milliseconds> value)
{
    if (!value) {
        return u"—"_s;
    }
    const QLocale locale;
    constexpr int oneSecond = 1000;
    if (value->count() < oneSecond) {
        return tr("%1 ms").arg(locale.toString(static_cast<qlonglong>(value->count())));
    }
    return tr("%1 s").arg(locale.toString(double(value->count()) / oneSecond, 'f', 1));
}

QString RequestTableModel::tokensText(const RequestRow &row)
{
    if (!row.promptTokens && !row.completionTokens) {
        return u"—"_s;
    }
    const auto number = [](std::optional<qint64> value) {
        return value ? QLocale().toString(static_cast<qlonglong>(*value)) : u"—"_s;
    };
    return tr("%1 in, %2 out", "tokens")
        .arg(number(row.promptTokens), number(row.completionTokens));
}

int RequestTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RequestTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RequestTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const RequestRow &row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::DecorationRole && index.column() == Status) {
        return lineIcon(stateIconName(row), stateTone(row));
    }
    if (role == Qt::TextAlignmentRole) {
        const bool number = index.column() >= Ttft && index.column() != Tokens;
        return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole && !row.error.isEmpty()) {
        return row.error;
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
    case Time:
        return QLocale().toString(row.time.toLocalTime().time(), u"HH:mm:ss"_s);
    case Status:
        return statusWords(row);
    case Provider:
        return orDash(row.provider);
    case Model:
        return orDash(row.model);
    case Asked:
        return orDash(row.askedModel);
    case Ttft:
        return durationText(row.ttft);
    case Duration:
        return durationText(row.duration);
    case Tokens:
        return tokensText(row);
    case Attempts:
        return QLocale().toString(row.attempts);
    default:
        return {};
    }
}

QVariant RequestTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::ToolTipRole && section == Ttft) {
        return tr("Time from the request to the first token of the answer");
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Time:
        return tr("Time");
    case Status:
        return tr("Status");
    case Provider:
        return tr("Provider");
    case Model:
        return tr("Answered by");
    case Asked:
        return tr("Asked for");
    case Ttft:
        return tr("First token");
    case Duration:
        return tr("Total");
    case Tokens:
        return tr("Tokens");
    case Attempts:
        return tr("Attempts");
    default:
        return {};
    }
}

} // namespace freerelay::ui
