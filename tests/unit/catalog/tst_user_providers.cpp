#include "core/catalog/endpoint.h"
#include "core/catalog/user_providers.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::catalog;
using freerelay::common::ErrorKind;

namespace {

freerelay::common::Result<UserProviders> parse(QByteArrayView text)
{
    return parseUserProviders(text, u"p.yaml"_s, *Catalog::shipped());
}

/// The first fenced YAML block of the documentation.
QByteArray documentedExample()
{
    QFile file(QStringLiteral(FREERELAY_RESOURCES) + u"/../docs/providers-file.md"_s);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const QByteArray text = file.readAll();
    const qsizetype start = text.indexOf("```yaml\n") + 8;
    return text.sliced(start, text.indexOf("```", start) - start);
}

} // namespace

class TestUserProviders final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theDocumentedExampleIsRead()
    {
        const auto result = parse(documentedExample());
        QVERIFY2(result.has_value(), qPrintable(result ? QString() : result.error().detail));
        QCOMPARE(result->providers.size(), std::size_t{2});
        const Provider &team = result->providers.front();
        QCOMPARE(team.id, "team-gateway"_ba);
        QCOMPARE(team.tier, Tier::Free);
        QCOMPARE(team.baseUrl, "https://llm.example.org/v1"_ba);
        QCOMPARE(team.authHeader, "X-Team-Key"_ba);
        QCOMPARE(team.authScheme, QByteArray());
        QCOMPARE(team.addressVariable, "TEAM_GATEWAY_BASE_URL"_ba);
        QCOMPARE(team.keyVariables, std::vector{"TEAM_GATEWAY_API_KEY"_ba});
        const std::pair<QByteArray, QByteArray> header{"X-Team", "blue"};
        QCOMPARE(team.headers, std::vector{header});
        QCOMPARE(team.rules.drop, (std::vector{"logit_bias"_ba, "logprobs"_ba}));
        const std::pair<QByteArray, QByteArray> seed{"seed", "random_seed"};
        QCOMPARE(team.rules.rename, std::vector{seed});
        QCOMPARE(team.rules.clamp.front().maximum, std::optional(1.5));
        QVERIFY(!team.rules.streamOptions);
        const std::vector<FillInRule> fillIn{{"coder-*"_ba, "/fim/completions"_ba, false}};
        QCOMPARE(team.rules.fillIn, fillIn);
        QCOMPARE(team.errors.messagePaths, std::vector{"fault.reason"_ba});
        const std::pair<QByteArray, ResetFormat> reset{"fault.retry_in", ResetFormat::FloatSeconds};
        QVERIFY(team.errors.resetPaths == std::vector{reset});
        QCOMPARE(team.errors.rateLimitStatuses, std::vector{430});
        QVERIFY(team.userDefined);
        QVERIFY(needsKey(team));
        // The user said that it is free; of a shipped one a new model has to prove it.
        QCOMPARE(tierOfDiscovered(team, "new"), Tier::Free);
        QCOMPARE(tierOfDiscovered(result->providers.back(), "new"), Tier::UnverifiedFree);
        const Model &large = result->models.front();
        QCOMPARE(large.id, "team-gateway/large"_ba);
        QCOMPARE(large.tier, Tier::Free);
        QCOMPARE(large.contextWindow, std::optional<std::int64_t>(131'072));
        QCOMPARE(large.capabilities.vision, Known::No);
        QCOMPARE(large.capabilities.jsonSchema, Known::Unknown);
        QVERIFY(!large.price.cacheRead.has_value());
    }

    void shippedProviderKeepsWhatTheEntryDoesNotName()
    {
        const auto result = parse(documentedExample());
        QVERIFY(result.has_value());
        const Provider &groq = result->providers.back();
        QCOMPARE(groq.baseUrl, "https://api.groq.com/openai/v1"_ba);
        QCOMPARE(groq.headers.size(), std::size_t{1});
        const auto merged = Catalog::shipped()->withUserProviders(*result);
        QCOMPARE(merged->providers().size(), Catalog::shipped()->providers().size() + 1);
        QCOMPARE(merged->models().size(), Catalog::shipped()->models().size() + 2);
        QCOMPARE(merged->provider("groq")->headers.front().second, "my-team"_ba);
        QVERIFY(merged->model("groq/openai/gpt-oss-120b") != nullptr);
        QCOMPARE(merged->resolve("freerelay-team-gateway")->provider, "team-gateway"_ba);
        QCOMPARE(merged->resolve("team-gateway/large")->models.size(), std::size_t{1});
    }

    void oneLineIsEnoughForAProvider()
    {
        const auto result = parse(
            "providers: [{id: mine, base_url: 'http://127.0.0.1:9/v1/', auth: none}]");
        QVERIFY(result.has_value());
        const Provider &mine = result->providers.front();
        QCOMPARE(mine.baseUrl, "http://127.0.0.1:9/v1"_ba);
        QCOMPARE(mine.tier, Tier::Paid);
        QCOMPARE(mine.chatPath, "/chat/completions"_ba);
        QVERIFY(mine.dynamicModels);
        QVERIFY(!needsKey(mine));
    }

    void keylessNeedsConsent()
    {
        const auto result = parse(
            "providers: [{id: mine, base_url: 'https://h/v1', keyless: true}]");
        QVERIFY(result.has_value());
        QVERIFY(result->providers.front().consentRequired);
    }

    void modelFactsOfAShippedModelCanBeChanged()
    {
        const auto result = parse(
            "providers:\n- id: groq\n  models:\n  - {name: openai/gpt-oss-120b, max_output: 10}\n");
        QVERIFY(result.has_value());
        const auto merged = Catalog::shipped()->withUserProviders(*result);
        const Model *model = merged->model("groq/openai/gpt-oss-120b");
        QCOMPARE(model->maxOutput, std::optional<std::int64_t>(10));
        QCOMPARE(model->contextWindow, std::optional<std::int64_t>(131'072));
        QCOMPARE(merged->models().size(), std::size_t{243});
    }

    void modelsForEmbeddingsAreKnownByTheirNames()
    {
        const auto result = parse("providers:\n- id: tei\n  base_url: http://127.0.0.1:9/v1\n  "
                                  "models:\n  - name: bge-m3\n"
                                  "  - name: guard-8b\n  - {name: gte-chatty, chat: true}\n");
        QVERIFY(result.has_value());
        QVERIFY(!result->models[0].chat);
        QVERIFY(result->models[1].chat);
        QVERIFY(result->models[2].chat);
    }

    void emptyFileIsNothing()
    {
        QVERIFY(parse("").has_value());
        QVERIFY(parse("# only a comment\n")->providers.empty());
    }

    void mistakesAreNamedWithLineAndColumn_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("what");
        const auto row =
            [](const char *name, const char *text, const QString &place, const QString &what) {
                QTest::newRow(name)
                    << QByteArray(text) << u"p.yaml:"_s.append(place).append(u": "_s) << what;
            };
        row("duplicate key",
            "providers:\n- id: a\n  base_url: http://h/v1\n  id: b\n",
            u"4:3"_s,
            u"'id' is given twice"_s);
        row("duplicate top key", "providers: []\nproviders: []\n", u"2:1"_s, u"given twice"_s);
        row("duplicate key in a rule",
            "providers:\n- id: a\n  base_url: http://h/v1\n  rules: {drop: [x], drop: [y]}\n",
            u"4:22"_s,
            u"'drop' is given twice"_s);
        row("unknown key",
            "providers:\n- id: groq\n  base_ulr: http://h/v1\n",
            u"3:3"_s,
            u"'base_url'"_s);
        row("unknown rule",
            "providers:\n- id: groq\n  rules: {dorp: [x]}\n",
            u"3:11"_s,
            u"'drop'"_s);
        row("no id", "providers:\n- base_url: http://h/v1\n", u"2:3"_s, u"needs the key 'id'"_s);
        row("no address", "providers:\n- id: a\n", u"2:3"_s, u"needs the key 'base_url'"_s);
        row("bad id", "providers:\n- id: My Gateway\n  base_url: http://h\n", u"2:7"_s, u"a-z"_s);
        row("reserved id",
            "providers:\n- id: free\n  base_url: http://h\n",
            u"2:7"_s,
            u"reserved"_s);
        row("id twice", "providers:\n- id: groq\n- id: groq\n", u"3:7"_s, u"given twice"_s);
        row("bad tier", "providers:\n- id: groq\n  tier: gratis\n", u"3:9"_s, u"unverified_free"_s);
        row("bad scheme",
            "providers:\n- id: groq\n  base_url: ftp://h/v1\n",
            u"3:13"_s,
            u"http://"_s);
        row("bad flag",
            "providers:\n- id: groq\n  rules:\n    stream_options: maybe\n",
            u"4:21"_s,
            u"true or false"_s);
        row("bad number",
            "providers:\n- id: groq\n  rules:\n    default_max_tokens: -5\n",
            u"4:25"_s,
            u"whole number"_s);
        row("clamp without bounds",
            "providers:\n- id: groq\n  rules: {clamp: {n: {}}}\n",
            u"3:19"_s,
            u"min, max"_s);
        row("status out of range",
            "providers:\n- id: groq\n  errors: {rate_limit_statuses: [200]}\n",
            u"3:34"_s,
            u"400 to 599"_s);
        row("fill in without slash",
            "providers:\n- id: groq\n  rules: {fill_in: [{match: m, path: fim}]}\n",
            u"3:38"_s,
            u"'/'"_s);
        row("fill in as nothing known",
            "providers:\n- id: groq\n  rules: {fill_in: [{match: m, path: /f, reply: xml}]}\n",
            u"3:49"_s,
            u"text"_s);
        row("path without slash",
            "providers:\n- id: groq\n  chat_path: chat\n",
            u"3:14"_s,
            u"'/'"_s);
        row("own header",
            "providers:\n- id: groq\n  headers: {Host: evil}\n",
            u"3:13"_s,
            u"FreeRelay"_s);
        row("key header",
            "providers:\n- id: groq\n  headers: {authorization: x}\n",
            u"3:13"_s,
            u"FreeRelay"_s);
        row("header name",
            "providers:\n- id: groq\n  headers: {'a b': x}\n",
            u"3:13"_s,
            u"header name"_s);
        row("header value",
            "providers:\n- id: groq\n  headers: {a: \"x\\r\\ny: z\"}\n",
            u"3:16"_s,
            u"control"_s);
        row("model twice",
            "providers:\n- id: groq\n  models:\n  - name: m\n  - name: m\n",
            u"5:11"_s,
            u"given twice"_s);
        row("negative price",
            "providers:\n- id: groq\n  models:\n  - {name: m, price_per_mtok_usd: {input: -1}}\n",
            u"4:43"_s,
            u"negative"_s);
        row("list expected", "providers: {id: a}\n", u"1:12"_s, u"list"_s);
        row("map expected", "- id: a\n", u"1:1"_s, u"must be a map"_s);
        row("alias", "providers: &x []\nschema_version: *x\n", u"1:12"_s, u"anchors"_s);
        row("broken yaml", "providers:\n- id: [a\n", u"3:1"_s, u""_s);
        row("other version", "schema_version: 2\nproviders: []\n", u"1:17"_s, u"1 to 1"_s);
    }

    void mistakesAreNamedWithLineAndColumn()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QString, place);
        QFETCH(const QString, what);
        const auto result = parse(text);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().kind, ErrorKind::InvalidArgument);
        QVERIFY2(result.error().message.startsWith(place), qPrintable(result.error().message));
        QVERIFY2(result.error().message.contains(what), qPrintable(result.error().message));
    }

    void allMistakesAreInTheDetail()
    {
        const auto result = parse("providers:\n- id: groq\n  tier: x\n  wire: y\n");
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().detail.count(u'\n'), 1);
    }

    void sizesAreBounded()
    {
        QCOMPARE(parse(QByteArray(1024 * 1024 + 1, '#')).error().kind, ErrorKind::TooLarge);
        QByteArray many = "providers:\n";
        for (int i = 0; i < 201; ++i) {
            many += "- {id: p" + QByteArray::number(i) + ", base_url: 'http://h'}\n";
        }
        QVERIFY(!parse(many).has_value());
        QVERIFY(!parse(QByteArray(200'000, '[')).has_value());
        const QByteArray longName(5'000, 'x');
        const QByteArray text = "providers: [{id: a, base_url: 'http://h', name: " + longName
            + "}]";
        QVERIFY(!parse(text).has_value());
    }

    void filesAreLoadedAndAMissingOneIsNotFound()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"providers.yaml"_s);
        QCOMPARE(loadUserProviders(path, *Catalog::shipped()).error().kind, ErrorKind::NotFound);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("providers:\n- id: Bad\n");
        file.close();
        const auto bad = loadUserProviders(path, *Catalog::shipped());
        QVERIFY(!bad.has_value());
        QVERIFY(bad.error().message.startsWith(path + u":2:7: "_s));
    }
};

QTEST_GUILESS_MAIN(TestUserProviders)
#include "tst_user_providers.moc"
