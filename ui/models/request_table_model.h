#pragma once

#include "core/interfaces/request_history.h"

#include <QAbstractTableModel>
#include <QSet>

#include <deque>
#include <vector>

namespace freerelay::ui {

/// Requests, newest first; at most `capacity` of them. New ones come on top, older ones below when
/// a view asks for them.
class RequestTableModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RequestTableModel)

public:
    enum Column {
        Time,
        Status,
        Provider,
        Model,
        Asked,
        App,
        Ttft,
        Duration,
        Tokens,
        Attempts,
        ColumnCount
    };
    /// Some 35 MB; who looks for older ones narrows the filter.
    static constexpr int capacity = 100'000;

    explicit RequestTableModel(QObject *parent = nullptr);
    ~RequestTableModel() override = default;

    void clear();
    /// Puts newer rows (newest first) on top; the oldest fall out when there are too many.
    void prepend(std::vector<interfaces::RequestRow> rows);
    /// Puts older rows below, as far as there is room.
    void append(std::vector<interfaces::RequestRow> rows);
    /// Whether olderWanted() would bring any.
    void setHasOlder(bool hasOlder);

    [[nodiscard]] bool isFull() const { return m_rows.size() >= capacity; }
    [[nodiscard]] const interfaces::RequestRow *row(int row) const;
    /// The row as tab-separated text, for the clipboard.
    [[nodiscard]] QString rowText(int row) const;
    /// "200", "200 streamed", "429 failed" …
    [[nodiscard]] static QString statusWords(const interfaces::RequestRow &row);
    /// "850 ms", "2.4 s"; an em dash when unknown.
    [[nodiscard]] static QString durationText(std::optional<std::chrono::milliseconds> value);
    /// "12 in, 30 out"; an em dash when unknown.
    [[nodiscard]] static QString tokensText(const interfaces::RequestRow &row);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant
    headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] bool canFetchMore(const QModelIndex &parent) const override;
    /// Emits olderWanted(), once until the answer is appended.
    void fetchMore(const QModelIndex &parent) override;

Q_SIGNALS:
    void olderWanted();

private:
    [[nodiscard]] QString shared(const QString &text);
    void shareTexts(interfaces::RequestRow &row);
    [[nodiscard]] QString timeText(const interfaces::RequestRow &row) const;
    [[nodiscard]] QString cellText(const interfaces::RequestRow &row, int column) const;

    std::deque<interfaces::RequestRow> m_rows;
    QSet<QString> m_texts; ///< names that many rows have: kept once
    bool m_hasOlder = false;
    bool m_asked = false;
};

} // namespace freerelay::ui
