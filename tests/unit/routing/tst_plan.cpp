#include "core/routing/route_plan.h"
#include "tests/support/plan_words.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Known;
using catalog::Tier;
using common::Mode;
using quota::CoolDownReason;
using routing::Disqualified;
using routing::Requirements;

namespace {

constexpr common::SteadyTime now{std::chrono::hours(1)};

SampleRouting oneModel(const catalog::Model &model)
{
    return {{aProvider("groq")}, {model}};
}

} // namespace

class TestPlan final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ranksByQualityThenWindowThenCatalogueOrder()
    {
        catalog::Model wide = withQuality(aModel("a/wide"), 0.6);
        wide.contextWindow = 200'000;
        catalog::Model narrow = withQuality(aModel("a/narrow"), 0.6);
        narrow.contextWindow = 8'000;
        SampleRouting sample(
            {aProvider("a")},
            {aModel("a/unknown-2"),
             aModel("a/unknown-1"),
             narrow,
             wide,
             withQuality(aModel("a/best"), 0.9)});
        QCOMPARE(
            idsOf(sample.plan("auto")),
            QByteArrayList({"a/best", "a/wide", "a/narrow", "a/unknown-2", "a/unknown-1"}));
    }

    void countsUnknownQualityAsTheLowest()
    {
        SampleRouting sample(
            {aProvider("a")}, {aModel("a/unknown"), withQuality(aModel("a/poor"), 0.36)});
        QCOMPARE(idsOf(sample.plan("auto")), QByteArrayList({"a/poor", "a/unknown"}));
    }

    void putsPaidBehindFreeInAuto()
    {
        SampleRouting sample(
            {aProvider("a")},
            {withQuality(aModel("a/paid", Tier::Paid), 0.9), withQuality(aModel("a/free"), 0.4)});
        QCOMPARE(idsOf(sample.plan("auto")), QByteArrayList({"a/free", "a/paid"}));
    }

    void letsPaidProvidersTakeNoTurnBeforeAllFreeOnes()
    {
        SampleRouting sample(
            {aProvider("a"), aProvider("b", Tier::Paid)},
            {aModel("a/1"), aModel("a/2"), withQuality(aModel("b/1", Tier::Paid), 0.9)});
        QCOMPARE(idsOf(sample.plan("auto")), QByteArrayList({"a/1", "a/2", "b/1"}));
    }

    void putsServersOnThisComputerBehindWhatIsFreeElsewhere()
    {
        SampleRouting sample(
            {aProvider("l", Tier::Local), aProvider("a"), aProvider("b", Tier::Paid)},
            {withQuality(aModel("l/1", Tier::Local), 0.9),
             withQuality(aModel("a/1"), 0.4),
             withQuality(aModel("b/1", Tier::Paid), 0.9)});
        QCOMPARE(idsOf(sample.plan("auto")), QByteArrayList({"a/1", "l/1", "b/1"}));
        QCOMPARE(idsOf(sample.plan("auto", Mode::Free)), QByteArrayList({"a/1", "l/1"}));
    }

    void letsOneKeyRestWithoutTheOthers()
    {
        SampleRouting sample({aProvider("a")}, {aModel("a/1")});
        sample.endpoint("a").keys = {"k1", "k2"};
        sample.coolDowns.bench({"a", "k1", {}}, now + 5s, CoolDownReason::KeyRejected);
        const auto plan = sample.plan("auto", Mode::Auto, {}, now);
        QCOMPARE(plan->candidates.size(), std::size_t(1));
        QCOMPARE(plan->candidates.front().key, "k2"_ba);
    }

    void leavesOutWhatHasNoQuotaLeft()
    {
        SampleRouting sample({aProvider("a"), aProvider("b")}, {aModel("a/1"), aModel("b/1")});
        sample.quotas = {
            {{"a", "a-key", "a/1", false}, quota::Fit::Exhausted, now + 5s, {}, 0},
            {{"b", "another-key", "b/1", false}, quota::Fit::Exhausted, now + 5s, {}, 0},
            {{"b", "b-key", "b/1", false}, quota::Fit::Room, now, {}, 0.1}};
        const auto plan = sample.plan("auto", Mode::Auto, {}, now);
        QCOMPARE(idsOf(plan), QByteArrayList({"b/1"}));
        QVERIFY(!plan->candidates.front().beyondQuota);
        QCOMPARE(reasonOf(plan), "quota_exhausted"_ba);
        QCOMPARE(plan->rejections.front().coolDown->until, now + 5s);
        QCOMPARE(plan->rejections.front().coolDown->scope.key, "a-key"_ba);
    }

    void countsWhatModelsShare_data()
    {
        QTest::addColumn<bool>("perModel");
        QTest::addColumn<QByteArray>("pool");
        QTest::addColumn<int>("left");
        QTest::newRow("an account") << false << ""_ba << 0;
        QTest::newRow("a model by itself") << true << ""_ba << 2;
        QTest::newRow("a pool") << true << "a:free"_ba << 1;
    }

    void countsWhatModelsShare()
    {
        QFETCH(bool, perModel);
        QFETCH(QByteArray, pool);
        QFETCH(int, left);
        catalog::Provider provider = aProvider("a");
        provider.quota.perModel = perModel;
        catalog::Model pooled = aModel("a/1");
        pooled.freeLimits.sharedPool = pool;
        SampleRouting sample({provider}, {pooled, aModel("a/2")});
        sample.quotas = {{{"a", "a-key", pool, true}, quota::Fit::Exhausted, now + 5s, {}, 0}};
        const auto plan = sample.plan("auto", Mode::Auto, {}, now);
        QCOMPARE(int(plan->candidates.size()), left);
    }

    void prefersRoomButStaysFree()
    {
        SampleRouting sample(
            {aProvider("a"), aProvider("b", Tier::Paid)},
            {withQuality(aModel("a/best"), 0.9),
             aModel("a/other"),
             withQuality(aModel("b/paid", Tier::Paid), 0.9)});
        sample.quotas = {{{"a", "a-key", "a/best", false}, quota::Fit::Beyond, now + 5s, {}, 0}};
        const auto plan = sample.plan("auto", Mode::Auto, {}, now);
        QCOMPARE(idsOf(plan), QByteArrayList({"a/other", "a/best", "b/paid"}));
        QVERIFY(plan->candidates.at(1).beyondQuota);
    }

    void letsWhatRunsLowGoBehindItsEquals_data()
    {
        QTest::addColumn<double>("quality");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArrayList>("order");
        QTest::newRow("equally good")
            << 0.8 << "a-key"_ba << QByteArrayList({"a/other", "b/1", "a/low", "b/paid"});
        QTest::newRow("better") << 0.9 << "a-key"_ba
                                << QByteArrayList({"a/low", "b/1", "a/other", "b/paid"});
        QTest::newRow("with another key")
            << 0.8 << "k"_ba << QByteArrayList({"a/low", "b/1", "a/other", "b/paid"});
    }

    void letsWhatRunsLowGoBehindItsEquals()
    {
        QFETCH(double, quality);
        QFETCH(QByteArray, key);
        QFETCH(QByteArrayList, order);
        SampleRouting sample(
            {aProvider("a"), aProvider("b")},
            {withQuality(aModel("a/low"), quality),
             withQuality(aModel("a/other"), 0.8),
             withQuality(aModel("b/1"), 0.8),
             withQuality(aModel("b/paid", Tier::Paid), 0.9)});
        sample.quotas = {{{"a", key, "a/low", false}, quota::Fit::Room, now, {}, 0.05, true}};
        const auto plan = sample.plan("auto", Mode::Auto, {}, now);
        QCOMPARE(idsOf(plan), order);
        QVERIFY(!plan->candidates.front().beyondQuota);
    }

    void theOrderOfANameIsNotChangedByWhatRunsLow()
    {
        SampleRouting sample(
            {aProvider("a"), aProvider("b")}, {aModel("a/same"), aModel("b/same")});
        QCOMPARE(idsOf(sample.plan("same")), QByteArrayList({"a/same", "b/same"}));
        sample.quotas = {{{"a", "a-key", "a/same", false}, quota::Fit::Room, now, {}, 0.05, true}};
        QCOMPARE(
            idsOf(sample.plan("same", Mode::Auto, {}, now)), QByteArrayList({"a/same", "b/same"}));
    }

    void letsProvidersTakeTurns()
    {
        SampleRouting sample(
            {aProvider("a"), aProvider("b")},
            {withQuality(aModel("a/1"), 0.9),
             withQuality(aModel("a/2"), 0.8),
             withQuality(aModel("a/3"), 0.7),
             withQuality(aModel("b/1"), 0.6)});
        QCOMPARE(idsOf(sample.plan("auto")), QByteArrayList({"a/1", "b/1", "a/2", "a/3"}));
    }

    void letsEveryKeyOfAProviderHaveItsTurn()
    {
        SampleRouting sample({aProvider("a"), aProvider("b")}, {aModel("a/1"), aModel("b/1")});
        sample.endpoint("a").keys = {"k1", "k2"};
        const auto plan = sample.plan("auto");
        QCOMPARE(idsOf(plan), QByteArrayList({"a/1", "b/1", "a/1"}));
        QCOMPARE(plan->candidates.at(0).key, "k1"_ba);
        QCOMPARE(plan->candidates.at(2).key, "k2"_ba);
    }

    void putsWhatFailedAMomentAgoLastButKeepsIt()
    {
        SampleRouting sample(
            {aProvider("a"), aProvider("b")},
            {withQuality(aModel("a/1"), 0.9), aModel("b/1"), aModel("b/paid", Tier::Paid)});
        sample.coolDowns.bench({"a", "a-key", "a/1"}, now + 5s, CoolDownReason::Unhealthy);
        QCOMPARE(
            idsOf(sample.plan("auto", Mode::Auto, {}, now)),
            QByteArrayList({"b/1", "b/paid", "a/1"}));
        QCOMPARE(
            idsOf(sample.plan("auto", Mode::Auto, {}, now + 5s)),
            QByteArrayList({"a/1", "b/1", "b/paid"}));
    }

    void putsWhatIsUnwellLastButKeepsIt_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArrayList>("order");
        QTest::newRow("one model") << "a-key"_ba
                                   << "a/1"_ba << QByteArrayList({"a/2", "b/1", "a/1"});
        QTest::newRow("its provider") << ""_ba
                                      << ""_ba << QByteArrayList({"b/1", "a/1", "a/2"});
        QTest::newRow("with another key") << "k"_ba
                                          << "a/1"_ba << QByteArrayList({"a/1", "b/1", "a/2"});
    }

    void putsWhatIsUnwellLastButKeepsIt()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, model);
        QFETCH(QByteArrayList, order);
        SampleRouting sample(
            {aProvider("a"), aProvider("b")},
            {withQuality(aModel("a/1"), 0.9), withQuality(aModel("a/2"), 0.8), aModel("b/1")});
        sample.unwell = {{"a", key, model, health::Unwell::CircuitOpen, now + 20s}};
        const auto plan = sample.plan("auto", Mode::Auto, {}, now);
        QCOMPARE(idsOf(plan), order);
        const routing::Candidate &last = plan->candidates.back();
        QCOMPARE(last.unwellUntil.has_value(), last.model->id != "a/2"_ba || model.isEmpty());
    }

    void leavesOutWhatIsRateLimitedEvenWhenItIsUnwellToo()
    {
        SampleRouting sample = oneModel(aModel("groq/m"));
        sample.coolDowns.bench(
            {"groq", "groq-key", "groq/m"}, now + 5s, CoolDownReason::RateLimited);
        sample.coolDowns.bench(
            {"groq", "groq-key", "groq/m"}, now + 30s, CoolDownReason::Unhealthy);
        const auto plan = sample.plan("auto", Mode::Auto, {}, now);
        QVERIFY(plan->candidates.empty());
        QCOMPARE(reasonOf(plan), "cooling_down"_ba);
        QCOMPARE(plan->rejections.front().coolDown->until, now + 5s);
    }

    void seesRestsOfEveryScope_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("key and model") << "groq-key"_ba
                                       << "groq/m"_ba;
        QTest::newRow("whole key") << "groq-key"_ba << QByteArray();
        QTest::newRow("model for every key") << QByteArray() << "groq/m"_ba;
        QTest::newRow("whole provider") << QByteArray() << QByteArray();
    }

    void seesRestsOfEveryScope()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, model);
        SampleRouting sample(
            {aProvider("groq"), aProvider("b")}, {aModel("groq/m"), aModel("b/m")});
        sample.coolDowns.bench({"groq", key, model}, now + 5s, CoolDownReason::NoCredit);
        sample.coolDowns.bench({"groq", "another-key", {}}, now + 5s, CoolDownReason::NoCredit);
        sample.coolDowns.bench({"nobody", {}, "nobody/m"}, now + 5s, CoolDownReason::NoCredit);
        const auto plan = sample.plan("auto", Mode::Auto, {}, now);
        QCOMPARE(idsOf(plan), QByteArrayList({"b/m"}));
        QCOMPARE(reasonOf(plan), "cooling_down"_ba);
    }

    void filtersByMode_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("mode");
        QTest::addColumn<bool>("paidInAuto");
        QTest::addColumn<QByteArrayList>("expected");
        const QByteArrayList both{"a/free", "a/paid"};
        QTest::newRow("auto") << "auto"_ba << int(Mode::Auto) << true << both;
        QTest::newRow("auto, no paid")
            << "auto"_ba << int(Mode::Auto) << false << QByteArrayList{"a/free"};
        QTest::newRow("free") << "auto"_ba << int(Mode::Free) << true << QByteArrayList{"a/free"};
        QTest::newRow("paid") << "auto"_ba << int(Mode::Paid) << true << QByteArrayList{"a/paid"};
        QTest::newRow("free by name")
            << "freerelay-free"_ba << int(Mode::Paid) << true << QByteArrayList{"a/free"};
        QTest::newRow("paid by name")
            << "freerelay-paid"_ba << int(Mode::Free) << true << QByteArrayList{"a/paid"};
        QTest::newRow("no name") << QByteArray() << int(Mode::Auto) << true << both;
        QTest::newRow("provider") << "freerelay-a"_ba << int(Mode::Auto) << true << both;
    }

    void filtersByMode()
    {
        QFETCH(QByteArray, name);
        QFETCH(int, mode);
        QFETCH(bool, paidInAuto);
        QFETCH(QByteArrayList, expected);
        SampleRouting sample({aProvider("a")}, {aModel("a/paid", Tier::Paid), aModel("a/free")});
        sample.allowPaidInAuto = paidInAuto;
        QCOMPARE(idsOf(sample.plan(name, Mode(mode))), expected);
    }

    void knowsWhatIsFree_data()
    {
        QTest::addColumn<int>("provider");
        QTest::addColumn<int>("model");
        QTest::addColumn<bool>("trialAsFree");
        QTest::addColumn<bool>("isFree");
        const auto row = [](const char *name, Tier provider, Tier model, bool trial, bool isFree) {
            QTest::newRow(name) << int(provider) << int(model) << trial << isFree;
        };
        row("free", Tier::Free, Tier::Free, false, true);
        row("local", Tier::Local, Tier::Local, false, true);
        row("trial", Tier::Trial, Tier::Trial, false, false);
        row("trial counted as free", Tier::Trial, Tier::Trial, true, true);
        row("unverified", Tier::Free, Tier::UnverifiedFree, false, false);
        row("paid", Tier::Paid, Tier::Paid, false, false);
        row("paid model of a trial", Tier::Trial, Tier::Paid, true, false);
        row("subscription", Tier::Subscription, Tier::Paid, false, false);
    }

    void knowsWhatIsFree()
    {
        QFETCH(int, provider);
        QFETCH(int, model);
        QFETCH(bool, trialAsFree);
        QFETCH(bool, isFree);
        SampleRouting sample({aProvider("a", Tier(provider))}, {aModel("a/m", Tier(model))});
        sample.endpoint("a").trialAsFree = trialAsFree;
        QCOMPARE(sample.plan("auto", Mode::Free)->candidates.empty(), !isFree);
        QCOMPARE(sample.plan("auto", Mode::Paid)->candidates.empty(), isFree);
    }

    void namesTheReasonOfEveryRejection_data()
    {
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<std::function<void(catalog::Model &)>>("change");
        using Change = std::function<void(catalog::Model &)>;
        QTest::newRow("no tools") << "no_tools"_ba << Change([](catalog::Model &model) {
            model.capabilities.tools = Known::No;
        });
        QTest::newRow("no images")
            << "no_vision"_ba
            << Change([](catalog::Model &model) { model.capabilities.vision = Known::No; });
        QTest::newRow("no schema")
            << "no_json_schema"_ba
            << Change([](catalog::Model &model) { model.capabilities.jsonSchema = Known::No; });
        QTest::newRow("window") << "context_too_small"_ba
                                << Change([](catalog::Model &model) { model.contextWindow = 999; });
        QTest::newRow("paid") << "mode_forbids"_ba
                              << Change([](catalog::Model &model) { model.tier = Tier::Paid; });
        QTest::newRow("paid, cannot either") << "no_tools"_ba << Change([](catalog::Model &model) {
            model.tier = Tier::Paid;
            model.capabilities.tools = Known::No;
        });
        QTest::newRow("wire") << "wire_not_spoken"_ba << Change([](catalog::Model &model) {
            model.wire = catalog::Wire::OpenAiResponses;
        });
        QTest::newRow("deprecated")
            << "deprecated"_ba << Change([](catalog::Model &model) { model.deprecated = true; });
    }

    void namesTheReasonOfEveryRejection()
    {
        QFETCH(QByteArray, reason);
        QFETCH(std::function<void(catalog::Model &)>, change);
        catalog::Model model = aModel("groq/m");
        change(model);
        const Requirements needs{true, true, true, 1'000};
        const auto plan = oneModel(model).plan("freerelay-groq", Mode::Free, needs);
        QVERIFY(plan->candidates.empty());
        QCOMPARE(reasonOf(plan), reason);
    }

    void refusesNothingThatIsUnknown()
    {
        const Requirements needs{true, true, true, 5'000'000};
        QCOMPARE(
            idsOf(oneModel(aModel("groq/m")).plan("auto", Mode::Free, needs)),
            QByteArrayList({"groq/m"}));
    }

    void takesAWindowThatJustFits()
    {
        catalog::Model model = aModel("groq/m");
        model.contextWindow = 1'000;
        QCOMPARE(
            oneModel(model)
                .plan("auto", Mode::Free, {false, false, false, 1'000})
                ->candidates.size(),
            std::size_t(1));
    }

    void passesOverBarredProvidersUnlessTheyAreNamed_data()
    {
        QTest::addColumn<int>("bar");
        for (const Disqualified bar :
             {Disqualified::NoKey,
              Disqualified::NoConsent,
              Disqualified::Disabled,
              Disqualified::NoAddress}) {
            QTest::newRow(routing::toString(bar)) << int(bar);
        }
    }

    void passesOverBarredProvidersUnlessTheyAreNamed()
    {
        QFETCH(int, bar);
        SampleRouting sample = oneModel(aModel("groq/m"));
        sample.endpoint("groq").barred = Disqualified(bar);
        QVERIFY(sample.plan("auto")->rejections.empty());
        for (const char *name : {"freerelay-groq", "groq/m", "m"}) {
            const auto plan = sample.plan(name);
            QVERIFY(plan->candidates.empty());
            QCOMPARE(reasonOf(plan), QByteArray(routing::toString(Disqualified(bar))));
        }
    }

    void offersNoModelThatDoesNotChat()
    {
        catalog::Model model = aModel("groq/embed");
        model.chat = false;
        SampleRouting sample = oneModel(model);
        QVERIFY(sample.plan("auto")->rejections.empty());
        QVERIFY(sample.plan("freerelay-groq")->rejections.empty());
        QCOMPARE(reasonOf(sample.plan("groq/embed")), "not_chat"_ba);
    }

    void usesADeprecatedModelOnlyByItsName()
    {
        catalog::Model model = aModel("groq/old");
        model.deprecated = true;
        SampleRouting sample = oneModel(model);
        QVERIFY(sample.plan("auto")->candidates.empty());
        QCOMPARE(idsOf(sample.plan("groq/old")), QByteArrayList({"groq/old"}));
    }

    void honoursTheWireOfANamePattern()
    {
        catalog::Provider provider = aProvider("zen", Tier::Paid);
        provider.wireByModel = {{"gpt-*", catalog::Wire::OpenAiResponses}};
        SampleRouting sample(
            {provider}, {aModel("zen/gpt-9", Tier::Paid), aModel("zen/kimi", Tier::Paid)});
        QCOMPARE(idsOf(sample.plan("auto")), QByteArrayList({"zen/kimi"}));
    }

    void honoursAProvidersOwnContextLimit()
    {
        catalog::Provider provider = aProvider("github");
        provider.contextLimit = 8'000;
        catalog::Model model = aModel("github/wide");
        model.contextWindow = 1'000'000;
        SampleRouting sample({provider}, {model, aModel("github/unknown")});
        QVERIFY(sample.plan("auto", Mode::Auto, {false, false, false, 8'001})->candidates.empty());
        QCOMPARE(
            sample.plan("auto", Mode::Auto, {false, false, false, 8'000})->candidates.size(),
            std::size_t(2));
    }

    void keepsToTheNamedModelAtAnyProviderThatHasIt()
    {
        SampleRouting sample(
            {aProvider("a"), aProvider("b"), aProvider("c")},
            {aModel("a/llama-3"), aModel("b/llama-3"), withQuality(aModel("c/other"), 0.9)});
        QCOMPARE(idsOf(sample.plan("llama-3")), QByteArrayList({"a/llama-3", "b/llama-3"}));
        QCOMPARE(idsOf(sample.plan("b/llama-3")), QByteArrayList({"b/llama-3"}));
    }

    void keepsToTheNamedProvider()
    {
        SampleRouting sample(
            {aProvider("a"), aProvider("b")}, {withQuality(aModel("a/1"), 0.9), aModel("b/1")});
        QCOMPARE(idsOf(sample.plan("freerelay-b")), QByteArrayList({"b/1"}));
    }

    void saysWhatTheNameMeantAndWhichModeDecided()
    {
        SampleRouting sample = oneModel(aModel("groq/m"));
        const auto plan = sample.plan("freerelay-free", Mode::Paid);
        QVERIFY(plan->mode == Mode::Free);
        QCOMPARE(plan->asked, catalog::NameTarget::Kind::Free);
    }

    void knowsNoModelOfThatName()
    {
        const auto plan = oneModel(aModel("groq/m")).plan("no-such-model");
        QCOMPARE(plan.error().kind, common::ErrorKind::NotFound);
    }

    void findsNothingWithoutEndpoints()
    {
        SampleRouting sample({aProvider("groq")}, {aModel("groq/m")});
        const quota::CoolDownTable none;
        const std::vector<routing::Endpoint> endpoints;
        const auto plan = routing::plan(
            {sample.catalog.get(), &endpoints, nullptr, &none, true},
            Mode::Auto,
            "groq/m",
            {},
            now);
        QVERIFY(plan->candidates.empty());
        QVERIFY(plan->rejections.empty());
    }
};

QTEST_GUILESS_MAIN(TestPlan)
#include "tst_plan.moc"
