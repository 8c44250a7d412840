#include "core/services/provider_rows.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using interfaces::KeyState;
using interfaces::ProviderRow;
using quota::CoolDownReason;
using routing::Disqualified;

/// Groq with two keys and two models, and what the window shows of it.
class TestProviderRows final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void init()
    {
        m_coolDowns = std::make_unique<quota::CoolDownTable>();
        catalog::Provider groq = aProvider("groq");
        groq.offerVariables = {"SOME_TOKEN"};
        m_usedUp.clear();
        m_config = relay::RelayConfig();
        m_config.catalog = std::make_shared<catalog::Catalog>(
            std::vector{groq, aProvider("acme")},
            std::vector{aModel("groq/llama"), aModel("groq/qwen"), aModel("acme/big")},
            std::vector<catalog::Alias>{});
        m_config.keys = std::make_shared<const keys::KeyRing>(
            std::vector<keys::Key>{aKey("one"), aKey("two")});
        m_config.endpoints = {
            {m_config.catalog->provider("groq"), {"one", "two"}, std::nullopt, false},
            {m_config.catalog->provider("acme"), {{}}, Disqualified::NoKey, false}};
        m_config.rank();
    }

    void tellsWhatIsReadyAndWhatHasNoKey()
    {
        const auto rows = allRows();
        QCOMPARE(rows.size(), std::size_t(2));
        QCOMPARE(rows[0].id, "groq"_ba);
        QCOMPARE(rows[0].state, KeyState::Ready);
        QCOMPARE(rows[0].stateText, u"ready"_s);
        QCOMPARE(rows[0].offeredVariables, QStringList{u"SOME_TOKEN"_s});
        QCOMPARE(rows[1].state, KeyState::NoKey);
        QCOMPARE(rows[1].stateText, u"no key"_s);
    }

    void staysReadyWhileSomethingCanBeUsed_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<CoolDownReason>("reason");
        QTest::addColumn<QString>("text");
        QTest::newRow("one model")
            << "one"_ba
            << "groq/qwen"_ba << CoolDownReason::RateLimited << u"ready; at rest: 1 of 2 models"_s;
        QTest::newRow("one key") << "one"_ba
                                 << ""_ba << CoolDownReason::KeyRejected
                                 << u"ready; at rest: 1 of 2 keys"_s;
        QTest::newRow("a model that failed a moment ago")
            << "one"_ba
            << "groq/qwen"_ba << CoolDownReason::Unhealthy << u"ready"_s;
        QTest::newRow("all that failed a moment ago")
            << ""_ba
            << ""_ba << CoolDownReason::Unhealthy << u"ready"_s;
    }

    void staysReadyWhileSomethingCanBeUsed()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, model);
        QFETCH(CoolDownReason, reason);
        QFETCH(QString, text);
        m_coolDowns->bench({"groq", key, model}, m_clock.now() + 60s, reason, "slow down");
        const ProviderRow row = allRows().front();
        QCOMPARE(row.state, KeyState::Ready);
        QCOMPARE(row.stateText, text);
        QVERIFY(!row.coolDownUntil);
    }

    void saysUntilWhenItIsUsedUp()
    {
        const QDateTime until(QDate(2026, 11, 24), QTime(16, 40), Qt::UTC);
        m_usedUp = {{"groq", u"Groq"_s, until}, {"acme", u"Acme"_s, until}};
        const auto rows = allRows();
        QCOMPARE(rows[0].state, KeyState::CoolingDown);
        QCOMPARE(rows[0].stateText, u"used up until 16:40:00"_s);
        QCOMPARE(rows[0].coolDownUntil, until);
        QCOMPARE(rows[1].state, KeyState::NoKey);
    }

    void restsUntilTheFirstIsBack()
    {
        m_coolDowns->bench(
            {"groq", {}, "groq/qwen"}, m_clock.now() + 60s, CoolDownReason::RateLimited, "slow");
        m_coolDowns->bench(
            {"groq", {}, "groq/llama"}, m_clock.now() + 90s, CoolDownReason::NoCredit, "empty");
        m_coolDowns->bench(
            {"groq", {}, {}}, m_clock.now() + 5s, CoolDownReason::Unhealthy, "flaky");
        const ProviderRow row = allRows().front();
        QCOMPARE(row.state, KeyState::CoolingDown);
        QCOMPARE(row.coolDownUntil->toUTC(), QDateTime(QDate(2026, 11, 24), QTime(1, 1), Qt::UTC));
        QVERIFY2(row.stateText.endsWith(u": slow"), qPrintable(row.stateText));
    }

    void saysThatEveryKeyWasRejected()
    {
        for (const char *key : {"one", "two"}) {
            m_coolDowns->bench(
                {"groq", key, {}}, m_clock.now() + 60s, CoolDownReason::KeyRejected, "bad key");
        }
        const ProviderRow row = allRows().front();
        QCOMPARE(row.state, KeyState::Rejected);
        QVERIFY2(row.stateText.contains(u"bad key"), qPrintable(row.stateText));
    }

    void saysThatAKeyMayNotBeSentToTheAddress()
    {
        m_config.endpoints.front().barred = Disqualified::NoKey;
        m_config.rank();
        for (const ProviderRow &row : allRows()) {
            QCOMPARE(row.stateText.contains(u"may not be sent"), row.id == "groq");
        }
    }

private:
    static keys::Key aKey(const QByteArray &fingerprint)
    {
        return {
            "groq",
            common::Secret("key-" + fingerprint),
            fingerprint,
            keys::KeySource::Environment,
            u"GROQ_API_KEY"_s,
            {}};
    }

    [[nodiscard]] std::vector<ProviderRow> allRows() const
    {
        return services::providerRows(m_config, *m_coolDowns, m_usedUp, m_clock);
    }

    ManualClock m_clock;
    relay::RelayConfig m_config;
    std::unique_ptr<quota::CoolDownTable> m_coolDowns;
    std::vector<interfaces::UsedUpProvider> m_usedUp;
};

QTEST_APPLESS_MAIN(TestProviderRows)
#include "tst_provider_rows.moc"
