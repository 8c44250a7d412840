#include "core/relay/model_directory.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

#include <algorithm>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Tier;
using quota::CoolDownReason;
using relay::ListedModel;
using routing::Disqualified;

namespace {

constexpr common::SteadyTime now{std::chrono::hours(1)};

/// Groq with two models and a key, Acme with one and none; an alias for each.
relay::RelayConfig sampleConfig()
{
    catalog::Model dated = aModel("groq/llama");
    dated.released = "2025-08-05";
    dated.contextWindow = 131'072;
    std::vector<catalog::Alias> aliases{
        {"freerelay/groq-llama", "groq/llama", "llama"}, {"freerelay/acme", "acme/big", "big"}};
    relay::RelayConfig config;
    config.catalog = std::make_shared<catalog::Catalog>(
        std::vector{aProvider("groq"), aProvider("acme", Tier::Paid)},
        std::vector{dated, aModel("groq/qwen"), aModel("acme/big", Tier::Paid)},
        aliases);
    config.keys = std::make_shared<const keys::KeyRing>();
    config.endpoints = {
        {config.catalog->provider("groq"), {"key"}, std::nullopt, false},
        {config.catalog->provider("acme"), {{}}, Disqualified::NoKey, false}};
    config.rank();
    return config;
}

const ListedModel *find(const std::vector<ListedModel> &list, const QByteArray &id)
{
    const auto found = std::find_if(
        list.begin(), list.end(), [&id](const ListedModel &model) { return model.id == id; });
    return found == list.end() ? nullptr : &*found;
}

} // namespace

