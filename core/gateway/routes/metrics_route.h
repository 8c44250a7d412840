#pragma once

#include "core/relay/downstream.h"

#include <QByteArray>
#include <QObject>

#include <functional>
#include <memory>
#include <vector>

namespace freerelay::gateway {

/// GET /metrics: Prometheus' text format. Lives on a worker; the text is made on the thread of
/// another object, and all who have asked meanwhile get the same one.
class MetricsRoute final : public QObject
{
    Q_OBJECT

public:
    using Render = std::function<QByteArray()>;

    /// @param render  called on the thread of `context`; both outlive the server
    MetricsRoute(Render render, QObject &context);
    ~MetricsRoute() override;
    Q_DISABLE_COPY_MOVE(MetricsRoute)

    void scrape(std::shared_ptr<relay::Downstream> downstream);

private:
    struct Mailbox;

    void answer(const QByteArray &text);

    Render m_render;
    QObject &m_context;
    std::vector<std::shared_ptr<relay::Downstream>> m_waiting;
    std::shared_ptr<Mailbox> m_mailbox;
};

} // namespace freerelay::gateway
