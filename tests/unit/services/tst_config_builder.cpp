#include "core/services/config_builder.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;
using routing::Disqualified;

/// Which problems a configuration reports, and which it does not.
class TestConfigBuilder final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesItsOwnListenerAndSaysSoToThoseWhoAskedForIt_data()
    {
        QTest::addColumn<QByteArray>("address");
        QTest::addColumn<bool>("consent");
        QTest::addColumn<int>("problems");
        QTest::newRow("a shipped server that nobody asked for") << ""_ba << false << 0;
        QTest::newRow("agreed to") << ""_ba << true << 1;
        QTest::newRow("its address was set") << "http://localhost:8080/v1"_ba << false << 1;
    }

    void refusesItsOwnListenerAndSaysSoToThoseWhoAskedForIt()
    {
        QFETCH(QByteArray, address);
        QFETCH(bool, consent);
        QFETCH(int, problems);
        catalog::Provider local = aProvider("local", catalog::Tier::Local);
        local.baseUrl = "http://127.0.0.1:8080/v1";
        services::ConfigParts parts;
        parts.catalog = std::make_shared<catalog::Catalog>(
            std::vector{local}, std::vector<catalog::Model>{}, std::vector<catalog::Alias>{});
        parts.keys = std::make_shared<const keys::KeyRing>();
        parts.ownPort = 8080;
        parts.settings.providers["local"].baseUrl = address;
        parts.settings.providers["local"].consent = consent;
        const services::BuiltConfig built = services::buildConfig(parts);
        QCOMPARE(built.config->endpoints.front().barred, std::optional(Disqualified::NoAddress));
        QCOMPARE(built.problems.size(), problems);
    }
};

QTEST_APPLESS_MAIN(TestConfigBuilder)
#include "tst_config_builder.moc"
