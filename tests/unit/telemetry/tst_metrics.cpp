#include "core/telemetry/metric_specs.h"
#include "core/telemetry/metrics.h"
#include "core/telemetry/process_stats.h"
#include "tests/support/promtool.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <prometheus/counter.h>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::telemetry;

namespace {

const char *typeName(MetricKind kind)
{
    switch (kind) {
    case MetricKind::Counter:
        return "counter";
    case MetricKind::Gauge:
        return "gauge";
    case MetricKind::Histogram:
        return "histogram";
    }
    return "";
}

/// The value of the one line that begins with `series`; null when there is none.
QByteArray valueOf(const QByteArray &text, const QByteArray &series)
{
    for (const QByteArray &line : text.split('\n')) {
        if (line.startsWith(QByteArray(series + ' '))) {
            return line.mid(series.size() + 1);
        }
    }
    return {};
}

} // namespace

class TestMetrics final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hasTheTwentyFamiliesOfTheRequirements_data()
    {
        QTest::addColumn<QByteArray>("type");
        const std::pair<const char *, const char *> families[] = {
            {"freerelay_requests_total", "counter"},
            {"freerelay_request_duration_seconds", "histogram"},
            {"freerelay_ttft_seconds", "histogram"},
            {"freerelay_tokens_total", "counter"},
            {"freerelay_cache_hits_total", "counter"},
            {"freerelay_circuit_state", "gauge"},
            {"freerelay_budget_remaining_ratio", "gauge"},
            {"freerelay_validation_pass_rate", "gauge"},
            {"freerelay_repair_triggered_total", "counter"},
            {"freerelay_repair_success_rate", "gauge"},
            {"freerelay_bandit_arm_quality", "gauge"},
            {"freerelay_bandit_arm_pulls_total", "counter"},
            {"freerelay_routing_confidence_gap", "histogram"},
            {"freerelay_dag_step_duration_seconds", "histogram"},
            {"freerelay_hallucination_flags_total", "counter"},
            {"freerelay_compression_ratio", "histogram"},
            {"freerelay_brownout_active", "gauge"},
            {"freerelay_benchmark_score", "gauge"},
            {"freerelay_anomaly_detected_total", "counter"},
            {"freerelay_agent_steps_total", "counter"},
        };
        for (const auto &[name, type] : families) {
            QTest::newRow(name) << QByteArray(type);
        }
    }

    void hasTheTwentyFamiliesOfTheRequirements()
    {
        QFETCH(QByteArray, type);
        const QByteArray text = Metrics().render();
        QVERIFY(
            text.contains(QByteArray("# TYPE "_ba + QTest::currentDataTag() + ' ' + type + '\n')));
    }

    void showsEveryFamilyAtZeroFromTheStart()
    {
        const QByteArray text = Metrics().render();
        for (const MetricSpec &spec : metricSpecs()) {
            if (!spec.hasZeroChild) {
                continue;
            }
            const auto name = QByteArray::fromStdString(spec.name);
            const QByteArray line = name + (spec.kind == MetricKind::Histogram ? "_count" : "")
                + (spec.labels.empty() ? "" : "{");
            QVERIFY2(text.contains(QByteArray("# HELP " + name + ' ')), name);
            QVERIFY2(
                text.contains(QByteArray("# TYPE " + name + ' ' + typeName(spec.kind) + '\n')),
                name);
            const qsizetype at = text.indexOf(QByteArray('\n' + line));
            QVERIFY2(at >= 0, name);
            const QByteArray sample = text.mid(at + 1, text.indexOf('\n', at + 1) - at - 1);
            QVERIFY2(sample.endsWith(" 0"), sample);
        }
    }

    void ofWhatDoesNotExistYetTheHelpNamesTheFeature()
    {
        for (const MetricSpec &spec : metricSpecs()) {
            for (const char *word : {"bandit", "cache_hits", "repair", "benchmark"}) {
                if (spec.name.find(word) != std::string::npos) {
                    QVERIFY2(spec.help.find("Fed by") != std::string::npos, spec.name.c_str());
                }
            }
        }
    }

    void isDocumented()
    {
        QFile file(QStringLiteral(FREERELAY_RESOURCES "/../docs/telemetry.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray docs = file.readAll();
        for (const MetricSpec &spec : metricSpecs()) {
            QByteArrayList labels;
            for (const auto &label : spec.labels) {
                labels.append('`' + QByteArray::fromStdString(label.first) + '`');
            }
            const QByteArray row = "| `" + QByteArray::fromStdString(spec.name) + "` | "
                + typeName(spec.kind) + " | " + (labels.isEmpty() ? "–" : labels.join(", ")) + " |";
            QVERIFY2(docs.contains(row), row);
        }
    }

    void aSampledFamilyHasExactlyWhatIsRead()
    {
        Metrics metrics;
        Readings readings{{{"groq", "rpm"}, 0.5}, {{"groq", "rpd"}, 1}};
        metrics.sampleFamily("freerelay_quota_remaining_ratio", [&readings] { return readings; });
        const QByteArray name = "freerelay_quota_remaining_ratio{";
        QCOMPARE(metrics.render().count(name), 2);
        readings = {{{"groq", "rpm"}, 0.25}, {{"acme", "tpm"}, 0}};
        const QByteArray text = metrics.render();
        QCOMPARE(text.count(name), 2);
        QVERIFY(text.contains(QByteArray(name + R"(provider="groq",window="rpm"} 0.25)")));
        QVERIFY(text.contains(QByteArray(name + R"(provider="acme",window="tpm"} 0)")));
        metrics.stopSampling();
        readings.clear();
        QCOMPARE(metrics.render().count(name), 2);
    }

    void keepsLabelsBounded()
    {
        Metrics metrics;
        KnownNames names;
        names.providers = {"groq"_ba};
        names.models = {"groq/a"_ba};
        metrics.setKnownNames(names);
        QCOMPARE(metrics.providerLabel("groq"_ba, names), std::string("groq"));
        QCOMPARE(metrics.providerLabel("evil"_ba, names), std::string("other"));
        QCOMPARE(metrics.providerLabel({}, names), std::string("none"));
        QCOMPARE(metrics.modelLabel("groq/a"_ba, names), std::string("groq/a"));
        QCOMPARE(metrics.modelLabel("groq/b"_ba, names), std::string("other"));
        QCOMPARE(metrics.modelLabel({}, names), std::string("none"));
    }

    void givesOnlySoManyModelsSeriesOfTheirOwn()
    {
        Metrics metrics;
        KnownNames names;
        const auto model = [](std::size_t i) -> QByteArray {
            return "p/" + QByteArray::number(qulonglong(i));
        };
        for (std::size_t i = 0; i <= Metrics::maxModels; ++i) {
            names.models.insert(model(i));
        }
        for (std::size_t i = 0; i < Metrics::maxModels; ++i) {
            QCOMPARE(metrics.modelLabel(model(i), names), model(i).toStdString());
        }
        QCOMPARE(metrics.modelLabel(model(Metrics::maxModels), names), std::string("other"));
        QCOMPARE(metrics.modelLabel(model(0), names), std::string("p/0"));
    }

    void escapesLabelValues()
    {
        Metrics metrics;
        metrics.counter("freerelay_hedges_total", {"a\"b\\c\nd"}).Increment();
        const QByteArray series = "freerelay_hedges_total{winner=\"a\\\"b\\\\c\\nd\"}"_ba;
        QCOMPARE(valueOf(metrics.render(), series), "1"_ba);
    }

    void readsSourcesEachTimeAndNeverLetsACounterFall()
    {
        Metrics metrics;
        double figure = 5;
        metrics.sample("freerelay_http_connections", {}, [&] { return figure; });
        metrics.sample("freerelay_http_requests_total", {}, [&] { return figure; });
        metrics.sample("freerelay_http_refused_total", {}, []() -> std::optional<double> {
            return std::nullopt;
        });
        QByteArray text = metrics.render();
        QCOMPARE(valueOf(text, "freerelay_http_connections"_ba), "5"_ba);
        QCOMPARE(valueOf(text, "freerelay_http_requests_total"_ba), "5"_ba);
        QCOMPARE(valueOf(text, "freerelay_http_refused_total"_ba), "0"_ba);
        figure = 3;
        text = metrics.render();
        QCOMPARE(valueOf(text, "freerelay_http_connections"_ba), "3"_ba);
        QCOMPARE(valueOf(text, "freerelay_http_requests_total"_ba), "5"_ba);
        metrics.stopSampling();
        figure = 9;
        QCOMPARE(valueOf(metrics.render(), "freerelay_http_connections"_ba), "3"_ba);
    }

    void tellsWhatTheSystemSaysAboutTheProcess()
    {
#ifdef Q_OS_LINUX
        const ProcessStats stats = ProcessStats::read();
        QVERIFY(stats.residentBytes.value_or(0) > 1e6);
        QVERIFY(stats.virtualBytes.value_or(0) >= *stats.residentBytes);
        QVERIFY(stats.cpuSeconds.has_value());
        QVERIFY(stats.threads.value_or(0) >= 1);
        QVERIFY(stats.openDescriptors.value_or(0) >= 3);
        QVERIFY(stats.maxDescriptors.value_or(0) >= *stats.openDescriptors);
        QVERIFY(stats.startSeconds.value_or(0) > 1.6e9);
        QFile one(QStringLiteral(FREERELAY_RESOURCES "/../README.md"));
        QVERIFY(one.open(QIODevice::ReadOnly));
        QCOMPARE(*ProcessStats::read().openDescriptors, *stats.openDescriptors + 1);
#endif
        Metrics metrics;
        sampleProcess(metrics);
        const QByteArray text = metrics.render();
        QVERIFY(valueOf(text, "process_resident_memory_bytes"_ba).toDouble() > 1e6);
    }

    void pleasesPromtool()
    {
        Metrics metrics;
        metrics.sample("freerelay_build_info", {"1", "2", "3"}, [] { return 1; });
        sampleProcess(metrics);
        const auto verdict = freerelay::tests::checkWithPromtool(metrics.render());
        if (!verdict.isInstalled) {
            QSKIP("promtool is not installed (Debian package prometheus)");
        }
        QVERIFY2(verdict.complaints.isEmpty(), verdict.complaints);
    }
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
