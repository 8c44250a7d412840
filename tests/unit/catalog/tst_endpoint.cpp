#include "core/catalog/catalog.h"
#include "core/catalog/endpoint.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::catalog;
using freerelay::common::ErrorKind;

class TestEndpoint final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void joinsBaseAndPath_data()
    {
        QTest::addColumn<QByteArray>("base");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("url");
        QTest::newRow("plain") << "https://api.groq.com/openai/v1"_ba
                               << "/chat/completions"_ba
                               << "https://api.groq.com/openai/v1/chat/completions"_ba;
        QTest::newRow("trailing slash") << "http://h/v1/"_ba
                                        << "/x"_ba
                                        << "http://h/v1/x"_ba;
        QTest::newRow("no slash") << "http://h/v1"_ba
                                  << "x"_ba
                                  << "http://h/v1/x"_ba;
        QTest::newRow("anthropic without v1") << "https://api.anthropic.com"_ba
                                              << "/v1/messages"_ba
                                              << "https://api.anthropic.com/v1/messages"_ba;
        QTest::newRow("anthropic with v1") << "http://127.0.0.1:9/v1"_ba
                                           << "/v1/messages"_ba
                                           << "http://127.0.0.1:9/v1/messages"_ba;
        QTest::newRow("other version stays") << "http://h/v2"_ba
                                             << "/v1/messages"_ba
                                             << "http://h/v2/v1/messages"_ba;
        QTest::newRow("longer version stays") << "http://h/v1"_ba
                                              << "/v1beta/models"_ba
                                              << "http://h/v1/v1beta/models"_ba;
        QTest::newRow("google") << "http://h/v1beta"_ba
                                << "/models/m:generateContent"_ba
                                << "http://h/v1beta/models/m:generateContent"_ba;
        QTest::newRow("absolute path") << "http://h/v1"_ba
                                       << "https://x/models"_ba
                                       << "https://x/models"_ba;
    }

    void joinsBaseAndPath()
    {
        QFETCH(const QByteArray, base);
        QFETCH(const QByteArray, path);
        QTEST(effectiveUrl(base, path), "url");
    }

    void tidiesAddresses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("address");
        QTest::newRow("slashes") << " http://127.0.0.1:9101/v1// "_ba
                                 << "http://127.0.0.1:9101/v1"_ba;
        QTest::newRow("ollama host") << "127.0.0.1:11434"_ba
                                     << "http://127.0.0.1:11434"_ba;
        QTest::newRow("wildcard") << "0.0.0.0:11434"_ba
                                  << "http://127.0.0.1:11434"_ba;
        QTest::newRow("ipv6 wildcard") << "http://[::]:11434"_ba
                                       << "http://127.0.0.1:11434"_ba;
        QTest::newRow("ipv6") << "http://[::1]:8080/v1"_ba
                              << "http://[::1]:8080/v1"_ba;
        QTest::newRow("ftp") << "ftp://host/v1"_ba
                             << ""_ba;
        QTest::newRow("file") << "file:///etc/passwd"_ba
                              << ""_ba;
        QTest::newRow("user") << "https://me:secret@host/v1"_ba
                              << ""_ba;
        QTest::newRow("query") << "https://host/v1?key=1"_ba
                               << ""_ba;
        QTest::newRow("fragment") << "https://host/v1#x"_ba
                                  << ""_ba;
        QTest::newRow("no host") << "https:///v1"_ba
                                 << ""_ba;
        QTest::newRow("placeholder") << "https://{resource}.host/v1"_ba
                                     << ""_ba;
        QTest::newRow("header injection") << "https://host/v1\r\nX: y"_ba
                                          << ""_ba;
        QTest::newRow("too long") << "https://host/"_ba + QByteArray(2'100, 'a') << ""_ba;
    }

    void tidiesAddresses()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QByteArray, address);
        const auto result = normaliseAddress(text);
        QCOMPARE(result.has_value(), !address.isEmpty());
        if (result) {
            QCOMPARE(*result, address);
        } else {
            QCOMPARE(result.error().kind, ErrorKind::InvalidArgument);
            QVERIFY(!result.error().message.contains("secret"_L1));
        }
    }

    void placeholdersNeedTheirValue()
    {
        const Provider *cloudflare = Catalog::shipped()->provider("cloudflare");
        const auto missing = baseUrlOf(*cloudflare, {});
        QVERIFY(!missing.has_value());
        QCOMPARE(missing.error().kind, ErrorKind::Unavailable);
        QVERIFY(missing.error().message.contains("CLOUDFLARE_ACCOUNT_ID"_L1));
        const QHash<QByteArray, QByteArray> extra{{"account_id", "ab/c"}};
        QCOMPARE(
            *baseUrlOf(*cloudflare, {}, extra),
            "https://api.cloudflare.com/client/v4/accounts/ab%2Fc/ai/v1"_ba);
        QVERIFY(hasUsableAddress(*cloudflare, "http://127.0.0.1:1/v1"));
    }

    void modelListIsNeverAskedFromAReplacedHost()
    {
        const Provider *cohere = Catalog::shipped()->provider("cohere");
        QCOMPARE(*modelsUrlOf(*cohere, {}), "https://api.cohere.com/v1/models"_ba);
        QCOMPARE(*modelsUrlOf(*cohere, "http://127.0.0.1:1/v1"), "http://127.0.0.1:1/v1/models"_ba);
        QCOMPARE(*modelsUrlOf(*Catalog::shipped()->provider("perplexity"), {}), QByteArray());
        QCOMPARE(
            *modelsUrlOf(*Catalog::shipped()->provider("anthropic"), "http://h/v1"),
            "http://h/v1/models"_ba);
    }

    void googleIsAskedNatively()
    {
        const Provider *google = Catalog::shipped()->provider("google");
        QCOMPARE(*baseUrlOf(*google, "http://h/v1beta/openai/"), "http://h/v1beta"_ba);
        QCOMPARE(*baseUrlOf(*google, "http://h/v1beta"), "http://h/v1beta"_ba);
    }

    void newModelsAreNeverTakenForFree_data()
    {
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("tier");
        const auto row = [](const char *provider, const char *model, Tier tier) {
            QTest::addRow("%s/%s", provider, model)
                << QByteArray(provider) << QByteArray(model) << static_cast<int>(tier);
        };
        row("groq", "new", Tier::UnverifiedFree);
        row("openrouter", "new:free", Tier::UnverifiedFree);
        row("openrouter", "openai/gpt-9", Tier::Paid);
        row("opencode-zen", "new-free", Tier::UnverifiedFree);
        row("opencode-zen", "claude-9", Tier::Paid);
        row("google", "gemini-9-pro", Tier::Paid);
        row("google", "gemini-9-flash", Tier::UnverifiedFree);
        row("cloudflare", "@cf/zai-org/glm-5.2", Tier::Paid);
        row("requesty", "new", Tier::Paid);
        row("kilo", "anthropic/claude-9", Tier::Paid);
        row("openai", "gpt-9", Tier::Paid);
        row("sambanova", "new", Tier::Trial);
        row("opencode-go", "new", Tier::Subscription);
        row("ollama", "llama3", Tier::Local);
    }

    void newModelsAreNeverTakenForFree()
    {
        QFETCH(const QByteArray, provider);
        QFETCH(const QByteArray, model);
        QFETCH(const int, tier);
        const Provider *known = Catalog::shipped()->provider(provider);
        QVERIFY(known != nullptr);
        QCOMPARE(static_cast<int>(tierOfDiscovered(*known, model)), tier);
    }
};

QTEST_GUILESS_MAIN(TestEndpoint)
#include "tst_endpoint.moc"
