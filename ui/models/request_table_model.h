#pragma once

#include "core/interfaces/gateway_control.h"

#include <QAbstractTableModel>

#include <deque>
#include <vector>

namespace freerelay::ui {

/// The last requests, newest first; at most `capacity` of them.
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
        Ttft,
        Duration,
        Tokens,
        Attempts,
        ColumnCount
    };
    static constexpr int capacity = 500;

    explicit RequestTableModel(QObject *parent = nullptr);
    ~RequestTableModel() override = default;

    /// Puts `rows` (newest first, all newer than lastSequence()) on top.
    void prepend(std::vector<interfaces::RequestRow> rows);
    /// 0 = nothing seen yet.
    [[nodiscard]] quint64 lastSequence() const;
    [[nodiscard]] const interfaces::RequestRow *row(int row) const;
    /// The row as tab-separated text, for the clipboard.
    [[nodiscard]] QString rowText(int row) const;
    /// "200", "200, streamed", "429 Too many requests" …
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

private:
    std::deque<interfaces::RequestRow> m_rows;
};

} // namespace freerelay::ui
