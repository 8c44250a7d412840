#pragma once

#include "ui/models/request_table_model.h"
#include "ui/pages/requests/request_inspector.h"

#include <QObject>
#include <QSet>
#include <QStringList>
#include <QTimer>

#include <vector>

namespace freerelay::ui {

class GatewayFeed;

/// The list of requests: what is recorded, and on top of it what happens now. Main thread.
class RequestsPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RequestsPresenter)

public:
    /// Rows of one question to the record.
    static constexpr int pageRows = 300;
    /// What the gateway remembers of this run without its record.
    static constexpr int liveRows = 500;

    /// Names that occur, the most frequent first.
    struct Choices
    {
        QStringList providers;
        QStringList models;
        QStringList apps;
        bool operator==(const Choices &) const = default;
    };

    explicit RequestsPresenter(GatewayFeed &feed, QObject *parent = nullptr);
    ~RequestsPresenter() override = default;

    [[nodiscard]] RequestTableModel &rows() { return m_model; }
    [[nodiscard]] RequestInspector &inspector() { return m_inspector; }
    [[nodiscard]] GatewayFeed &feed() const { return m_feed; }

    /// While active new requests are looked for four times a second; otherwise nothing is read.
    void setActive(bool active);
    /// Holds the list still so that it can be read; what happens meanwhile is counted.
    void setHeld(bool held);
    [[nodiscard]] bool isHeld() const { return m_held; }
    void setFilter(const interfaces::RequestFilter &filter);
    [[nodiscard]] const interfaces::RequestFilter &filter() const { return m_filter; }
    [[nodiscard]] const Choices &choices() const { return m_choices; }

    /// The first page has not come yet.
    [[nodiscard]] bool isLoading() const { return m_loading; }
    /// Why nothing but the requests of this run is shown; "" = all is.
    [[nodiscard]] QString problem() const { return m_problem; }
    /// "12 requests", "more than 300 requests", with the number of those that a held list waits for
    [[nodiscard]] QString countText() const;

    /// Looks into a row; -1 = into none.
    void select(int row);
    void copyRow(int row) const;

Q_SIGNALS:
    void changed();
    /// This row is what the user waits for: a prompt that was asked again.
    void rowWanted(int row);
    void choicesChanged();

private:
    void reload();
    void askForPage();
    void onPage(const common::Result<interfaces::RequestPage> &page);
    void askForChoices();
    void poll();
    void addLive(std::vector<interfaces::RequestRow> rows);
    void lookForWanted();

    GatewayFeed &m_feed;
    RequestTableModel m_model;
    RequestInspector m_inspector;
    QTimer m_poll;
    interfaces::RequestFilter m_filter;
    Choices m_choices;
    std::optional<interfaces::RequestCursor> m_next;
    QSet<QString> m_liveIds; ///< shown already when the record comes to them
    QString m_problem;
    QString m_wanted; ///< id of a request that is waited for; "" = none
    quint64 m_lastSequence = 0;
    quint64 m_waiting = 0; ///< that a held list does not show
    int m_generation = 0; ///< answers to earlier lists are not wanted
    bool m_started = false;
    bool m_loading = false;
    bool m_active = false;
    bool m_held = false;
};

} // namespace freerelay::ui
