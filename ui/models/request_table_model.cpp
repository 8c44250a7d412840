#include "request_table_model.h"

#include "ui/theme/icons.h"

#include <QLocale>

#include <algorithm>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using interfaces::RequestRow;

namespace {

constexpr int firstServerFailure = 500;

bool isServerFailure(const RequestRow &row)
{
    return row.brokenStream || row.status >= firstServerFailure;
}

QString stateIconName(const RequestRow &row)
{
    if (row.status == RequestRow::clientLeft) {
        return u"state-off"_s;
    }
    if (!interfaces::isFailure(row)) {
        return u"state-good"_s;
    }
    return isServerFailure(row) ? u"state-bad"_s : u"state-warning"_s;
}

Tone stateTone(const RequestRow &row)
{
    if (row.status == RequestRow::clientLeft) {
        return Tone::Neutral;
    }
    if (!interfaces::isFailure(row)) {
        return Tone::Good;
    }
    return isServerFailure(row) ? Tone::Bad : Tone::Warning;
}

QString orDash(const QString &text)
{
    return text.isEmpty() ? u"—"_s : text;
}

} // namespace

RequestTableModel::RequestTableModel(QObject *parent)
    : QAbstractTableModel(parent)
{ }

void RequestTableModel::clear()
{
    beginResetModel();
    m_rows.clear();
    m_texts.clear();
    m_hasOlder = false;
    m_asked = false;
    endResetModel();
}

void RequestTableModel::prepend(std::vector<RequestRow> rows)
{
    if (rows.size() > capacity) {
        rows.resize(capacity);
    }
    if (rows.empty()) {
        return;
    }
    std::for_each(rows.begin(), rows.end(), [this](RequestRow &row) { shareTexts(row); });
    beginInsertRows({}, 0, static_cast<int>(rows.size()) - 1);
    m_rows.insert(
        m_rows.begin(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    endInsertRows();
    if (m_rows.size() > capacity) {
        m_hasOlder = false; // what falls out here could not be found behind the last row
        beginRemoveRows({}, capacity, static_cast<int>(m_rows.size()) - 1);
        m_rows.resize(capacity);
        endRemoveRows();
    }
}

void RequestTableModel::append(std::vector<RequestRow> rows)
{
    m_asked = false;
    const std::size_t room = capacity - m_rows.size();
    if (rows.size() > room) {
        rows.resize(room);
    }
    if (rows.empty()) {
        return;
    }
    std::for_each(rows.begin(), rows.end(), [this](RequestRow &row) { shareTexts(row); });
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(rows.size()) - 1);
    m_rows.insert(
        m_rows.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    endInsertRows();
}

void RequestTableModel::setHasOlder(bool hasOlder)
{
    m_hasOlder = hasOlder;
    m_asked = false;
}

bool RequestTableModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && m_hasOlder && !m_asked && !isFull();
}

void RequestTableModel::fetchMore(const QModelIndex &parent)
{
    if (canFetchMore(parent)) {
        m_asked = true;
        Q_EMIT olderWanted();
    }
}

QString RequestTableModel::shared(const QString &text)
{
    return text.isEmpty() ? text : *m_texts.insert(text);
}

void RequestTableModel::shareTexts(RequestRow &row)
{
    row.provider = shared(row.provider);
    row.model = shared(row.model);
    row.askedModel = shared(row.askedModel);
    row.app = shared(row.app);
    row.error = shared(row.error);
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
    if (row.status == RequestRow::clientLeft) {
        return tr("Client left");
    }
    if (row.brokenStream) {
        return tr("%1 broke off", "HTTP status; the stream failed").arg(code);
    }
    if (interfaces::isFailure(row)) {
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
    return role == Qt::DisplayRole ? cellText(row, index.column()) : QVariant();
}

QString RequestTableModel::timeText(const RequestRow &row) const
{
    const QDateTime time = row.time.toLocalTime();
    const QLocale locale;
    const QString clock = locale.toString(time.time(), u"HH:mm:ss"_s);
    return time.date() == QDate::currentDate()
        ? clock
        : tr("%1 %2", "date, time").arg(locale.toString(time.date(), QLocale::ShortFormat), clock);
}

QString RequestTableModel::cellText(const RequestRow &row, int column) const
{
    switch (column) {
    case Time:
        return timeText(row);
    case Status:
        return statusWords(row);
    case Provider:
        return orDash(row.provider);
    case Model:
        return orDash(row.model);
    case Asked:
        return orDash(row.askedModel);
    case App:
        return orDash(row.app);
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
    case App:
        return tr("App", "program that asked");
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
