#pragma once

#include "core/interfaces/gateway_control.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <vector>

namespace freerelay::ui {

/// The gateway's state as the window sees it: notifications become one signal, at most four a
/// second however often the gateway reports. Nothing is polled. Main thread.
class GatewayFeed final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(GatewayFeed)

public:
    /// `gateway` must outlive this object.
    explicit GatewayFeed(interfaces::GatewayControl &gateway, QObject *parent = nullptr);
    ~GatewayFeed() override = default;

    [[nodiscard]] interfaces::GatewayControl &gateway() const { return m_gateway; }
    [[nodiscard]] const interfaces::GatewayStatus &status() const { return m_status; }
    /// Fetched when asked for, then kept until the next change.
    [[nodiscard]] const std::vector<interfaces::ProviderRow> &providers() const;
    /// Null when there is none of that id; valid until the next changed().
    [[nodiscard]] const interfaces::ProviderRow *provider(const QByteArray &id) const;

    /// Reads again at once: after an order of our own, so that the answer is seen immediately.
    void refresh();

Q_SIGNALS:
    void changed();

private:
    void onGatewayChanged();

    interfaces::GatewayControl &m_gateway;
    interfaces::GatewayStatus m_status;
    mutable std::vector<interfaces::ProviderRow> m_providers;
    mutable bool m_providersStale = true;
    bool m_pending = false;
    QTimer m_pace;
    std::unique_ptr<interfaces::Subscription> m_subscription;
};

} // namespace freerelay::ui
