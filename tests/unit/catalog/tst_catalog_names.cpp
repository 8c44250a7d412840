#include "core/catalog/catalog.h"
#include "core/catalog/model_task.h"
#include "core/catalog/name_rules.h"
#include "core/catalog/near_names.h"

#include <QTest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::catalog;
using freerelay::common::ErrorKind;

namespace {

QList<QByteArray> idsOf(const NameTarget &target)
{
    QList<QByteArray> ids;
    for (const Model *model : target.models) {
        ids.append(model->id);
    }
    return ids;
}

Model aModel(const QByteArray &provider, const QByteArray &name, const QByteArray &family = {})
{
    Model model;
    model.id = provider + '/' + name;
    model.provider = provider;
    model.name = name;
    model.family = family;
    return model;
}

Provider aProvider(const QByteArray &id)
{
    Provider provider;
    provider.id = id;
    provider.name = id;
    return provider;
}

} // namespace

class TestCatalogNames final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesTellTheTaskBesideChat_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("task");
        const auto row = [](const char *name, Task task) {
            QTest::newRow(name) << QByteArray(name) << static_cast<int>(task);
        };
        row("text-embedding-3-small", Task::Embeddings);
        row("nomic-embed-text:latest", Task::Embeddings);
        row("BAAI/BGE-M3", Task::Embeddings);
        row("all-minilm", Task::Embeddings);
        row("bge-reranker-v2-m3", Task::Other);
        row("omni-moderation-latest", Task::Moderations);
        row("whisper-large-v3", Task::Other);
        row("llama-3.3-70b", Task::Chat);
    }

    void namesTellTheTaskBesideChat()
    {
        QFETCH(QByteArray, name);
        Model model = aModel("p", name);
        model.chat = looksLikeChatModel(name);
        QTEST(static_cast<int>(taskOf(model)), "task");
    }

    void knowsTheSameEmbeddingModel()
    {
        QVERIFY(isSameEmbedder("bge-m3", "BAAI/BGE-M3:latest"));
        QVERIFY(!isSameEmbedder("multilingual-e5-large", "multilingual-e5-large-instruct"));
    }

    void ownNamesMeanAKindOfCandidates_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("provider");
        const auto row = [](const char *name, NameTarget::Kind kind, const char *provider = "") {
            QTest::newRow(*name == '\0' ? "empty" : name)
                << QByteArray(name) << static_cast<int>(kind) << QByteArray(provider);
        };
        row("", NameTarget::Kind::Auto);
        row("auto", NameTarget::Kind::Auto);
        row("freerelay-auto", NameTarget::Kind::Auto);
        row("freerelay/auto", NameTarget::Kind::Auto);
        row("FreeRelay-Auto", NameTarget::Kind::Auto);
        row("claude-freerelay-auto", NameTarget::Kind::Auto);
        row("freerelay-free", NameTarget::Kind::Free);
        row("freerelay-paid", NameTarget::Kind::Paid);
        row("freerelay-groq", NameTarget::Kind::Provider, "groq");
        row("freerelay-opencode-zen", NameTarget::Kind::Provider, "opencode-zen");
    }

    void ownNamesMeanAKindOfCandidates()
    {
        QFETCH(const QByteArray, name);
        QFETCH(const int, kind);
        QFETCH(const QByteArray, provider);
        const auto target = Catalog::shipped()->resolve(name);
        QVERIFY(target.has_value());
        QCOMPARE(static_cast<int>(target->kind), kind);
        QCOMPARE(target->provider, provider);
        QVERIFY(target->models.empty());
    }

    void everyFullIdIsExactlyThatModel()
    {
        const auto catalog = Catalog::shipped();
        for (const Model &model : catalog->models()) {
            const auto target = catalog->resolve(model.id);
            QVERIFY2(target.has_value(), model.id);
            QCOMPARE(idsOf(*target), QList{model.id});
            QVERIFY2(catalog->resolve(model.name).has_value(), model.id);
        }
    }

    void letterCaseOfAFullIdDoesNotMatter()
    {
        const auto target = Catalog::shipped()->resolve("Groq/OpenAI/GPT-OSS-120b");
        QVERIFY(target.has_value());
        QCOMPARE(idsOf(*target), QList{"groq/openai/gpt-oss-120b"_ba});
    }

    void everyAliasHasItsTarget()
    {
        const auto catalog = Catalog::shipped();
        for (const Alias &alias : catalog->aliases()) {
            const auto target = catalog->resolve(alias.id);
            QVERIFY2(target.has_value(), alias.id);
            QCOMPARE(idsOf(*target), QList{alias.target});
            QVERIFY(!target->substituted);
        }
    }

    void sharedNameIsEveryProviderThatServesIt()
    {
        const auto target = Catalog::shipped()->resolve("gpt-4o-mini");
        QVERIFY(target.has_value());
        QCOMPARE(
            idsOf(*target),
            (QList{"openai/gpt-4o-mini"_ba, "github-models/openai/gpt-4o-mini"_ba}));
    }

    void sharedNameIgnoresTheEndingsThatProvidersAdd()
    {
        const auto target = Catalog::shipped()->resolve("llama-3.3-70b");
        QVERIFY(target.has_value());
        const QList<QByteArray> ids = idsOf(*target);
        for (const QByteArray &id :
             {"openrouter/meta-llama/llama-3.3-70b-instruct:free"_ba,
              "together/meta-llama/Llama-3.3-70B-Instruct-Turbo"_ba,
              "nvidia/meta/llama-3.3-70b-instruct"_ba,
              "cloudflare/@cf/meta/llama-3.3-70b-instruct-fp8-fast"_ba,
              "ovhcloud/Meta-Llama-3_3-70B-Instruct"_ba,
              "sambanova/meta-llama-3.3-70b-instruct"_ba}) {
            QVERIFY2(ids.contains(id), id);
        }
        QVERIFY2(
            !ids.contains("groq/llama-3.3-70b-versatile"_ba), "deprecated, and others serve it");
    }

    void deprecatedModelsResolveWhenNothingElseDoes()
    {
        const auto target = Catalog::shipped()->resolve("mistral-nemo");
        QVERIFY(target.has_value());
        QCOMPARE(idsOf(*target), QList{"mistral/mistral-nemo"_ba});
    }

    void exactNameComesFirst()
    {
        const auto target = Catalog::shipped()->resolve("openai/gpt-oss-120b");
        QVERIFY(target.has_value());
        const QList<QByteArray> ids = idsOf(*target);
        QCOMPARE(ids.front(), "groq/openai/gpt-oss-120b"_ba);
        QVERIFY(
            ids.indexOf("nebius/openai/gpt-oss-120b"_ba) < ids.indexOf("cerebras/gpt-oss-120b"_ba));
    }

    void providerInFrontKeepsOnlyThatProvider()
    {
        const auto target = Catalog::shipped()->resolve("anthropic/claude-haiku-4-5-20251001");
        QVERIFY(target.has_value());
        QCOMPARE(idsOf(*target), QList{"anthropic/claude-haiku-4-5"_ba});
    }

    void datedNameIsTheUndatedOne()
    {
        const auto target = Catalog::shipped()->resolve("claude-haiku-4-5-20251001");
        QVERIFY(target.has_value());
        QCOMPARE(
            idsOf(*target),
            (QList{"anthropic/claude-haiku-4-5"_ba, "opencode-zen/claude-haiku-4-5"_ba}));
    }

    void goneAliasTargetFallsToTheNewestOfItsFamily()
    {
        Model older = aModel("zen", "claude-sonnet-4-6", "claude-sonnet");
        older.released = "2026-02-01";
        Model newer = aModel("zen", "claude-sonnet-5", "claude-sonnet");
        newer.released = "2026-07-01";
        const Model elsewhere = aModel("other", "claude-sonnet-9", "claude-sonnet");
        Model gone = aModel("zen", "claude-sonnet-4", "claude-sonnet");
        gone.deprecated = true;
        gone.released = "2026-09-09";
        const Catalog catalog(
            {aProvider("zen"), aProvider("other")},
            {older, newer, elsewhere, gone},
            {{"a", "zen/claude-sonnet-3", "claude-sonnet"},
             {"b", "zen/claude-sonnet-4", "claude-sonnet"}});
        for (const QByteArray name : {"a", "b"}) {
            const auto target = catalog.resolve(name);
            QVERIFY(target.has_value());
            QCOMPARE(idsOf(*target), QList{"zen/claude-sonnet-5"_ba});
            QVERIFY(target->substituted);
        }
    }

    void unknownNamesAreNotFoundAndNearOnesAreNamed_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QString>("near");
        QTest::newRow("typo") << "gpt-4o-mimi"_ba << u"'gpt-4o-mini'"_s;
        QTest::newRow("own name") << "freerelay-atuo"_ba << u"'freerelay-auto'"_s;
        QTest::newRow("full id") << "groq/openai/gpt-os-120b"_ba << u"'groq/openai/gpt-oss-120b'"_s;
        QTest::newRow("workflow") << "freerelay/workflow-review"_ba
                                  << u"no workflow named 'review'"_s;
        QTest::newRow("nothing near") << "zzzzzzzzzzzz"_ba << u"'zzzzzzzzzzzz'"_s;
    }

    void unknownNamesAreNotFoundAndNearOnesAreNamed()
    {
        QFETCH(const QByteArray, name);
        QFETCH(const QString, near);
        const auto target = Catalog::shipped()->resolve(name);
        QVERIFY(!target.has_value());
        QCOMPARE(target.error().kind, ErrorKind::NotFound);
        QVERIFY2(target.error().message.contains(near), qPrintable(target.error().message));
        QVERIFY(target.error().message.count(u'\'') <= 8);
    }

    void hugeNamesAreRefusedAtOnce()
    {
        const auto target = Catalog::shipped()->resolve(QByteArray(100'000, 'a'));
        QVERIFY(!target.has_value());
        QCOMPARE(target.error().kind, ErrorKind::NotFound);
        QVERIFY(target.error().message.size() < 200);
    }

    void commonNamesFollowTheRule_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("common");
        QTest::newRow("path") << "meta-llama/Llama-3.3-70B-Instruct-Turbo"_ba
                              << "llama-3.3-70b"_ba;
        QTest::newRow("underscore") << "Meta-Llama-3_3-70B-Instruct"_ba
                                    << "llama-3.3-70b"_ba;
        QTest::newRow("p for a dot") << "accounts/fireworks/models/glm-5p2"_ba
                                     << "glm-5.2"_ba;
        QTest::newRow("tag") << "gpt-oss:120b"_ba
                             << "gpt-oss-120b"_ba;
        QTest::newRow("free") << "qwen/qwen3-coder:free"_ba
                              << "qwen3-coder"_ba;
        QTest::newRow("tee") << "zai-org/GLM-5.2-TEE"_ba
                             << "glm-5.2"_ba;
        QTest::newRow("dashed date") << "gpt-4o-2024-08-06"_ba
                                     << "gpt-4o"_ba;
        QTest::newRow("turbo alone stays") << "gpt-4-turbo"_ba
                                           << "gpt-4-turbo"_ba;
        QTest::newRow("fast alone stays") << "grok-4-fast"_ba
                                          << "grok-4-fast"_ba;
        QTest::newRow("too general") << "kilo-auto/free"_ba
                                     << ""_ba;
        QTest::newRow("empty") << ""_ba
                               << ""_ba;
        QTest::newRow("only an ending") << "-it"_ba
                                        << ""_ba;
    }

    void commonNamesFollowTheRule()
    {
        QFETCH(const QByteArray, name);
        QFETCH(const QByteArray, common);
        QCOMPARE(commonName(name), common);
    }

    void patternsMatchWholeNames()
    {
        QVERIFY(matchesPattern("minimax-*", "MiniMax-M3"));
        QVERIFY(matchesPattern("glm-*-flash", "glm-4.7-flash"));
        QVERIFY(!matchesPattern("glm-*-flash", "glm-5.3-flash-x"));
        QVERIFY(matchesPattern("*:free", "a/b:free"));
        QVERIFY(matchesPattern("*", ""));
        QVERIFY(!matchesPattern("", "a"));
        QVERIFY(!matchesPattern("qwen*", "my-qwen"));
    }

    void editDistanceStopsAtItsBound()
    {
        QCOMPARE(editDistance("kitten", "sitting", 3), std::optional(3));
        QCOMPARE(editDistance("kitten", "sitting", 2), std::nullopt);
        QCOMPARE(editDistance("GROQ", "groq", 0), std::optional(0));
        QCOMPARE(editDistance("", "abc", 3), std::optional(3));
    }

    void nearNamesAreNearestFirst()
    {
        const std::vector<QByteArray> names{"glm-5.2", "glm-5.3", "glm-5.2-air", "kimi"};
        QCOMPARE(nearNames("glm-5.2x", names), (std::vector<QByteArray>{"glm-5.2", "glm-5.3"}));
        QVERIFY(nearNames("", names).empty());
    }
};

QTEST_GUILESS_MAIN(TestCatalogNames)
#include "tst_catalog_names.moc"
