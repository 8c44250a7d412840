#include "core/catalog/catalog.h"
#include "core/quota/rate_headers.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::quota;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

using catalog::QuotaFact;
using catalog::QuotaPeriod;
using catalog::QuotaUnit;
using common::HeaderList;
using Facts = std::vector<QuotaFact>;

Q_DECLARE_METATYPE(freerelay::common::HeaderList)
Q_DECLARE_METATYPE(std::vector<freerelay::catalog::QuotaFact>)

namespace {

constexpr common::WallTime now{std::chrono::seconds(1'795'478'400)}; // 2026-11-24T00:00:00Z

QuotaFact fact(
    QuotaUnit unit,
    QuotaPeriod period,
    std::int64_t limit,
    std::int64_t remaining,
    std::optional<std::chrono::milliseconds> reset = {})
{
    return {unit, period, limit, {}, remaining, reset};
}

} // namespace

class TestRateHeaders final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEachDialect_data()
    {
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<HeaderList>("headers");
        QTest::addColumn<Facts>("facts");
        QTest::newRow("groq: requests of a day, tokens of a minute")
            << "groq"_ba
            << HeaderList{{"x-ratelimit-limit-requests", "1000"}, {"x-ratelimit-remaining-requests", "998"}, {"x-ratelimit-reset-requests", "2m59.56s"}, {"x-ratelimit-limit-tokens", "8000"}, {"x-ratelimit-remaining-tokens", "7100"}, {"x-ratelimit-reset-tokens", "7.66s"}}
            << Facts{
                   fact(QuotaUnit::Requests, QuotaPeriod::Day, 1'000, 998, 179'560ms),
                   fact(QuotaUnit::Tokens, QuotaPeriod::Minute, 8'000, 7'100, 7'660ms)};
        QTest::newRow("cerebras: the period is in the name, seconds with fractions")
            << "cerebras"_ba
            << HeaderList{{"x-ratelimit-limit-requests-day", "2400"}, {"x-ratelimit-remaining-requests-day", "2399"}, {"x-ratelimit-reset-requests-day", "33011.382"}, {"x-ratelimit-limit-tokens-minute", "30000"}, {"x-ratelimit-remaining-tokens-minute", "29000"}, {"x-ratelimit-reset-tokens-minute", "11.382"}}
            << Facts{
                   fact(QuotaUnit::Requests, QuotaPeriod::Day, 2'400, 2'399, 33'011'382ms),
                   fact(QuotaUnit::Tokens, QuotaPeriod::Minute, 30'000, 29'000, 11'382ms)};
        QTest::newRow("anthropic: RFC 3339, four kinds")
            << "anthropic"_ba
            << HeaderList{{"anthropic-ratelimit-requests-limit", "50"}, {"anthropic-ratelimit-requests-remaining", "49"}, {"anthropic-ratelimit-requests-reset", "2026-11-24T00:00:02Z"}, {"anthropic-ratelimit-input-tokens-limit", "50000"}, {"anthropic-ratelimit-input-tokens-remaining", "0"}, {"anthropic-ratelimit-input-tokens-reset", "2026-11-24T00:01:00Z"}, {"anthropic-ratelimit-output-tokens-limit", "8000"}, {"anthropic-ratelimit-output-tokens-remaining", "8000"}}
            << Facts{
                   fact(QuotaUnit::Requests, QuotaPeriod::Minute, 50, 49, 2s),
                   fact(QuotaUnit::InputTokens, QuotaPeriod::Minute, 50'000, 0, 60s),
                   fact(QuotaUnit::OutputTokens, QuotaPeriod::Minute, 8'000, 8'000)};
        QTest::newRow("openrouter: milliseconds since 1970, a minute")
            << "openrouter"_ba
            << HeaderList{{"x-ratelimit-limit", "20"}, {"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1795478430000"}}
            << Facts{fact(QuotaUnit::Requests, QuotaPeriod::Minute, 20, 0, 30s)};
        QTest::newRow("openrouter: the same names for a day")
            << "openrouter"_ba
            << HeaderList{{"x-ratelimit-limit", "50"}, {"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1795564800000"}}
            << Facts{fact(QuotaUnit::Requests, QuotaPeriod::Day, 50, 0, 24h)};
        QTest::newRow("mistral: no reset")
            << "mistral"_ba
            << HeaderList{{"x-ratelimit-limit-req-minute", "60"}, {"x-ratelimit-remaining-req-minute", "59"}, {"x-ratelimit-limit-tokens-minute", "500000"}, {"x-ratelimit-remaining-tokens-minute", "499000"}}
            << Facts{
                   fact(QuotaUnit::Requests, QuotaPeriod::Minute, 60, 59),
                   fact(QuotaUnit::Tokens, QuotaPeriod::Minute, 500'000, 499'000)};
        QTest::newRow("openai: milliseconds")
            << "openai"_ba
            << HeaderList{{"x-ratelimit-limit-requests", "60"}, {"x-ratelimit-remaining-requests", "59"}, {"x-ratelimit-reset-requests", "12ms"}, {"x-ratelimit-limit-tokens", "150000"}, {"x-ratelimit-remaining-tokens", "149984"}, {"x-ratelimit-reset-tokens", "6m0s"}}
            << Facts{
                   fact(QuotaUnit::Requests, QuotaPeriod::Minute, 60, 59, 12ms),
                   fact(QuotaUnit::Tokens, QuotaPeriod::Minute, 150'000, 149'984, 6min)};
        QTest::newRow("openai, free account: the reset says that it is a day")
            << "openai"_ba
            << HeaderList{{"x-ratelimit-limit-requests", "200"}, {"x-ratelimit-remaining-requests", "199"}, {"x-ratelimit-reset-requests", "7h12m0s"}}
            << Facts{fact(QuotaUnit::Requests, QuotaPeriod::Day, 200, 199, 432min)};
        QTest::newRow("azure: what is left only; -1 is unknown")
            << "azure-openai"_ba
            << HeaderList{{"x-ratelimit-remaining-requests", "-1"}, {"x-ratelimit-remaining-tokens", "900"}}
            << Facts{QuotaFact{QuotaUnit::Tokens, QuotaPeriod::Minute, {}, {}, 900, {}}};
        QTest::newRow("a provider without data: the usual names")
            << "sambanova"_ba
            << HeaderList{{"x-ratelimit-limit-requests-day", "400"}, {"x-ratelimit-remaining-requests-day", "3"}}
            << Facts{fact(QuotaUnit::Requests, QuotaPeriod::Day, 400, 3)};
        QTest::newRow("no header is not zero") << "groq"_ba << HeaderList{{"date", "x"}} << Facts{};
        QTest::newRow("unlimited is not zero")
            << "groq"_ba
            << HeaderList{{"x-ratelimit-limit-requests", "unlimited"}, {"x-ratelimit-remaining-requests", ""}, {"x-ratelimit-remaining-tokens", "99999999999999999999"}}
            << Facts{};
        QTest::newRow("google sends none")
            << "google"_ba << HeaderList{{"x-goog-limit", "7"}} << Facts{};
    }

    void readsEachDialect()
    {
        QFETCH(QByteArray, provider);
        QFETCH(HeaderList, headers);
        QFETCH(Facts, facts);
        const auto read = readRateHeaders(
            catalog::Catalog::shipped()->provider(provider)->quota, headers, now);
        QCOMPARE(read.size(), facts.size());
        for (std::size_t i = 0; i < facts.size(); ++i) {
            QCOMPARE(read[i].unit, facts[i].unit);
            QCOMPARE(read[i].period, facts[i].period);
            QCOMPARE(read[i].limit, facts[i].limit);
            QCOMPARE(read[i].remaining, facts[i].remaining);
            QCOMPARE(read[i].reset, facts[i].reset);
        }
    }
};

QTEST_GUILESS_MAIN(TestRateHeaders)
#include "tst_rate_headers.moc"
