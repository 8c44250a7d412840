#pragma once

#include "core/common/clock.h"
#include "core/gateway/http_types.h"
#include "core/interfaces/request_history.h"
#include "core/relay/downstream.h"

#include <QObject>

#include <array>
#include <memory>
#include <vector>

namespace freerelay::gateway {

/// GET /dashboard: the overview's figures as a page, without a token. Lives on a worker. The record
/// is asked at most once a second for each window; who asks meanwhile gets the same page.
class DashboardRoute final : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::seconds freshFor{1};

    /// Both outlive the server.
    DashboardRoute(interfaces::RequestHistory &history, const common::Clock &clock)
        : m_history(history)
        , m_clock(clock)
    { }
    Q_DISABLE_COPY_MOVE(DashboardRoute)

    /// Of the query only `window` is taken (as GET /v1/stats has it).
    void show(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);

private:
    static constexpr std::size_t windowCount = 5;

    struct Page
    {
        QByteArray html; ///< "" = none yet
        int status = 200;
        common::SteadyTime made;
        std::vector<std::shared_ptr<relay::Downstream>> waiting;
    };

    void
    onStats(interfaces::StatsWindow window, const common::Result<interfaces::RequestStats> &stats);

    interfaces::RequestHistory &m_history;
    const common::Clock &m_clock;
    std::array<Page, windowCount> m_pages;
};

} // namespace freerelay::gateway
