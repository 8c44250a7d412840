#pragma once

#include "core/interfaces/request_history.h"
#include "ui/widgets/charts/chart_data.h"

#include <QCoreApplication>
#include <QMap>

namespace freerelay::ui {

/// A number that is read at a glance.
struct KeyFigure
{
    QString value;
    QString caption;
    bool operator==(const KeyFigure &) const = default;
};

/// What happened in a window of time, ready to be shown.
struct Activity
{
    bool isEmpty = true; ///< there was no request
    QDateTime asOf;
    std::vector<KeyFigure> figures;
    ChartData requests;
    ChartData ttft;
    ChartData tokens; ///< by provider
    bool operator==(const Activity &) const = default;
};

/// Makes it of the record's sums. Pure.
class ActivityFigures
{
    Q_DECLARE_TR_FUNCTIONS(freerelay::ui::ActivityFigures)

public:
    /// Providers with a colour of their own; the others are summed up.
    static constexpr std::size_t maxProviders = 5;

    /// @param names  of providers, by id
    [[nodiscard]] static Activity
    of(const interfaces::RequestStats &stats, const QMap<QString, QString> &names);

private:
    [[nodiscard]] static std::vector<KeyFigure> keyFigures(const interfaces::RequestStats &stats);
    [[nodiscard]] static ChartData requestChart(const interfaces::RequestStats &stats);
    [[nodiscard]] static ChartData ttftChart(const interfaces::RequestStats &stats);
    [[nodiscard]] static ChartData
    tokenChart(const interfaces::RequestStats &stats, const QMap<QString, QString> &names);
};

} // namespace freerelay::ui
