#include "gateway_feed.h"

#include <algorithm>

namespace freerelay::ui {

using namespace std::chrono_literals;

namespace {

constexpr auto shortestInterval = 250ms; // 4 Hz, docs/architecture.md

} // namespace

GatewayFeed::GatewayFeed(interfaces::GatewayControl &gateway, QObject *parent)
    : QObject(parent)
    , m_gateway(gateway)
    , m_status(gateway.status())
    , m_pace(this)
{
    m_pace.setSingleShot(true);
    m_pace.setInterval(shortestInterval);
    connect(&m_pace, &QTimer::timeout, this, [this] {
        if (m_pending) {
            m_pace.start();
            refresh();
        }
    });
    m_subscription = gateway.subscribe([this] { onGatewayChanged(); });
}

const std::vector<interfaces::ProviderRow> &GatewayFeed::providers() const
{
    if (m_providersStale) {
        m_providers = m_gateway.providers();
        m_providersStale = false;
    }
    return m_providers;
}

const interfaces::ProviderRow *GatewayFeed::provider(const QByteArray &id) const
{
    const auto &rows = providers();
    const auto found = std::find_if(
        rows.begin(), rows.end(), [&id](const auto &row) { return row.id == id; });
    return found == rows.end() ? nullptr : &*found;
}

void GatewayFeed::refresh()
{
    m_pending = false;
    m_status = m_gateway.status();
    m_providersStale = true;
    Q_EMIT changed();
}

void GatewayFeed::onGatewayChanged()
{
    if (m_pace.isActive()) {
        m_pending = true;
        return;
    }
    m_pace.start();
    refresh();
}

} // namespace freerelay::ui
