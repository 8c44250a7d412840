#include "core/dialects/quota_words.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

using catalog::QuotaPeriod;
using catalog::QuotaUnit;
using Number = std::optional<std::int64_t>;

class TestQuotaWords final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatA429SaysOfItsWindow_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QuotaUnit>("unit");
        QTest::addColumn<QuotaPeriod>("period");
        QTest::addColumn<qint64>("limit"); // -1 = not said
        QTest::addColumn<qint64>("used");
        const auto openAi = [](const char *message) -> QByteArray {
            return QByteArray("{\"error\":{\"message\":\"") + message
                + "\",\"type\":\"x\",\"code\":\"rate_limit_exceeded\"}}";
        };
        QTest::newRow("groq, tokens of a minute")
            << openAi("Rate limit reached for model `m` in organization `o` on tokens per minute "
                      "(TPM): Limit 15000, Used 11972, Requested 4351. Please try again in 5.289s.")
            << QuotaUnit::Tokens << QuotaPeriod::Minute << qint64(15'000) << qint64(11'972);
        QTest::newRow("groq, requests of a day")
            << openAi(
                   "Rate limit reached for model `m` on requests per day (RPD): Limit 1000, Used "
                   "1000, Requested 1. Please try again in 1m26.4s.")
            << QuotaUnit::Requests << QuotaPeriod::Day << qint64(1'000) << qint64(1'000);
        QTest::newRow("openai") << openAi(
            "Rate limit reached for gpt-4o in organization org-1 on requests per min "
            "(RPM): Limit: 3, Used: 3, Requested: 1.")
                                << QuotaUnit::Requests << QuotaPeriod::Minute << qint64(3)
                                << qint64(3);
        QTest::newRow("gemini, a day") << QByteArray(
            R"({"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"m","quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"20"}]}]}})")
                                       << QuotaUnit::Requests << QuotaPeriod::Day << qint64(20)
                                       << qint64(-1);
        QTest::newRow("gemini, input tokens of a minute") << QByteArray(
            R"({"error":{"code":429,"details":[{"violations":[{"quotaId":"GenerateContentInputTokensPerModelPerMinute-FreeTier","quotaValue":"250000"}]}]}})")
                                                          << QuotaUnit::InputTokens
                                                          << QuotaPeriod::Minute << qint64(250'000)
                                                          << qint64(-1);
        QTest::newRow("openrouter")
            << QByteArray(
                   R"({"error":{"message":"Rate limit exceeded: free-models-per-day","code":429}})")
            << QuotaUnit::Requests << QuotaPeriod::Day << qint64(-1) << qint64(-1);
        QTest::newRow("github") << openAi(
            "Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 42348 "
            "seconds before retrying.")
                                << QuotaUnit::Requests << QuotaPeriod::Day << qint64(50)
                                << qint64(-1);
        QTest::newRow("cohere") << QByteArray(
            R"({"message":"You are using a Trial key, which is limited to 1000 API calls / month."})")
                                << QuotaUnit::Requests << QuotaPeriod::Month << qint64(1'000)
                                << qint64(-1);
        QTest::newRow("cloudflare") << QByteArray(
            R"({"errors":[{"code":4006,"message":"you have used up your daily free allocation of 10,000 neurons"}]})")
                                    << QuotaUnit::Credits << QuotaPeriod::Day << qint64(10'000)
                                    << qint64(-1);
    }

    void readsWhatA429SaysOfItsWindow()
    {
        QFETCH(QByteArray, body);
        QFETCH(QuotaUnit, unit);
        QFETCH(QuotaPeriod, period);
        QFETCH(qint64, limit);
        QFETCH(qint64, used);
        const auto facts = quotaFacts(readErrorBody(body, {}));
        QCOMPARE(facts.size(), std::size_t(1));
        QCOMPARE(facts.front().unit, unit);
        QCOMPARE(facts.front().period, std::optional(period));
        QCOMPARE(facts.front().limit, limit < 0 ? Number() : Number(limit));
        QCOMPARE(facts.front().used, used < 0 ? Number() : Number(used));
    }

    void wordsWithoutAWindowSayNothing_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("no window") << "Too many requests, please slow down"_ba;
        QTest::newRow("a number too long") << "Limit 99999999999999999999"_ba;
    }

    void wordsWithoutAWindowSayNothing()
    {
        QFETCH(QByteArray, message);
        ErrorBody body;
        body.message = message;
        QVERIFY(quotaFacts(body).empty());
    }
};

QTEST_GUILESS_MAIN(TestQuotaWords)
#include "tst_quota_words.moc"
