#pragma once

#include "ui/models/request_filter_model.h"
#include "ui/models/request_table_model.h"

#include <QObject>
#include <QTimer>

#include <utility>
#include <vector>

namespace freerelay::ui {

class GatewayFeed;

/// The log of the last requests. Main thread.
class RequestsPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RequestsPresenter)

public:
    using Field = std::pair<QString, QString>; ///< name, value

    explicit RequestsPresenter(GatewayFeed &feed, QObject *parent = nullptr);
    ~RequestsPresenter() override = default;

    [[nodiscard]] RequestFilterModel &rows() { return m_filtered; }
    [[nodiscard]] const RequestTableModel &allRows() const { return m_model; }
    [[nodiscard]] GatewayFeed &feed() const { return m_feed; }

    /// While active and not held the log is read four times a second; otherwise nothing is.
    void setActive(bool active);
    /// Holds the list still so that it can be read.
    void setHeld(bool held);
    void setFilter(const QString &text);
    [[nodiscard]] QString filter() const { return m_filter; }

    /// @param filteredRow  a row of rows()
    [[nodiscard]] std::vector<Field> details(int filteredRow) const;
    [[nodiscard]] QString errorText(int filteredRow) const;
    void copyRow(int filteredRow) const;
    /// "3 of 12 requests"
    [[nodiscard]] QString countText() const;

Q_SIGNALS:
    void changed();

private:
    void poll();
    void updatePolling();
    [[nodiscard]] int sourceRow(int filteredRow) const;

    GatewayFeed &m_feed;
    RequestTableModel m_model;
    RequestFilterModel m_filtered;
    QTimer m_poll;
    QString m_filter;
    bool m_active = false;
    bool m_held = false;
};

} // namespace freerelay::ui
