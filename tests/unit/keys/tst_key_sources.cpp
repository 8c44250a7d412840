#include "core/keys/key_sources.h"
#include "core/keys/key_text.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::keys;
using freerelay::common::Environment;
using freerelay::common::ErrorKind;

class TestKeySources final : public QObject
{
    Q_OBJECT

private:
    [[nodiscard]] static std::vector<freerelay::catalog::Provider> providers()
    {
        freerelay::catalog::Provider google;
        google.id = "google";
        google.keyVariables = {"GEMINI_API_KEY", "GOOGLE_AI_KEY"};
        freerelay::catalog::Provider github;
        github.id = "github";
        github.keyVariables = {"GITHUB_MODELS_TOKEN"};
        github.offerVariables = {"GITHUB_TOKEN"};
        return {google, github};
    }

    [[nodiscard]] static QByteArrayList revealed(const FoundKeys &found)
    {
        QByteArrayList secrets;
        for (const Key &key : found.keys) {
            secrets.append(key.secret.reveal());
        }
        return secrets;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(freerelay::common::initialiseCrypto()); }

    void findsKeysInTheEnvironment_data()
    {
        using Variables = QHash<QByteArray, QByteArray>;
        QTest::addColumn<Variables>("variables");
        QTest::addColumn<QByteArrayList>("secrets");
        QTest::newRow("one") << Variables{{"GOOGLE_AI_KEY", "k1"}} << QByteArrayList{"k1"};
        QTest::newRow("first variable wins")
            << Variables{{"GOOGLE_AI_KEY", "k1"}, {"GEMINI_API_KEY", "k2"}} << QByteArrayList{"k2"};
        QTest::newRow("empty variable does not win")
            << Variables{{"GOOGLE_AI_KEY", "k1"}, {"GEMINI_API_KEY", ""}} << QByteArrayList{"k1"};
        QTest::newRow("commas") << Variables{{"GEMINI_API_KEY", " k1, k2 ,,k3,"}}
                                << QByteArrayList{"k1", "k2", "k3"};
        QTest::newRow("numbers") << Variables{
            {"GEMINI_API_KEY", "k1"},
            {"GEMINI_API_KEY_2", "k2"},
            {"GEMINI_API_KEY_3",
             "k3"}} << QByteArrayList{"k1", "k2", "k3"};
        QTest::newRow("only a number")
            << Variables{{"GEMINI_API_KEY_2", "k2"}} << QByteArrayList{"k2"};
        QTest::newRow("white space")
            << Variables{{"GEMINI_API_KEY", "\tk1\n"}} << QByteArrayList{"k1"};
        QTest::newRow("offered only") << Variables{{"GITHUB_TOKEN", "k1"}} << QByteArrayList{};
    }

    void findsKeysInTheEnvironment()
    {
        using Variables = QHash<QByteArray, QByteArray>;
        QFETCH(Variables, variables);
        QFETCH(QByteArrayList, secrets);
        const FoundKeys found = environmentKeys(Environment(variables), providers());
        QCOMPARE(revealed(found), secrets);
        QVERIFY(found.problems.isEmpty());
        for (const Key &key : found.keys) {
            QCOMPARE(key.fingerprint, key.secret.fingerprint());
            QVERIFY(key.source == KeySource::Environment);
        }
    }

    void namesTheVariableThatWins()
    {
        const FoundKeys found = environmentKeys(
            Environment({{"GEMINI_API_KEY", "k1"}, {"GEMINI_API_KEY_2", "k2"}}), providers());
        QCOMPARE(found.keys.at(0).sourceName, u"GEMINI_API_KEY"_s);
        QCOMPARE(found.keys.at(1).sourceName, u"GEMINI_API_KEY_2"_s);
    }

    void refusesWhatCannotBeAKeyWithoutShowingIt_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("line break") << "secret\r\nX-Evil: 1"_ba;
        QTest::newRow("blank") << "secret word"_ba;
        QTest::newRow("letters") << "secret\xc3\xbc"_ba;
        QTest::newRow("control") << "secret\x01"_ba;
        QTest::newRow("delete") << "secret\x7f"_ba;
        QTest::newRow("long") << QByteArray("secret").repeated(1'000);
    }

    void refusesWhatCannotBeAKeyWithoutShowingIt()
    {
        QFETCH(QByteArray, value);
        const FoundKeys found = environmentKeys(
            Environment({{"GEMINI_API_KEY", value}}), providers());
        QVERIFY(found.keys.empty());
        QCOMPARE(found.problems.size(), 1);
        QVERIFY(found.problems.first().startsWith("GEMINI_API_KEY "_L1));
        QVERIFY(!found.problems.first().contains("secret"_L1));
    }

    void acceptsTheLongestKeyAndNoLongerOne()
    {
        QVERIFY(keyFromText(QByteArray(longestKey, 'k'), u"the key"_s));
        QVERIFY(!keyFromText(QByteArray(longestKey + 1, 'k'), u"the key"_s));
    }

    void takesKeysFromADotEnvFile()
    {
        const DotEnv dotEnv = parseDotEnv(
            "GOOGLE_AI_KEY=k1\nGOOGLE_AI_KEY_2=k2\nGITHUB_TOKEN=t\n",
            u".env"_s,
            keyVariablesOf(providers()));
        const FoundKeys found = dotEnvKeys(dotEnv, providers());
        QCOMPARE(revealed(found), (QByteArrayList{"k1", "k2"}));
        QCOMPARE(found.keys.front().sourceName, u".env: GOOGLE_AI_KEY"_s);
        QVERIFY(found.keys.front().source == KeySource::DotEnv);
        QCOMPARE(dotEnv.ignored, QStringList{u"GITHUB_TOKEN"_s});
    }

    void offersTokensThatWereMadeForSomethingElse()
    {
        const auto offers = offeredTokens(Environment({{"GITHUB_TOKEN", "ghp_1"}}), providers());
        QCOMPARE(offers.size(), std::size_t(1));
        QCOMPARE(offers.front().provider, "github"_ba);
        QCOMPARE(offers.front().variable, "GITHUB_TOKEN"_ba);
        QVERIFY(offeredTokens(Environment({}), providers()).empty());
    }

    void readsTheKeyThatClientsMustShow()
    {
        QVERIFY(clientKey(Environment({})).value().isEmpty());
        QCOMPARE(clientKey(Environment({{"FREERELAY_API_KEY", "k"}})).value().reveal(), "k"_ba);
        const auto blank = clientKey(Environment({{"FREERELAY_API_KEY", " "}}));
        QVERIFY(!blank && blank.error().kind == ErrorKind::InvalidArgument);
    }

    void readsTheProcessEnvironment()
    {
        qputenv("GEMINI_API_KEY", "from-process");
        const FoundKeys found = environmentKeys(Environment::ofProcess(), providers());
        qunsetenv("GEMINI_API_KEY");
        QCOMPARE(revealed(found), QByteArrayList{"from-process"});
    }
};

QTEST_GUILESS_MAIN(TestKeySources)
#include "tst_key_sources.moc"
