#include "core/dialects/openai_usage.h"

#include <QTest>

using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

class OpenAiUsageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAllCounts();
    void leavesUnknownWhatIsNotSaid();
    void completesUsage_data();
    void completesUsage();
    void mapsFinishReasons_data();
    void mapsFinishReasons();
};

void OpenAiUsageTest::readsAllCounts()
{
    const Usage usage = readUsage(JsonValue(
        R"({"prompt_tokens":10,"completion_tokens":5.0,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}})"));
    QCOMPARE(usage.promptTokens, std::optional<std::int64_t>(10));
    QCOMPARE(usage.completionTokens, std::optional<std::int64_t>(5));
    QCOMPARE(usage.cachedTokens, std::optional<std::int64_t>(4));
    QCOMPARE(usage.reasoningTokens, std::optional<std::int64_t>(2));
}

void OpenAiUsageTest::leavesUnknownWhatIsNotSaid()
{
    for (const QByteArrayView text :
         {"{}", "null", R"({"prompt_tokens":null,"completion_tokens":-1})"}) {
        const Usage usage = readUsage(JsonValue(text));
        QVERIFY(!usage.promptTokens && !usage.completionTokens && !usage.cachedTokens);
        QVERIFY(completeUsage(JsonValue(text)).isNull());
    }
}

void OpenAiUsageTest::completesUsage_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("complete");
    QTest::newRow("in order")
        << R"({"prompt_tokens":1, "completion_tokens":2,"total_tokens":3,"x":1.50})"_ba
        << R"({"prompt_tokens":1, "completion_tokens":2,"total_tokens":3,"x":1.50})"_ba;
    QTest::newRow("no total") << R"({"prompt_tokens":1,"completion_tokens":2})"_ba
                              << R"({"prompt_tokens":1,"completion_tokens":2,"total_tokens":3})"_ba;
    QTest::newRow("no completion")
        << R"({"prompt_tokens":1,"total_tokens":4})"_ba
        << R"({"prompt_tokens":1,"total_tokens":4,"completion_tokens":3})"_ba;
    QTest::newRow("null details")
        << R"({"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":null})"_ba
        << R"({"prompt_tokens":1,"completion_tokens":2,"total_tokens":3})"_ba;
    QTest::newRow("doubles")
        << R"({"prompt_tokens":1.0,"completion_tokens":2.0,"total_tokens":3.0})"_ba
        << R"({"prompt_tokens":1,"completion_tokens":2,"total_tokens":3})"_ba;
}

void OpenAiUsageTest::completesUsage()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, complete);
    QCOMPARE(completeUsage(JsonValue{given}), complete);
}

void OpenAiUsageTest::mapsFinishReasons_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("openAi");
    QTest::newRow("none") << ""_ba
                          << ""_ba;
    QTest::newRow("stop") << "stop"_ba
                          << "stop"_ba;
    QTest::newRow("Mistral") << "model_length"_ba
                             << "length"_ba;
    QTest::newRow("TGI") << "eos"_ba
                         << "stop"_ba;
    QTest::newRow("Z.ai") << "sensitive"_ba
                          << "content_filter"_ba;
    QTest::newRow("DeepSeek") << "insufficient_system_resource"_ba
                              << "error"_ba;
    QTest::newRow("OpenRouter") << "error"_ba
                                << "error"_ba;
    QTest::newRow("unheard of") << "finished_somehow"_ba
                                << "stop"_ba;
}

void OpenAiUsageTest::mapsFinishReasons()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, openAi);
    QCOMPARE(openAiFinishReason(given).toByteArray(), openAi);
}

QTEST_APPLESS_MAIN(OpenAiUsageTest)
#include "tst_openai_usage.moc"
