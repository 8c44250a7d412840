#include "metrics.h"

#include "core/telemetry/metric_specs.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sstream>
#include <unordered_set>

namespace freerelay::telemetry {

namespace {

prometheus::Labels labelsOf(const MetricSpec &spec, const LabelValues &values)
{
    Q_ASSERT(values.size() == spec.labels.size());
    prometheus::Labels labels;
    for (std::size_t i = 0; i < spec.labels.size(); ++i) {
        labels.emplace(spec.labels[i].first, values[i]);
    }
    return labels;
}

LabelValues zeroValues(const MetricSpec &spec)
{
    LabelValues values;
    for (const auto &[name, value] : spec.labels) {
        values.push_back(value);
    }
    return values;
}

/// A family and what it was made of.
template <typename Child> struct Entry
{
    const MetricSpec *spec = nullptr;
    prometheus::Family<Child> *family = nullptr;
};

template <typename Child> using Entries = std::map<std::string_view, Entry<Child>>;

template <typename Child>
const Entry<Child> &entryOf(const Entries<Child> &all, std::string_view name)
{
    const auto found = all.find(name);
    Q_ASSERT(found != all.end());
    return found->second;
}

/// `name` when it is among `names`, or there is room for it; else "other".
std::string within(std::size_t most, std::unordered_set<std::string> &names, std::string name)
{
    if (names.size() >= most && !names.contains(name)) {
        return "other";
    }
    names.insert(name);
    return name;
}

} // namespace

struct Metrics::Source
{
    prometheus::Counter *counter = nullptr; ///< or
    prometheus::Gauge *gauge = nullptr;
    std::function<std::optional<double>()> read;
};

struct Metrics::FamilySource
{
    Entry<prometheus::Gauge> entry;
    std::map<LabelValues, prometheus::Gauge *> children;
    std::function<Readings()> read;

    void update()
    {
        const Readings readings = read();
        for (auto child = children.begin(); child != children.end();) {
            if (readings.contains(child->first)) {
                ++child;
                continue;
            }
            entry.family->Remove(child->second);
            child = children.erase(child);
        }
        for (const auto &[values, value] : readings) {
            prometheus::Gauge *&child = children[values];
            if (child == nullptr) {
                child = &entry.family->Add(labelsOf(*entry.spec, values));
            }
            child->Set(value);
        }
    }
};

struct Metrics::Families
{
    prometheus::Registry registry;
    Entries<prometheus::Counter> counters;
    Entries<prometheus::Gauge> gauges;
    Entries<prometheus::Histogram> histograms;

    std::mutex namesMutex; ///< of the two
    std::unordered_set<std::string> models;
    std::unordered_set<std::string> apps;

    std::mutex sourcesMutex; ///< held while sources are read
    std::vector<Source> sources;
    std::vector<FamilySource> familySources;

