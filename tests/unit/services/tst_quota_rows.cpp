#include "core/services/gateway_figures.h"
#include "core/services/quota/quota_rows.h"
#include "tests/support/sample_catalog.h"
#include "tests/support/split_clock.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::quota;
using namespace freerelay::services;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

using catalog::QuotaPeriod;
using catalog::QuotaUnit;
using interfaces::QuotaFigures;
using interfaces::QuotaWindowFigures;

namespace {

const QByteArray key = "0123456789abcdef";

} // namespace

/// Groq with a key and two models beside a keyless provider, and what is shown of their quotas.
class TestQuotaRows final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void init()
    {
        m_clock = std::make_unique<SplitClock>(
            std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + 10h);
        m_ledger = std::make_unique<QuotaLedger>(*m_clock);
        m_coolDowns = std::make_unique<CoolDownTable>();
        m_config = relay::RelayConfig();
        m_config.catalog = std::make_shared<catalog::Catalog>(
            std::vector{aProvider("groq"), aProvider("acme"), aProvider("demo")},
            std::vector{
                withQuality(aModel("groq/llama"), 0.9),
                withQuality(aModel("groq/qwen"), 0.8),
                withQuality(aModel("acme/big"), 0.7)},
            std::vector<catalog::Alias>{});
        keys::Key owned;
        owned.provider = "groq";
        owned.fingerprint = key;
        m_config.keys = std::make_shared<const keys::KeyRing>(std::vector<keys::Key>{owned});
        m_config.endpoints = {
            {m_config.catalog->provider("groq"), {key}, std::nullopt, false},
            {m_config.catalog->provider("acme"), {{}}, std::nullopt, false}};
        m_config.rank();
    }

    void showsAWindowWithItsSourceAgeAndReset()
    {
        ask("groq",
            "groq/llama",
            key,
            {{QuotaUnit::Requests, QuotaPeriod::Minute, 30, {}, 29, 40s}});
        m_clock->advance(10s);
        const QuotaFigures all = figures();
        QCOMPARE(all.providers.size(), std::size_t(1));
        QCOMPARE(all.providers[0].name, u"Groq"_s);
        const QuotaWindowFigures window = windowOf(all, "rpm");
        QCOMPARE(window.key, u"01234567"_s);
        QCOMPARE(window.subject, u"groq/llama"_s);
        QVERIFY(!window.shared);
        QCOMPARE(window.used, 1);
        QCOMPARE(window.limit, 30);
        QCOMPARE(window.remaining, 29);
        QCOMPARE(window.source, u"header"_s);
        QCOMPARE(window.age, std::chrono::seconds(10));
        QVERIFY(window.confidence > 0.9);
        QCOMPARE(all.takenAt.secsTo(*window.resetsAt), 30);
        QVERIFY(!window.soft);
    }

    void withoutALimitThereIsNoSource()
    {
        ask("groq", "groq/llama", key, {});
        const QuotaWindowFigures window = windowOf(figures(), "rpd");
        QCOMPARE(window.used, 1);
        QVERIFY(!window.limit);
        QVERIFY(!window.age);
        QCOMPARE(window.source, QString());
    }

    void tellsWhenItWillBeEmpty()
    {
        ask("groq", "groq/llama", key, {{QuotaUnit::Requests, QuotaPeriod::Day, 40, {}, 39, {}}});
        for (int i = 0; i < 30; ++i) {
            m_clock->advance(1min);
            ask("groq", "groq/llama", key, {});
        }
        const QuotaWindowFigures window = windowOf(figures(), "rpd");
        QVERIFY(window.emptyAt);
        QVERIFY2(window.forecast.startsWith(u"empty at "_s), qPrintable(window.forecast));
        QVERIFY(*window.emptyAt < *window.resetsAt);
    }

    void whatNeverComesBackHasNoReset()
    {
        const catalog::QuotaFact left{QuotaUnit::Credits, QuotaPeriod::Total, 5, {}, 2, {}};
        m_ledger->observeAccount(*m_config.catalog->provider("groq"), key, {{"", left}});
        const QuotaWindowFigures window = windowOf(figures(), "ctotal");
        QCOMPARE(window.used, 3);
        QCOMPARE(window.remaining, 2);
        QCOMPARE(window.period, u"total"_s);
        QCOMPARE(window.source, u"account_api"_s);
        QVERIFY(!window.resetsAt);
        QVERIFY(!window.emptyAt);
    }

    void leavesOutKeysThatAreGoneAndDemos()
    {
        ask("groq", "groq/llama", "another key", {});
        ask("demo", "demo/x", {}, {});
        m_coolDowns->bench(
            {"groq", "another key", {}}, m_clock->now() + 60s, CoolDownReason::KeyRejected);
        QVERIFY(figures().providers.empty());
        ask("acme", "acme/big", {}, {});
        QCOMPARE(figures().providers.size(), std::size_t(1));
    }

    void showsWhatRests()
    {
        m_coolDowns->bench(
            {"groq", key, "groq/qwen"},
            m_clock->now() + 90s,
            CoolDownReason::RateLimited,
            "slow down");
        m_coolDowns->bench({"groq", key, {}}, m_clock->now() + 5s, CoolDownReason::Unhealthy);
        const QuotaFigures all = figures();
        const auto &rests = all.providers.at(0).coolDowns;
        QCOMPARE(rests.size(), std::size_t(2));
        QCOMPARE(rests[0].reason, u"unhealthy"_s);
        QVERIFY(rests[0].onlyAdvice);
        QCOMPARE(rests[0].model, QString());
        QCOMPARE(rests[1].reason, u"rate_limited"_s);
        QCOMPARE(rests[1].detail, u"slow down"_s);
        QCOMPARE(rests[1].key, u"01234567"_s);
        QCOMPARE(all.takenAt.secsTo(rests[1].until), 90);
    }

    void namesWhoAnswersNext()
    {
        const auto outlook = figures().outlook;
        QVERIFY(outlook.usedUp.empty());
        QCOMPARE(outlook.next.size(), std::size_t(2));
        QCOMPARE(outlook.next[0].model, u"groq/llama"_s);
        QCOMPARE(outlook.next[1].name, u"Acme"_s);
    }

    void aProviderIsUsedUpWhenAllItsModelsAre()
    {
        bench("groq/llama", 600s);
        QVERIFY(figures().outlook.usedUp.empty());
        QCOMPARE(figures().outlook.next[0].model, u"groq/qwen"_s);
        bench("groq/qwen", 60s);
        const QuotaFigures all = figures();
        QCOMPARE(all.outlook.usedUp.size(), std::size_t(1));
        QCOMPARE(all.outlook.usedUp[0].name, u"Groq"_s);
        QCOMPARE(all.takenAt.secsTo(all.outlook.usedUp[0].until), 60); // the first that is back
        QCOMPARE(all.outlook.next.size(), std::size_t(1));
        QCOMPARE(all.outlook.next[0].id, "acme"_ba);
    }

    void aWindowThatIsFullCountsLikeARest()
    {
        for (const char *model : {"groq/llama", "groq/qwen"}) {
            ask("groq", model, key, {{QuotaUnit::Requests, QuotaPeriod::Minute, 10, {}, 0, 40s}});
        }
        const QuotaFigures all = figures();
        QCOMPARE(all.outlook.usedUp.size(), std::size_t(1));
        QCOMPARE(all.takenAt.secsTo(all.outlook.usedUp[0].until), 40);
        QCOMPARE(all.outlook.next[0].id, "acme"_ba);
        m_clock->advance(41s);
        QVERIFY(figures().outlook.usedUp.empty());
    }

    void whatIsNotForWantOfQuotaIsNotUsedUp()
    {
        m_coolDowns->bench({"groq", key, {}}, m_clock->now() + 60s, CoolDownReason::KeyRejected);
        QVERIFY(figures().outlook.usedUp.empty());
        QCOMPARE(figures().outlook.next.size(), std::size_t(1));
    }

    void namesWindows()
    {
        QCOMPARE(shortName({QuotaUnit::Requests, QuotaPeriod::Minute}), "rpm"_ba);
        QCOMPARE(shortName({QuotaUnit::InputTokens, QuotaPeriod::Day}), "itpd"_ba);
        QCOMPARE(shortName({QuotaUnit::Credits, QuotaPeriod::Month}), "cpmo"_ba);
        QCOMPARE(shortName({QuotaUnit::Credits, QuotaPeriod::Total}), "ctotal"_ba);
    }

    void theScarcestIsExported()
    {
        telemetry::Metrics metrics;
        metrics.setKnownNames(knownNames(*m_config.catalog));
        exportQuotas(metrics, *m_ledger);
        QVERIFY(!metrics.render().contains("freerelay_quota_remaining_ratio{"));
        ask("groq", "groq/llama", key, {{QuotaUnit::Requests, QuotaPeriod::Minute, 10, {}, 9, {}}});
        ask("groq", "groq/qwen", key, {{QuotaUnit::Requests, QuotaPeriod::Minute, 10, {}, 4, {}}});
        ask("stranger", "stranger/x", {}, {{QuotaUnit::Tokens, QuotaPeriod::Day, 10, {}, 0, {}}});
        const QByteArray text = metrics.render();
        QVERIFY2(
            text.contains(R"(freerelay_quota_remaining_ratio{provider="groq",window="rpm"} 0.4)"),
            text);
        QVERIFY(
            text.contains(R"(freerelay_quota_remaining_ratio{provider="other",window="tpd"} 0)"));
        QCOMPARE(text.count("freerelay_quota_remaining_ratio{"), 2);
        metrics.stopSampling();
    }

