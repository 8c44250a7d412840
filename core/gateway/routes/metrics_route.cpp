#include "metrics_route.h"

#include <mutex>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

/// Where the other thread leaves the text: the route may be gone by then.
struct MetricsRoute::Mailbox
{
    std::mutex mutex;
    MetricsRoute *route = nullptr; ///< null: gone
};

MetricsRoute::MetricsRoute(Render render, QObject &context)
    : m_render(std::move(render))
    , m_context(context)
    , m_mailbox(std::make_shared<Mailbox>())
{
    m_mailbox->route = this;
}

MetricsRoute::~MetricsRoute()
{
    const std::lock_guard lock(m_mailbox->mutex);
    m_mailbox->route = nullptr;
}

void MetricsRoute::scrape(std::shared_ptr<relay::Downstream> downstream)
{
    m_waiting.push_back(std::move(downstream));
    if (m_waiting.size() > 1) {
        return; // the text is being made
    }
    QMetaObject::invokeMethod(&m_context, [mailbox = m_mailbox, render = m_render] {
        const QByteArray text = render();
        const std::lock_guard lock(mailbox->mutex);
        if (MetricsRoute *route = mailbox->route; route != nullptr) {
            QMetaObject::invokeMethod(
                route, [route, text] { route->answer(text); }, Qt::QueuedConnection);
        }
    });
}

void MetricsRoute::answer(const QByteArray &text)
{
    for (const auto &downstream : std::exchange(m_waiting, {})) {
        downstream->reply(
            200,
            {{"content-type"_ba, "text/plain; version=0.0.4; charset=utf-8"_ba},
             {"cache-control"_ba, "no-store"_ba}},
            text);
    }
}

} // namespace freerelay::gateway
