#include "core/settings/layers.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::settings;
using freerelay::common::Environment;
using freerelay::common::Mode;

class TestLayers final : public QObject
{
    Q_OBJECT

private:
    [[nodiscard]] static ParsedSettings file(const QByteArray &yaml)
    {
        return parseSettings(yaml, u"s.yaml"_s).value();
    }

private Q_SLOTS:
    void theHigherLayerWins_data()
    {
        QTest::addColumn<int>("layerCount");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<int>("source");
        QTest::addColumn<QString>("name");
        const auto row = [](const char *tag,
                            int count,
                            const QString &mode,
                            Source source,
                            const QString &name) {
            QTest::newRow(tag) << count << mode << static_cast<int>(source) << name;
        };
        row("default", 0, u"auto"_s, Source::Default, u"default"_s);
        row("file", 1, u"free"_s, Source::File, u"settings.yaml:1"_s);
        row(".env", 2, u"paid"_s, Source::DotEnv, u".env: FREERELAY_MODE"_s);
        row("environment", 3, u"free"_s, Source::Environment, u"FREERELAY_MODE"_s);
        row("command line", 4, u"paid"_s, Source::CommandLine, u"--mode"_s);
        row("runtime", 5, u"free"_s, Source::Runtime, u"changed while running"_s);
    }

    void theHigherLayerWins()
    {
        QFETCH(int, layerCount);
        QFETCH(QString, mode);
        QFETCH(int, source);
        QFETCH(QString, name);
        Layers layers;
        std::vector<Override> runtime;
        if (layerCount >= 2) {
            layers.dotEnv = dotEnvOverrides("paid");
        }
        if (layerCount >= 3) {
            layers.environment = environmentOverrides(
                Environment({{"FREERELAY_MODE", "free"}}), {});
        }
        if (layerCount >= 4) {
            layers.commandLine = {{u"mode"_s, u"paid"_s, u"--mode"_s}};
        }
        if (layerCount >= 5) {
            runtime = {{u"mode"_s, u"free"_s, u"changed while running"_s}};
        }
        const auto effective = layer(file(layerCount >= 1 ? "mode: free\n" : ""), layers, runtime);
        QVERIFY(effective);
        QCOMPARE(freerelay::common::toString(effective->value.mode), mode);
        QCOMPARE(static_cast<int>(effective->originOf(u"mode"_s).source), source);
        QCOMPARE(effective->originOf(u"mode"_s).name, name);
    }

    void readsEveryVariableOfOurs()
    {
        const Environment environment(
            {{"FREERELAY_HOST", "::1"},
             {"FREERELAY_PORT", " 8123 "},
             {"FREERELAY_LOG_LEVEL", "debug"},
             {"FREERELAY_LOG_FORMAT", "json"},
             {"FREERELAY_MODE", ""}});
        const auto effective = layer({}, {{}, environmentOverrides(environment, {}), {}}, {});
        QVERIFY(effective);
        QCOMPARE(effective->value.host, u"::1"_s);
        QCOMPARE(effective->value.port, 8123);
        QCOMPARE(effective->value.logLevel, u"debug"_s);
        QCOMPARE(effective->value.logFormat, u"json"_s);
        QVERIFY(effective->value.mode == Mode::Auto);
    }

    void aBadVariableIsNamed()
    {
        const Environment environment({{"FREERELAY_PORT", "eighty"}});
        const auto effective = layer({}, {{}, environmentOverrides(environment, {}), {}}, {});
        QVERIFY(!effective);
        QVERIFY(effective.error().message.startsWith("FREERELAY_PORT: "_L1));
        QVERIFY(effective.error().message.contains("65535"_L1));
    }

    void providersTakeTheirAddressFromTheEnvironment()
    {
        const std::vector<ProviderVariables> variables{
            {"groq", "GROQ_BASE_URL", "https://api.groq.com/openai/v1", {}},
            {"cloudflare", "CLOUDFLARE_BASE_URL", "", {{"account_id", "CLOUDFLARE_ACCOUNT_ID"}}}};
        const Environment environment(
            {{"GROQ_BASE_URL", "http://127.0.0.1:9/v1/"}, {"CLOUDFLARE_ACCOUNT_ID", "abc"}});
        const auto effective = layer(
            {}, {{}, environmentOverrides(environment, variables), {}}, {});
        QVERIFY(effective);
        QCOMPARE(effective->value.provider("groq").baseUrl, "http://127.0.0.1:9/v1"_ba);
        QCOMPARE(effective->value.provider("cloudflare").extra.value("account_id"), "abc"_ba);
        QCOMPARE(effective->originOf(u"providers.groq.base_url"_s).name, u"GROQ_BASE_URL"_s);
    }

    void aHostVariableReplacesHostAndPortOnly_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("url");
        QTest::newRow("host and port") << "127.0.0.1:9999"_ba
                                       << "http://127.0.0.1:9999/v1"_ba;
        QTest::newRow("host") << "box.local"_ba
                              << "http://box.local:11434/v1"_ba;
        QTest::newRow("listen address") << "0.0.0.0"_ba
                                        << "http://127.0.0.1:11434/v1"_ba;
        QTest::newRow("IPv6") << "[::1]:5"_ba
                              << "http://[::1]:5/v1"_ba;
        QTest::newRow("scheme") << "https://box.local:443"_ba
                                << "https://box.local:443/v1"_ba;
        QTest::newRow("path") << "http://box.local:1/other"_ba
                              << "http://box.local:1/other"_ba;
    }

    void aHostVariableReplacesHostAndPortOnly()
    {
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, url);
        const std::vector<ProviderVariables> variables{
            {"ollama", "OLLAMA_HOST", "http://127.0.0.1:11434/v1", {}}};
        const auto effective = layer(
            {},
            {{}, environmentOverrides(Environment({{"OLLAMA_HOST", value}}), variables), {}},
            {});
        QVERIFY(effective);
        QCOMPARE(effective->value.provider("ollama").baseUrl, url);
    }

    void theDotEnvFileSetsNothingButTheMode()
    {
        QVERIFY(dotEnvOverrides({}).empty());
        QCOMPARE(dotEnvOverrides("free").size(), std::size_t(1));
        QVERIFY(!layer({}, {dotEnvOverrides("cheap"), {}, {}}, {}));
    }
};

QTEST_GUILESS_MAIN(TestLayers)
#include "tst_layers.moc"
