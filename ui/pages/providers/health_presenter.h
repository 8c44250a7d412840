#pragma once

#include "ui/pages/providers/health_charts.h"

#include <QObject>
#include <QTimer>

namespace freerelay::ui {

class GatewayFeed;

/// How the selected provider was in the last minutes. Looks each second while active; inactive it
/// asks nothing. Main thread.
class HealthPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(HealthPresenter)

public:
    explicit HealthPresenter(
        GatewayFeed &feed,
        std::chrono::milliseconds pace = std::chrono::seconds(1),
        QObject *parent = nullptr);
    ~HealthPresenter() override = default;

    void setActive(bool active);
    [[nodiscard]] bool isActive() const { return m_pace.isActive(); }
    void setProvider(const QByteArray &id);

    [[nodiscard]] const HealthPicture &picture() const { return m_picture; }
    /// "The last 15 minutes, as of 17:42:10"; "" while there is nothing to show.
    [[nodiscard]] QString spanText() const;

Q_SIGNALS:
    /// Not when a look found nothing new.
    void changed();

private:
    void look();

    GatewayFeed &m_feed;
    QTimer m_pace;
    QByteArray m_provider;
    HealthPicture m_picture;
};

} // namespace freerelay::ui
