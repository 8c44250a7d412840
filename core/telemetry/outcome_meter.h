#pragma once

#include "core/relay/records.h"
#include "core/telemetry/metrics.h"

#include <QByteArray>
#include <QHash>

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

    void count(const relay::Outcome &outcome);
    void countAttempts(const relay::Outcome &outcome);
    [[nodiscard]] Series &seriesOf(const QByteArray &provider, const QByteArray &model);
    [[nodiscard]] std::unique_ptr<Series>
    makeSeries(const QByteArray &provider, const QByteArray &model);
    void forgetWhenNamesChanged();

    Metrics &m_metrics;
    relay::OutcomeSink &m_next;
    common::Published<KnownNames>::Reader m_known;
    std::uint64_t m_knownVersion = 0;
    /// By full model id, which begins with the provider's; "" when no provider answered.
    QHash<QByteArray, std::shared_ptr<Series>> m_series;
};

} // namespace freerelay::telemetry
