#include "core/catalog/catalog.h"
#include "core/catalog/compiler/shipped_sources.h"
#include "core/catalog/endpoint.h"
#include "core/catalog/table.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::catalog;
using freerelay::common::ErrorKind;

namespace {

QString resources()
{
    return QStringLiteral(FREERELAY_RESOURCES) + u"/catalog"_s;
}

/// A copy of the shipped sources in which one text of one file is another.
bool copyChanged(
    const QString &folder, const QString &name, const QByteArray &from, const QByteArray &to)
{
    for (const QFileInfo &source : QDir(resources()).entryInfoList(QDir::Files)) {
        QFile in(source.filePath());
        QFile out(folder + u'/' + source.fileName());
        if (!in.open(QIODevice::ReadOnly) || !out.open(QIODevice::WriteOnly)) {
            return false;
        }
        QByteArray bytes = in.readAll();
        if (source.fileName() == name) {
            const qsizetype at = bytes.indexOf(from);
            if (at < 0) {
                return false;
            }
            bytes.replace(at, from.size(), to);
        }
        out.write(bytes);
    }
    return true;
}

} // namespace

class TestShippedCatalog final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tableHoldsExactlyWhatTheYamlSays()
    {
        const auto parsed = readShippedSources(resources());
        QVERIFY2(parsed.has_value(), qPrintable(parsed ? QString() : parsed.error().detail));
        const auto decoded = decodeTable(shippedTable());
        QVERIFY(decoded.has_value());
        QVERIFY(*decoded == *parsed);
    }

    void everyRowIsThere()
    {
        const auto catalog = Catalog::shipped();
        QCOMPARE(catalog->providers().size(), std::size_t{53});
        QCOMPARE(catalog->models().size(), std::size_t{243});
        QCOMPARE(catalog->aliases().size(), std::size_t{7});
    }

    void everyProviderCanBeAddressed()
    {
        for (const Provider &provider : Catalog::shipped()->providers()) {
            const QByteArray id = provider.id;
            QVERIFY2(!provider.name.isEmpty(), id);
            QVERIFY2(provider.addressVariable.endsWith("_BASE_URL"), id);
            const bool needsValue = id == "cloudflare" || id == "azure-openai";
            QVERIFY2(hasUsableAddress(provider, {}) != needsValue, id);
            switch (provider.wire) {
            case Wire::OpenAiChat:
                QVERIFY2(provider.chatPath.startsWith('/'), id);
                break;
            case Wire::AnthropicMessages:
                QVERIFY2(provider.messagesPath.startsWith('/'), id);
                break;
            case Wire::GoogleGenerateContent:
                QVERIFY2(provider.streamPath.contains("{model}"), id);
                break;
            case Wire::OpenAiResponses:
                QFAIL(id);
                break;
            }
            QVERIFY2(!provider.keyless || provider.consentRequired, id);
            QVERIFY2(!needsKey(provider) || !provider.keyVariables.empty(), id);
        }
    }

    void everyModelIsFoundByItsIdAndBelongsToAProvider()
    {
        const auto catalog = Catalog::shipped();
        for (const Model &model : catalog->models()) {
            QCOMPARE(catalog->model(model.id), &model);
            QVERIFY(catalog->provider(model.provider) != nullptr);
            QCOMPARE(model.id, model.provider + '/' + model.name);
            QVERIFY2(model.chat == model.priorQuality.has_value(), model.id);
            QVERIFY2(
                !model.priorQuality || (*model.priorQuality >= 0.3 && *model.priorQuality <= 0.98),
                model.id);
        }
    }

    void unknownIsNeverNoOrZero()
    {
        const auto catalog = Catalog::shipped();
        const Model *model = catalog->model("groq/llama-3.3-70b-versatile");
        QVERIFY(model != nullptr);
        QCOMPARE(model->capabilities.jsonSchema, Known::Unknown);
        QCOMPARE(model->capabilities.vision, Known::No);
        QVERIFY(!model->price.cacheRead.has_value());
        QVERIFY(!catalog->model("google/gemini-embedding-001")->priorQuality.has_value());
        QVERIFY(!catalog->model("google/gemini-embedding-001")->chat);
    }

    void groqHasItsPublishedLimits()
    {
        const Model *model = Catalog::shipped()->model("groq/openai/gpt-oss-120b");
        QCOMPARE(model->freeLimits.requestsPerMinute, std::optional<std::int64_t>(30));
        QCOMPARE(model->freeLimits.requestsPerDay, std::optional<std::int64_t>(1'000));
        QCOMPARE(model->freeLimits.tokensPerMinute, std::optional<std::int64_t>(8'000));
        QCOMPARE(model->freeLimits.tokensPerDay, std::optional<std::int64_t>(200'000));
        QCOMPARE(model->price.input, std::optional<double>(0.15));
        const Provider *groq = Catalog::shipped()->provider("groq");
        QCOMPARE(groq->addressVariable, "GROQ_BASE_URL"_ba);
        QCOMPARE(groq->rateLimitResets.size(), std::size_t{2});
        QCOMPARE(groq->rateLimitResets[0].first, "x-ratelimit-reset-requests"_ba);
        QCOMPARE(groq->rateLimitResets[0].second, ResetFormat::GoDuration);
        QVERIFY(refuses(*groq, *model, "logit_bias"));
        QVERIFY(!refuses(*groq, *model, "temperature"));
    }

    void mistralRenamesSeed()
    {
        const Provider *mistral = Catalog::shipped()->provider("mistral");
        const std::pair<QByteArray, QByteArray> seed{"seed", "random_seed"};
        QCOMPARE(mistral->rules.rename.front(), seed);
        QCOMPARE(mistral->rules.toolCallIdLength, 9);
        const std::vector<FillInRule> fillIn{{"codestral*"_ba, "/fim/completions"_ba, false}};
        QCOMPARE(mistral->rules.fillIn, fillIn);
        QVERIFY(mistral->rules.strictMessages);
        QVERIFY(!mistral->rules.streamOptions);
    }

    void nativeProvidersKeepTheirOwnWireAndHeaders()
    {
        const auto catalog = Catalog::shipped();
        const Provider *anthropic = catalog->provider("anthropic");
        QCOMPARE(anthropic->wire, Wire::AnthropicMessages);
        QCOMPARE(anthropic->authHeader, "x-api-key"_ba);
        QCOMPARE(anthropic->authScheme, QByteArray());
        const std::pair<QByteArray, QByteArray> version{"anthropic-version", "2023-06-01"};
        QCOMPARE(anthropic->headers.size(), std::size_t{1});
        QCOMPARE(anthropic->headers.front(), version);
        QCOMPARE(anthropic->rateLimitResets.front().second, ResetFormat::Rfc3339);
        const Provider *google = catalog->provider("google");
        QCOMPARE(google->wire, Wire::GoogleGenerateContent);
        QCOMPARE(google->generatePath, "/models/{model}:generateContent"_ba);
        QCOMPARE(catalog->provider("openai")->wire, Wire::OpenAiChat);
        QCOMPARE(catalog->provider("ollama")->wire, Wire::OpenAiChat);
    }

    void openCodeSpeaksTheWireOfTheModel()
    {
        const auto catalog = Catalog::shipped();
        const Provider *zen = catalog->provider("opencode-zen");
        const Provider *go = catalog->provider("opencode-go");
        QCOMPARE(
            wireOf(*zen, *catalog->model("opencode-zen/claude-sonnet-4-6")),
            Wire::AnthropicMessages);
        QCOMPARE(wireOf(*zen, *catalog->model("opencode-zen/gpt-5.4-mini")), Wire::OpenAiResponses);
        QCOMPARE(
            wireOf(*zen, *catalog->model("opencode-zen/gemini-3-flash")),
            Wire::GoogleGenerateContent);
        QCOMPARE(wireOf(*zen, *catalog->model("opencode-zen/glm-5.2")), Wire::OpenAiChat);
        QCOMPARE(wireOf(*go, *catalog->model("opencode-go/minimax-m3")), Wire::AnthropicMessages);
        QCOMPARE(authOf(*zen, Wire::AnthropicMessages).header, "x-api-key"_ba);
        QCOMPARE(authOf(*zen, Wire::GoogleGenerateContent).header, "x-goog-api-key"_ba);
        QCOMPARE(authOf(*zen, Wire::OpenAiChat).scheme, "Bearer"_ba);
        QCOMPARE(authOf(*go, Wire::AnthropicMessages).header, "Authorization"_ba);
    }

    void tiersAreThoseOfTheData()
    {
        const auto catalog = Catalog::shipped();
        const auto tier = [&catalog](QByteArrayView id) {
            const Model *model = catalog->model(id);
            return tierOf(*catalog->provider(model->provider), *model);
        };
        QCOMPARE(tier("groq/openai/gpt-oss-120b"), Tier::Free);
        QCOMPARE(tier("opencode-zen/big-pickle"), Tier::UnverifiedFree);
        QCOMPARE(tier("opencode-zen/glm-5.2"), Tier::Paid);
        QCOMPARE(tier("opencode-go/glm-5.2"), Tier::Subscription);
        QCOMPARE(tier("cerebras/gpt-oss-120b"), Tier::Trial);
        QCOMPARE(tier("openai/gpt-4o-mini"), Tier::Paid);
        QCOMPARE(catalog->provider("ollama")->tier, Tier::Local);
        QVERIFY(!needsKey(*catalog->provider("ollama")));
        QVERIFY(!needsKey(*catalog->provider("llamacpp")));
        QVERIFY(!needsKey(*catalog->provider("jan")));
        QVERIFY(!needsKey(*catalog->provider("kilo")));
        QVERIFY(needsKey(*catalog->provider("groq")));
    }

    void reasoningModelsOfOpenAiRefuseSampling()
    {
        const auto catalog = Catalog::shipped();
        const Provider *openai = catalog->provider("openai");
        QVERIFY(refuses(*openai, *catalog->model("openai/gpt-5-mini"), "temperature"));
        QVERIFY(refuses(*openai, *catalog->model("openai/o4-mini"), "stop"));
        QVERIFY(!refuses(*openai, *catalog->model("openai/gpt-4o"), "temperature"));
    }

    void freeTierContextLimitsApply()
    {
        QCOMPARE(
            Catalog::shipped()->model("github-models/openai/gpt-4o")->contextWindow,
            std::optional<std::int64_t>(8'000));
    }

    void keyStepsAreNumberedOrGeneral()
    {
        const auto catalog = Catalog::shipped();
        QCOMPARE(catalog->keyStepsFor("groq").size(), 3);
        QCOMPARE(catalog->keyStepsFor("deepseek").size(), 2);
        QVERIFY(catalog->keyStepsFor("deepseek")
                    .front()
                    .contains("https://platform.deepseek.com/api_keys"_L1));
        QVERIFY(catalog->keyStepsFor("deepseek").back().contains("sk-"_L1));
        QVERIFY(catalog->keyStepsFor("ollama").isEmpty());
        QVERIFY(catalog->keyStepsFor("nobody").isEmpty());
    }

    void aDamagedTableIsRefused()
    {
        const QByteArray table = shippedTable().toByteArray();
        QVERIFY(!decodeTable({}).has_value());
        QVERIFY(!decodeTable(QByteArray(table).replace(0, 1, "X")).has_value());
        QVERIFY(!decodeTable(QByteArray(table).append('x')).has_value());
        for (qsizetype size = 0; size < table.size(); size += 97) {
            QVERIFY(!decodeTable(QByteArrayView(table).first(size)).has_value());
        }
    }

    void mistakesInTheSourcesAreNamedWithTheirPlace_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("place");
        QTest::newRow("duplicate key") << u"wire_rules.yaml"_s << "\n  groq:\n"_ba
                                       << "\n  openai: {}\n  groq:\n"_ba << u"wire_rules.yaml:"_s;
        QTest::newRow("unknown tier") << u"models.yaml"_s << "\n  tier: free\n"_ba
                                      << "\n  tier: gratis\n"_ba << u"models.yaml:30:9:"_s;
        QTest::newRow("unknown key") << u"models.yaml"_s << "  family: llama\n"_ba
                                     << "  familly: llama\n"_ba << u"models.yaml:2"_s;
        QTest::newRow("unknown provider") << u"key_steps.yaml"_s << "\n  groq:\n"_ba
                                          << "\n  grok:\n"_ba << u"key_steps.yaml:5:3:"_s;
        QTest::newRow("unknown wire") << u"providers.yaml"_s << "wire: openai-chat"_ba
                                      << "wire: soap"_ba << u"providers.yaml:"_s;
    }

    void mistakesInTheSourcesAreNamedWithTheirPlace()
    {
        QFETCH(const QString, file);
        QFETCH(const QByteArray, from);
        QFETCH(const QByteArray, to);
        QFETCH(const QString, place);
        const QTemporaryDir folder;
        QVERIFY(copyChanged(folder.path(), file, from, to));
        const auto parts = readShippedSources(folder.path());
        QVERIFY(!parts.has_value());
        QCOMPARE(parts.error().kind, ErrorKind::InvalidArgument);
        QVERIFY2(parts.error().message.contains(place), qPrintable(parts.error().message));
    }

    void costOfLoadingIsShown()
    {
        QElapsedTimer timer;
        timer.start();
        constexpr int rounds = 20;
        for (int i = 0; i < rounds; ++i) {
            auto parts = decodeTable(shippedTable());
            QVERIFY(parts.has_value());
            const Catalog catalog(
                std::move(parts->providers), std::move(parts->models), std::move(parts->aliases));
            QCOMPARE(catalog.models().size(), std::size_t{243});
        }
        qInfo(
            "catalogue: %lld bytes, %lld us to load",
            static_cast<long long>(shippedTable().size()),
            static_cast<long long>(timer.nsecsElapsed() / 1'000 / rounds));
    }
};

QTEST_GUILESS_MAIN(TestShippedCatalog)
#include "tst_shipped_catalog.moc"
