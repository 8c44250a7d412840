#include "dashboard_route.h"

#include "core/gateway/routes/dashboard_page.h"
#include "core/gateway/routes/history_route.h"
#include "core/relay/error_reply.h"

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

using common::ErrorKind;
using common::Result;
using interfaces::StatsQuery;
using interfaces::StatsWindow;

namespace {

/// Ends and series of one's own are for GET /v1/stats, which knows who asks.
Result<StatsWindow> windowOf(const HttpRequest &request)
{
    const auto query = queryParameters(request.query).and_then(interfaces::parseStatsQuery);
    if (!query) {
        return common::failure(query.error());
    }
    if (*query != StatsQuery{.window = query->window}) {
        return common::failure(
            ErrorKind::InvalidArgument, u"Only “window” can be chosen here."_s, u"window"_s);
    }
    return query->window;
}

} // namespace

void DashboardRoute::show(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream)
{
    const auto window = windowOf(request);
    if (!window) {
        const relay::ClientError told = relay::toClientError(window.error());
        downstream->reply(told.status, told.headers(), told.body());
        return;
    }
    Page &page = m_pages.at(static_cast<std::size_t>(*window));
    if (!page.html.isEmpty() && m_clock.now() - page.made < freshFor) {
        downstream->reply(page.status, dashboardHeaders(), page.html);
        return;
    }
    page.waiting.push_back(std::move(downstream));
    if (page.waiting.size() > 1) {
        return; // the record is being asked
    }
    m_history.stats(
        {.window = *window, .series = interfaces::StatsSeries::Providers},
        *this,
        [this, w = *window](const Result<interfaces::RequestStats> &stats) { onStats(w, stats); });
}

void DashboardRoute::onStats(StatsWindow window, const Result<interfaces::RequestStats> &stats)
{
    constexpr int unavailable = 503;
    Page &page = m_pages.at(static_cast<std::size_t>(window));
    page.html = stats ? dashboardPage(window, *stats) : dashboardWithoutFigures();
    page.status = stats ? 200 : unavailable;
    page.made = m_clock.now();
    for (const auto &downstream : std::exchange(page.waiting, {})) {
        downstream->reply(page.status, dashboardHeaders(), page.html);
    }
}

} // namespace freerelay::gateway
