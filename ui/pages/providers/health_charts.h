#pragma once

#include "core/interfaces/health_figures.h"
#include "ui/widgets/charts/chart_data.h"

#include <QCoreApplication>

namespace freerelay::ui {

/// How a provider was in the last minutes, ready to be shown.
struct HealthPicture
{
    bool isEmpty = true; ///< it was not called yet
    interfaces::CircuitLevel circuit = interfaces::CircuitLevel::Closed; ///< now
    QString sentence; ///< how it is now
    ChartData ttft;
    ChartData errors;
    ChartData calls; ///< at once: the limit, and those under way
    bool operator==(const HealthPicture &) const = default;
};

/// Makes it of what the gateway knows. Pure.
class HealthCharts
{
    Q_DECLARE_TR_FUNCTIONS(freerelay::ui::HealthCharts)

public:
    [[nodiscard]] static HealthPicture of(const interfaces::HealthFigures &figures);

private:
    [[nodiscard]] static QString sentenceOf(const interfaces::HealthSample &sample);
    [[nodiscard]] static std::vector<ChartBand> bandsOf(const interfaces::HealthFigures &figures);
    [[nodiscard]] static QString nameOf(interfaces::CircuitLevel level);
};

} // namespace freerelay::ui
