#pragma once

#include "core/interfaces/request_history.h"

#include <cmath>

namespace freerelay::tests {

/// Sums over the 24 hours before `until`, in steps of 15 minutes: two busy stretches with a pause
/// between them, three providers, some failures.
inline interfaces::RequestStats someActivity(const QDateTime &until)
{
    using namespace interfaces;
    constexpr int steps = 96;
    constexpr int stepSeconds = 900;
    RequestStats stats;
    stats.until = until;
    stats.step = std::chrono::seconds(stepSeconds);
    stats.from = until.addSecs(-qint64(steps) * stepSeconds);
    stats.lines = {
        {QStringLiteral("groq"), {}}, {QStringLiteral("google"), {}}, {QStringLiteral("ovh"), {}}};
    const auto add = [](StatsFigures &sum, const StatsFigures &more) {
        sum.requests += more.requests;
        sum.failed += more.failed;
        sum.promptTokens += more.promptTokens;
        sum.completionTokens += more.completionTokens;
        sum.ttfts += more.ttfts;
        sum.ttftCount += more.ttftCount;
    };
    for (int step = 0; step < steps; ++step) {
        if (step < 20 || (step >= 48 && step < 60)) {
            continue; // nobody was at work
        }
        StatsPoint all{stats.from.addSecs(qint64(step) * stepSeconds), {}};
        for (std::size_t line = 0; line < stats.lines.size(); ++line) {
            StatsPoint point{all.start, {}};
            const auto load = qint64(40 + 30 * std::sin(double(step) / 6));
            point.figures.requests = load / qint64(line + 1);
            point.figures.failed = step % 9 == 0 ? 4 : 0;
            point.figures.promptTokens = point.figures.requests * 800;
            point.figures.completionTokens = point.figures.requests * 240;
            point.figures.ttftCount = point.figures.requests;
            point.figures.ttfts = std::chrono::microseconds(
                point.figures.requests * (300'000 + step % 7 * 40'000));
            add(all.figures, point.figures);
            const std::chrono::microseconds median(280'000 + step % 7 * 40'000);
            all.figures.ttftP50 = median;
            all.figures.ttftP95 = median * 2 + std::chrono::microseconds(step % 5 * 90'000);
            all.figures.ttftP99 = median * 3 + std::chrono::microseconds(step % 11 * 130'000);
            stats.lines[line].points.push_back(point);
        }
        add(stats.totals, all.figures);
        stats.series.push_back(all);
    }
    stats.totals.ttftP50 = std::chrono::microseconds(340'000);
    stats.totals.ttftP95 = std::chrono::microseconds(980'000);
    stats.totals.ttftP99 = std::chrono::microseconds(1'900'000);
    return stats;
}

} // namespace freerelay::tests