    void add(const MetricSpec &spec)
    {
        switch (spec.kind) {
        case MetricKind::Counter:
            counters[spec.name] = {
                &spec,
                &prometheus::BuildCounter().Name(spec.name).Help(spec.help).Register(registry)};
            break;
        case MetricKind::Gauge:
            gauges[spec.name] = {
                &spec,
                &prometheus::BuildGauge().Name(spec.name).Help(spec.help).Register(registry)};
            break;
        case MetricKind::Histogram:
            histograms[spec.name] = {
                &spec,
                &prometheus::BuildHistogram().Name(spec.name).Help(spec.help).Register(registry)};
            break;
        }
    }
};

Metrics::Metrics()
    : m_families(std::make_unique<Families>())
    , m_known(std::make_shared<const KnownNames>())
{
    for (const MetricSpec &spec : metricSpecs()) {
        m_families->add(spec);
        if (!spec.hasZeroChild) {
            continue;
        }
        // The library prints nothing for a family without children, and a scraper that has never
        // seen a counter at zero misses its first step.
        switch (spec.kind) {
        case MetricKind::Counter:
            static_cast<void>(counter(spec.name, zeroValues(spec)));
            break;
        case MetricKind::Gauge:
            static_cast<void>(gauge(spec.name, zeroValues(spec)));
            break;
        case MetricKind::Histogram:
            static_cast<void>(histogram(spec.name, zeroValues(spec)));
            break;
        }
    }
}

Metrics::~Metrics() = default;

void Metrics::setKnownNames(KnownNames names)
{
    m_known.publish(std::make_shared<const KnownNames>(std::move(names)));
}

const common::Published<KnownNames> &Metrics::knownNames() const
{
    return m_known;
}

std::string Metrics::providerLabel(const QByteArray &id, const KnownNames &known) const
{
    if (id.isEmpty()) {
        return "none";
    }
    return known.providers.contains(id) ? id.toStdString() : "other";
}

std::string Metrics::modelLabel(const QByteArray &fullId, const KnownNames &known)
{
    if (fullId.isEmpty()) {
        return "none";
    }
    if (!known.models.contains(fullId)) {
        return "other";
    }
    const std::lock_guard lock(m_families->namesMutex);
    return within(maxModels, m_families->models, fullId.toStdString());
}

std::string Metrics::appLabel(const QByteArray &name, bool hasKey)
{
    if (!hasKey || name.isEmpty()) {
        return "none";
    }
    const std::lock_guard lock(m_families->namesMutex);
    return within(maxApps, m_families->apps, name.toStdString());
}

prometheus::Counter &Metrics::counter(std::string_view name, const LabelValues &values)
{
    const auto &entry = entryOf(m_families->counters, name);
    return entry.family->Add(labelsOf(*entry.spec, values));
}

prometheus::Gauge &Metrics::gauge(std::string_view name, const LabelValues &values)
{
    const auto &entry = entryOf(m_families->gauges, name);
    return entry.family->Add(labelsOf(*entry.spec, values));
}

prometheus::Histogram &Metrics::histogram(std::string_view name, const LabelValues &values)
{
    const auto &entry = entryOf(m_families->histograms, name);
    return entry.family->Add(labelsOf(*entry.spec, values), entry.spec->buckets);
}

void Metrics::sample(
    std::string_view name, const LabelValues &values, std::function<std::optional<double>()> read)
{
    Source source;
    if (m_families->counters.contains(name)) {
        source.counter = &counter(name, values);
    } else {
        source.gauge = &gauge(name, values);
    }
    source.read = std::move(read);
    const std::lock_guard lock(m_families->sourcesMutex);
    m_families->sources.push_back(std::move(source));
}

void Metrics::sampleFamily(std::string_view name, std::function<Readings()> read)
{
    const std::lock_guard lock(m_families->sourcesMutex);
    m_families->familySources.push_back({entryOf(m_families->gauges, name), {}, std::move(read)});
}

void Metrics::stopSampling()
{
    const std::lock_guard lock(m_families->sourcesMutex);
    m_families->sources.clear();
    m_families->familySources.clear();
}

void Metrics::readSources()
{
    const std::lock_guard lock(m_families->sourcesMutex);
    for (const Source &source : m_families->sources) {
        const std::optional<double> value = source.read();
        if (!value) {
            continue;
        }
        if (source.gauge != nullptr) {
            source.gauge->Set(*value);
        } else if (*value > source.counter->Value()) {
            source.counter->Increment(*value - source.counter->Value());
        }
    }
    for (FamilySource &source : m_families->familySources) {
        source.update();
    }
}

QByteArray Metrics::render()
{
    readSources();
    std::vector<prometheus::MetricFamily> families = m_families->registry.Collect();
    std::sort(families.begin(), families.end(), [](const auto &left, const auto &right) {
        return left.name < right.name;
    });
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, families);
    return QByteArray::fromStdString(text.str());
}

} // namespace freerelay::telemetry
