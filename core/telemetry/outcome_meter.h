#pragma once

#include "core/relay/records.h"
#include "core/telemetry/metrics.h"

#include <QByteArray>
#include <QHash>

#include <array>
#include <memory>
#include <string>

namespace freerelay::telemetry {

/// Counts the outcomes of one worker in the metrics, then hands them on.
///
/// Belongs to one worker thread: it remembers the children that it has looked up, so counting is
/// a hash look-up and some atomics, and no lock is shared but a histogram's own.
class OutcomeMeter final : public relay::OutcomeSink
{
public:
    /// Both outlive the meter.
    OutcomeMeter(Metrics &metrics, relay::OutcomeSink &next);
    ~OutcomeMeter() override;
    OutcomeMeter(const OutcomeMeter &) = delete;
    OutcomeMeter &operator=(const OutcomeMeter &) = delete;

    void record(const std::shared_ptr<const relay::Outcome> &outcome) override;

private:
    struct Series;
    struct AppSeries;
    static constexpr std::size_t tasks = std::size_t(catalog::Task::Other) + 1;

    void count(const relay::Outcome &outcome);
    void countAttempts(const relay::Outcome &outcome);
    void countForApp(const relay::Outcome &outcome);
    [[nodiscard]] AppSeries makeAppSeries(const std::string &app);
    [[nodiscard]] Series &
    seriesOf(catalog::Task task, const QByteArray &provider, const QByteArray &model);
    [[nodiscard]] std::unique_ptr<Series>
    makeSeries(catalog::Task task, const QByteArray &provider, const QByteArray &model);
    void forgetWhenNamesChanged();

    Metrics &m_metrics;
    relay::OutcomeSink &m_next;
    common::Published<KnownNames>::Reader m_known;
    std::uint64_t m_knownVersion = 0;
    /// By task and full model id, which begins with the provider's; "" when no provider answered.
    std::array<QHash<QByteArray, std::shared_ptr<Series>>, tasks> m_series;
    QHash<QByteArray, std::shared_ptr<AppSeries>> m_apps; ///< by name; "" = without a key
};

} // namespace freerelay::telemetry
