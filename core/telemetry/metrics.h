#pragma once

#include "core/common/published.h"
#include "core/telemetry/known_names.h"

#include <QByteArray>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
} // namespace prometheus

namespace freerelay::telemetry {

/// Values of a family's labels, in the order of its MetricSpec.
using LabelValues = std::vector<std::string>;

/// Values of a gauge's children by their labels.
using Readings = std::map<LabelValues, double>;

/// Every metric of the program, and their text for a scraper. Any thread.
///
/// Looking up a child takes a lock: whoever counts often keeps the reference (it stays valid as
/// long as this object) and updates that, which is an atomic for counters and gauges and a mutex
/// of its own for each histogram.
class Metrics
{
public:
    /// Distinct models that get series of their own; all that come later count as "other".
    static constexpr std::size_t maxModels = 1'000;
    /// Distinct apps, likewise.
    static constexpr std::size_t maxApps = 100;

    /// Makes every family with the child of its MetricSpec, valued zero.
    Metrics();
    ~Metrics();
    Metrics(const Metrics &) = delete;
    Metrics &operator=(const Metrics &) = delete;

    /// Names that may stand in labels from now on.
    void setKnownNames(KnownNames names);
    [[nodiscard]] const common::Published<KnownNames> &knownNames() const;

    /// The provider as a label: itself when it is known, "none" when empty, else "other".
    [[nodiscard]] std::string providerLabel(const QByteArray &id, const KnownNames &known) const;
    /// The model as a label, likewise, and within maxModels.
    [[nodiscard]] std::string modelLabel(const QByteArray &fullId, const KnownNames &known);
    /// The app as a label: its name when it sent its key, within maxApps, else "none". A name that
    /// a client gives itself never gets in.
    [[nodiscard]] std::string appLabel(const QByteArray &name, bool hasKey);

    /// The child of family `name` with these label values, made when there is none. The name must
    /// be one of metricSpecs() and of that kind.
    [[nodiscard]] prometheus::Counter &
    counter(std::string_view name, const LabelValues &values = {});
    [[nodiscard]] prometheus::Gauge &gauge(std::string_view name, const LabelValues &values = {});
    [[nodiscard]] prometheus::Histogram &
    histogram(std::string_view name, const LabelValues &values = {});

    /// Has render() set the child from `read` each time; nullopt leaves it as it was. A counter
    /// never falls. `read` is called by whoever calls render() and must not block.
    void sample(
        std::string_view name,
        const LabelValues &values,
        std::function<std::optional<double>()> read);
    /// Has render() give the gauge `name` exactly the children that `read` returns, each time. The
    /// labels' values must be bounded. `read` as above.
    void sampleFamily(std::string_view name, std::function<Readings()> read);
    /// Forgets all that sample() and sampleFamily() were told: what it reads is about to go.
    void stopSampling();

    /// Prometheus' text format, version 0.0.4. Takes some milliseconds: not for workers.
    [[nodiscard]] QByteArray render();

private:
    struct Families;
    struct Source;
    struct FamilySource;

    void readSources();

    std::unique_ptr<Families> m_families;
    common::Published<KnownNames> m_known;
};

} // namespace freerelay::telemetry