private:
    void
    ask(const QByteArray &provider,
        const QByteArray &model,
        const QByteArray &fingerprint,
        const std::vector<catalog::QuotaFact> &facts)
    {
        const catalog::Provider asked = aProvider(provider);
        const catalog::Model chosen = aModel(model);
        auto taken = m_ledger->take({asked, chosen, fingerprint}, {100, 50});
        auto &lease = std::get<QuotaLease>(taken);
        lease.observe(facts);
        lease.settle({100, 50, 0});
    }

    void bench(const QByteArray &model, common::Duration time)
    {
        m_coolDowns->bench(
            {"groq", key, model}, m_clock->now() + time, CoolDownReason::RateLimited);
    }

    [[nodiscard]] QuotaFigures figures() const
    {
        return quotaFigures({m_config, *m_ledger, *m_coolDowns, *m_clock});
    }

    [[nodiscard]] static QuotaWindowFigures windowOf(const QuotaFigures &all, const char *name)
    {
        for (const QuotaWindowFigures &window : all.providers.at(0).windows) {
            if (window.window == QLatin1StringView(name)) {
                return window;
            }
        }
        return {};
    }

    std::unique_ptr<SplitClock> m_clock;
    std::unique_ptr<QuotaLedger> m_ledger;
    std::unique_ptr<CoolDownTable> m_coolDowns;
    relay::RelayConfig m_config;
};

QTEST_GUILESS_MAIN(TestQuotaRows)
#include "tst_quota_rows.moc"
