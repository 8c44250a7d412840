#pragma once

#include <QObject>
#include <QString>

#include <vector>

namespace freerelay::ui {

class GatewayFeed;

/// Settings and code that point a tool at the gateway, with its address of the moment.
class ConnectPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConnectPresenter)

public:
    struct Snippet
    {
        QString id; ///< "curl"
        QString title; ///< what the list shows
        QString place; ///< where it goes
        QString text;
    };

    explicit ConnectPresenter(GatewayFeed &feed, QObject *parent = nullptr);
    ~ConnectPresenter() override = default;

    /// Empty while no address is known.
    [[nodiscard]] std::vector<Snippet> snippets() const;
    /// The last address the gateway listened on; empty when it never did.
    [[nodiscard]] QString endpoint() const { return m_endpoint; }
    /// Why the texts may not work at the moment; empty when they will.
    [[nodiscard]] QString warning() const;

Q_SIGNALS:
    void changed();

private:
    void onFeedChanged();

    GatewayFeed &m_feed;
    QString m_endpoint;
};

} // namespace freerelay::ui