class TestModelDirectory final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_coolDowns = std::make_unique<quota::CoolDownTable>();
        m_quotas.clear();
    }

    void listsWhatIsUsableNow_data()
    {
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<bool>("usable");
        for (const char *id :
             {"freerelay-auto",
              "freerelay/auto",
              "auto",
              "freerelay-free",
              "claude-freerelay-auto",
              "freerelay-groq",
              "freerelay/groq-llama",
              "groq/llama",
              "groq/qwen"}) {
            QTest::newRow(id) << QByteArray(id) << true;
        }
        for (const char *id : {"freerelay-paid", "freerelay-acme", "freerelay/acme", "acme/big"}) {
            QTest::newRow(id) << QByteArray(id) << false;
        }
    }

    void listsWhatIsUsableNow()
    {
        QFETCH(QByteArray, id);
        QFETCH(bool, usable);
        const auto all = relay::listModels(m_config, supplies(), true);
        const auto some = relay::listModels(m_config, supplies(), false);
        QVERIFY(find(all, id));
        QCOMPARE(find(all, id)->usable, usable);
        QCOMPARE(find(some, id) != nullptr, usable);
    }

    void tellsWhatIsKnownOfAModel()
    {
        const auto all = relay::listModels(m_config, supplies(), true);
        const ListedModel *model = find(all, "groq/llama");
        QCOMPARE(model->ownedBy, "groq"_ba);
        QCOMPARE(model->createdUnix, std::int64_t(1'754'352'000)); // 2025-08-05T00:00Z
        QCOMPARE(*model->contextWindow, std::int64_t(131'072));
        QCOMPARE(model->tier, "free"_ba);
        QCOMPARE(find(all, "groq/qwen")->createdUnix, std::int64_t(0));
        QCOMPARE(find(all, "auto")->ownedBy, "freerelay"_ba);
    }

    void leavesOutWhatRests()
    {
        m_coolDowns->bench({"groq", "key", "groq/llama"}, now + 5s, CoolDownReason::RateLimited);
        m_coolDowns->bench({"groq", "key", "groq/qwen"}, now + 5s, CoolDownReason::Unhealthy);
        const auto some = relay::listModels(m_config, supplies(), false);
        QVERIFY(!find(some, "groq/llama"));
        QVERIFY(!find(some, "freerelay/groq-llama"));
        QVERIFY(find(some, "groq/qwen"));
    }

    void findsNamesThatTheListDoesNotSpell_data()
    {
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<QByteArray>("owner");
        QTest::newRow("auto") << QByteArray() << "freerelay"_ba;
        QTest::newRow("shared name") << "llama"_ba
                                     << "groq"_ba;
        QTest::newRow("full id") << "acme/big"_ba
                                 << "acme"_ba;
        QTest::newRow("provider") << "freerelay/groq"_ba
                                  << "freerelay"_ba;
    }

    void findsNamesThatTheListDoesNotSpell()
    {
        QFETCH(QByteArray, id);
        QFETCH(QByteArray, owner);
        const auto found = relay::findModel(m_config, supplies(), id);
        QVERIFY(found);
        QCOMPARE(found->id, id);
        QCOMPARE(found->ownedBy, owner);
        QCOMPARE(found->usable, id != "acme/big");
    }

    void findsNothingUnderAnUnknownName()
    {
        QVERIFY(!relay::findModel(m_config, supplies(), "no-such-model"));
    }

    void tellsTheHealthOfConfiguredProviders()
    {
        const auto health = relay::providerHealth(m_config, supplies());
        QCOMPARE(health.size(), std::size_t(1));
        QCOMPARE(health.front().id, "groq"_ba);
        QCOMPARE(health.front().state, "ready"_ba);
        QVERIFY(!health.front().retryAfterSeconds);
    }

    void callsAProviderReadyAsLongAsOneModelIs()
    {
        m_coolDowns->bench({"groq", "key", "groq/llama"}, now + 5s, CoolDownReason::RateLimited);
        QCOMPARE(relay::providerHealth(m_config, supplies()).front().state, "ready"_ba);
        m_coolDowns->bench({"groq", "key", "groq/qwen"}, now + 3s, CoolDownReason::RateLimited);
        const auto health = relay::providerHealth(m_config, supplies()).front();
        QCOMPARE(health.state, "cooling_down"_ba);
        QCOMPARE(*health.retryAfterSeconds, std::int64_t(3));
    }

    void tellsARejectedKey()
    {
        m_coolDowns->bench({"groq", "key", {}}, now + 5s, CoolDownReason::KeyRejected);
        QCOMPARE(relay::providerHealth(m_config, supplies()).front().state, "key_rejected"_ba);
    }

    void judgesAProviderWhateverTheModeIs()
    {
        relay::RelayConfig config = sampleConfig();
        config.mode = common::Mode::Free;
        config.allowPaidInAuto = false;
        config.endpoints.back() = {config.catalog->provider("acme"), {"key"}, std::nullopt, false};
        config.rank();
        QCOMPARE(relay::providerHealth(config, supplies()).back().state, "ready"_ba);
    }

    void leavesOutWhatIsUsedUpAndTellsWhenItIsBack()
    {
        exhaust("groq/llama", 90s);
        QVERIFY(!find(relay::listModels(m_config, supplies(), false), "groq/llama"));
        QVERIFY(!find(relay::listModels(m_config, supplies(), false), "freerelay/groq-llama"));
        const auto all = relay::listModels(m_config, supplies(), true);
        const ListedModel *used = find(all, "groq/llama");
        QVERIFY(!used->usable);
        QCOMPARE(used->state, "quota_exhausted"_ba);
        QCOMPARE(*used->retryAfterSeconds, std::int64_t(90));
        const ListedModel *other = find(all, "groq/qwen");
        QVERIFY(other->usable);
        QCOMPARE(other->state, QByteArray());
        QVERIFY(!other->retryAfterSeconds);
        QVERIFY(find(all, "auto")->usable);
        const ListedModel *keyless = find(all, "acme/big"); // waiting does not help it
        QVERIFY(!keyless->usable);
        QCOMPARE(keyless->state, QByteArray());
        QVERIFY(!keyless->retryAfterSeconds);
    }

    void namesOfSeveralModelsAreBackWithTheFirst()
    {
        exhaust("groq/llama", 90s);
        exhaust("groq/qwen", 30s);
        const auto any = relay::findModel(m_config, supplies(), {});
        QVERIFY(!any->usable);
        QCOMPARE(any->state, "quota_exhausted"_ba);
        QCOMPARE(*any->retryAfterSeconds, std::int64_t(30));
        m_coolDowns->bench({"groq", "key", "groq/qwen"}, now + 31s, CoolDownReason::RateLimited);
        m_coolDowns->bench({"groq", "key", "groq/llama"}, now + 2s, CoolDownReason::RateLimited);
        const auto resting = relay::findModel(m_config, supplies(), "groq/llama");
        QCOMPARE(resting->state, "cooling_down"_ba); // the provider has said so itself
        QCOMPARE(*resting->retryAfterSeconds, std::int64_t(2));
    }

    void quotasThatAreOnlyLowOrOnlySaidToBeUsedUpRuleNothingOut()
    {
        exhaust("groq/llama", 90s);
        m_quotas.back().fit = quota::Fit::Beyond;
        exhaust("groq/qwen", 90s);
        m_quotas.back().fit = quota::Fit::Room;
        const auto some = relay::listModels(m_config, supplies(), false);
        QVERIFY(find(some, "groq/llama"));
        QVERIFY(find(some, "groq/qwen"));
        QCOMPARE(relay::providerHealth(m_config, supplies()).front().state, "ready"_ba);
    }

    void aProviderIsUsedUpWhenAllOfItsModelsAre()
    {
        exhaust("groq/llama", 90s);
        QCOMPARE(relay::providerHealth(m_config, supplies()).front().state, "ready"_ba);
        exhaust("groq/qwen", 3'600s);
        const auto health = relay::providerHealth(m_config, supplies()).front();
        QCOMPARE(health.state, "quota_exhausted"_ba);
        QCOMPARE(*health.retryAfterSeconds, std::int64_t(90));
        QCOMPARE(health.rest->reason, CoolDownReason::RateLimited);
    }

private:
    [[nodiscard]] relay::Supplies supplies() const { return {*m_coolDowns, m_quotas, now}; }

    /// The model's quota with Groq's key is used up for that long.
    void exhaust(const QByteArray &model, common::Duration time)
    {
        quota::QuotaConstraint constraint;
        constraint.pool = {"groq", "key", model, false};
        constraint.fit = quota::Fit::Exhausted;
        constraint.until = now + time;
        m_quotas.push_back(constraint);
    }

    std::vector<quota::QuotaConstraint> m_quotas;
    relay::RelayConfig m_config = sampleConfig();
    std::unique_ptr<quota::CoolDownTable> m_coolDowns;
};

QTEST_GUILESS_MAIN(TestModelDirectory)
#include "tst_model_directory.moc"
