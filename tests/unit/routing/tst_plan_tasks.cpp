#include "core/routing/route_plan.h"
#include "tests/support/plan_words.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Tier;
using common::Mode;
using quota::CoolDownReason;
using routing::Disqualified;
using routing::Requirements;

namespace {

constexpr common::SteadyTime now{std::chrono::hours(1)};

catalog::Model withoutChat(catalog::Model model)
{
    model.chat = false;
    return model;
}

Requirements forEmbeddings()
{
    Requirements needs;
    needs.task = catalog::Task::Embeddings;
    return needs;
}

/// Two providers with the same embedding model, the second with one more, and one that costs money.
SampleRouting embedders()
{
    return {
        {aProvider("a"), aProvider("b"), aProvider("c", Tier::Paid)},
        {withQuality(aModel("a/chat"), 0.9),
         withoutChat(aModel("a/embed-small")),
         withoutChat(aModel("b/embed-large")),
         withoutChat(aModel("b/vendor/Embed-Small:latest")),
         withoutChat(aModel("c/embed-paid", Tier::Paid))}};
}

} // namespace

/// Plans of requests that are no chats.
class TestPlanTasks final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void embeddingsComeFromOneModelOnly_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArrayList>("ids");
        const QByteArrayList small{"a/embed-small", "b/vendor/Embed-Small:latest"};
        QTest::newRow("auto") << ""_ba << small;
        QTest::newRow("by name") << "embed-small"_ba << small;
        QTest::newRow("provider") << "freerelay-b"_ba << QByteArrayList{"b/embed-large"};
        QTest::newRow("paid") << "freerelay-paid"_ba << QByteArrayList{"c/embed-paid"};
        QTest::newRow("chat") << "a/chat"_ba << QByteArrayList();
    }

    void embeddingsComeFromOneModelOnly()
    {
        QFETCH(QByteArray, name);
        SampleRouting sample = embedders();
        QTEST(idsOf(sample.plan(name, Mode::Auto, forEmbeddings())), "ids");
    }

    void barredEmbeddingModelsAreNotChosen()
    {
        SampleRouting sample = embedders();
        sample.endpoint("a").barred = Disqualified::NoKey;
        const auto plan = sample.plan("", Mode::Auto, forEmbeddings());
        QCOMPARE(idsOf(plan), QByteArrayList{"b/embed-large"_ba});
        QVERIFY(plan->rejections.empty());
        for (routing::Endpoint &endpoint : sample.endpoints) {
            endpoint.barred = Disqualified::NoKey;
        }
        QVERIFY(sample.plan("", Mode::Auto, forEmbeddings())->rejections.empty());
    }

    void anEmbeddingModelThatRestsIsNotReplaced()
    {
        SampleRouting sample = embedders();
        for (const QByteArray provider : {"a", "b"}) {
            sample.coolDowns.bench(
                {provider, provider + "-key", {}}, now + 5s, CoolDownReason::RateLimited);
        }
        const auto plan = sample.plan("", Mode::Auto, forEmbeddings(), now);
        QVERIFY(plan->candidates.empty());
        QCOMPARE(plan->rejections.size(), 2U);
        QCOMPARE(plan->rejections.front().reason, Disqualified::CoolingDown);
    }

    void chatsDoNotGoToEmbeddingModels()
    {
        SampleRouting sample = embedders();
        QCOMPARE(idsOf(sample.plan("")), QByteArrayList{"a/chat"_ba});
        QCOMPARE(reasonOf(sample.plan("a/embed-small")), "not_chat"_ba);
        QCOMPARE(reasonOf(sample.plan("a/chat", Mode::Auto, forEmbeddings())), "wrong_task"_ba);
    }
};

QTEST_GUILESS_MAIN(TestPlanTasks)
#include "tst_plan_tasks.moc"
