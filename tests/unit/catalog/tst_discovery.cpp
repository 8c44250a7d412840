#include "core/catalog/catalog.h"
#include "core/catalog/discovery.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::catalog;
using freerelay::common::ErrorKind;

namespace {

using Names = std::vector<QByteArray>;

const Provider &shippedProvider(QByteArrayView id)
{
    return *Catalog::shipped()->provider(id);
}

} // namespace

class TestDiscovery final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryShapeOfList_data()
    {
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QList<QByteArray>>("names");
        const auto row =
            [](const char *what, const char *provider, const char *body, QList<QByteArray> names) {
                QTest::newRow(what) << QByteArray(provider) << QByteArray(body) << names;
            };
        row("openai",
            "groq",
            R"({"object":"list","data":[{"id":"a/b"},{"id":"c"},{"id":"c"}]})",
            {"a/b", "c"});
        row("bare array",
            "together",
            R"([{"id":"a","type":"chat"},{"id":"e","type":"embedding"}])",
            {"a"});
        row("array of texts", "groq", R"(["a","b"])", {"a", "b"});
        row("gemini",
            "google",
            R"({"models":[{"name":"models/gemini-3","supportedGenerationMethods":["generateContent"]},
                {"name":"models/embed-1","supportedGenerationMethods":["embedContent"]},
                {"name":"models/aqa","supportedGenerationMethods":["generateAnswer"]},
                {"name":"models/other"}]})",
            {"gemini-3", "embed-1", "other"});
        row("cloudflare",
            "cloudflare",
            R"({"success":true,"result":[{"id":"7f-uuid","name":"@cf/meta/llama","task":{"name":"Text Generation"}},
                {"id":"8f","name":"@cf/baai/bge","task":{"name":"Text Embeddings"}}]})",
            {"@cf/meta/llama"});
        row("cohere",
            "cohere",
            R"({"models":[{"name":"command","endpoints":["chat"]},{"name":"rerank","endpoints":["rerank"]}]})",
            {"command"});
        row("github",
            "github-models",
            R"([{"id":"openai/gpt-4.1","name":"GPT","supported_output_modalities":["text"]},
                {"id":"openai/emb","name":"E","supported_output_modalities":["embeddings"]}])",
            {"openai/gpt-4.1"});
        row("ollama without models", "ollama", R"({"object":"list","data":null})", {});
        row("rows that are no models",
            "groq",
            R"({"data":[1,null,{},{"id":5},{"id":"a b"},{"id":"\u0000"},{"id":"ok"}]})",
            {"ok"});
    }

    void readsEveryShapeOfList()
    {
        QFETCH(const QByteArray, provider);
        QFETCH(const QByteArray, body);
        QFETCH(const QList<QByteArray>, names);
        const auto result = parseModelList(shippedProvider(provider), body);
        QVERIFY(result.has_value());
        QCOMPARE(QList<QByteArray>(result->begin(), result->end()), names);
    }

    void refusesWhatIsNoList_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("html") << "<html>502</html>"_ba;
        QTest::newRow("empty") << ""_ba;
        QTest::newRow("error") << R"({"error":{"message":"no"}})"_ba;
        QTest::newRow("cut") << R"({"data":[{"id":"a"})"_ba;
        QTest::newRow("number") << "7"_ba;
        QTest::newRow("deep") << QByteArray(100'000, '[');
    }

    void refusesWhatIsNoList()
    {
        QFETCH(const QByteArray, body);
        const auto result = parseModelList(shippedProvider("groq"), body);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().kind, ErrorKind::ProtocolError);
    }

    void listsAreBounded()
    {
        QByteArray body = "[";
        for (int i = 0; i < 6'000; ++i) {
            body += "\"m" + QByteArray::number(i) + "\",";
        }
        body += "\"last\"]";
        const auto result = parseModelList(shippedProvider("groq"), body);
        QVERIFY(result.has_value());
        QCOMPARE(result->size(), std::size_t{5'000});
        const auto huge = parseModelList(shippedProvider("groq"), QByteArray(9 * 1024 * 1024, ' '));
        QVERIFY(!huge.has_value());
        QCOMPARE(huge.error().kind, ErrorKind::TooLarge);
    }

    void discoveredModelsReplaceTheShippedOnes()
    {
        const auto catalog = Catalog::shipped()->withDiscovered(
            "groq", Names{"openai/gpt-oss-120b", "brand-new", "whisper-large-v3", "brand-new"});
        QCOMPARE(catalog->modelsOf("groq").size(), std::size_t{3});
        const Model *known = catalog->model("groq/openai/gpt-oss-120b");
        QCOMPARE(known->contextWindow, std::optional<std::int64_t>(131'072));
        QVERIFY(!known->discovered);
        const Model *added = catalog->model("groq/brand-new");
        QVERIFY(added->discovered);
        QVERIFY(added->chat);
        QCOMPARE(added->tier, Tier::UnverifiedFree);
        QCOMPARE(added->capabilities.tools, Known::Unknown);
        QVERIFY(!added->contextWindow && !added->price.input && !added->priorQuality);
        QVERIFY(!catalog->model("groq/whisper-large-v3")->chat);
        QVERIFY(catalog->model("groq/openai/gpt-oss-20b") == nullptr);
        QVERIFY(catalog->resolve("brand-new").has_value());
        QCOMPARE(catalog->modelsOf("openai").size(), Catalog::shipped()->modelsOf("openai").size());
    }

    void embeddingModelsStayWhenAListLeavesThemOut()
    {
        const auto catalog = Catalog::shipped()->withDiscovered("openai", Names{"gpt-9"});
        QVERIFY(catalog->model("openai/text-embedding-3-small") != nullptr);
        QVERIFY(catalog->model("openai/gpt-4o-mini") == nullptr);
    }

    void anEmptyListChangesNothing()
    {
        const auto catalog = Catalog::shipped()->withDiscovered("groq", {});
        QCOMPARE(catalog->models().size(), Catalog::shipped()->models().size());
        QCOMPARE(
            Catalog::shipped()->withDiscovered("nobody", Names{"a"})->models().size(),
            Catalog::shipped()->models().size());
    }

    void datedNameKeepsItsUndatedTwin()
    {
        const auto catalog = Catalog::shipped()->withDiscovered(
            "anthropic", Names{"claude-haiku-4-5-20251001"});
        QVERIFY(catalog->model("anthropic/claude-haiku-4-5") != nullptr);
        const Model *dated = catalog->model("anthropic/claude-haiku-4-5-20251001");
        QVERIFY(dated != nullptr);
        QCOMPARE(dated->price, catalog->model("anthropic/claude-haiku-4-5")->price);
        QCOMPARE(dated->tier, Tier::Paid);
        QVERIFY(!dated->priorQuality.has_value());
        QVERIFY(catalog->model("anthropic/claude-sonnet-5") == nullptr);
    }

    void incompleteListsKeepTheShippedModels()
    {
        const auto catalog = Catalog::shipped()->withDiscovered("xai", Names{"grok-9"});
        QVERIFY(catalog->model("xai/grok-4.6") != nullptr);
        QVERIFY(catalog->model("xai/grok-9") != nullptr);
    }
};

QTEST_GUILESS_MAIN(TestDiscovery)
#include "tst_discovery.moc"
