#include "core/dialects/provider_error.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using Kind = FailureClass;

class ProviderErrorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void classifies_data();
    void classifies();
    void readsMessageTypeCodeAndParam_data();
    void readsMessageTypeCodeAndParam();
    void findsWhenToTryAgain_data();
    void findsWhenToTryAgain();
    void usesTheProvidersRules();
    void seesDailyQuotas_data();
    void seesDailyQuotas();
    void hidesKeys();
    void boundsTheMessage();
    void survivesAnyBody();
    void parsesResets_data();
    void parsesResets();
};

namespace {

/// 2026-10-01T10:00:00Z
constexpr common::WallTime now{1'790'848'800s};

ProviderFailure classify(
    int status,
    const QByteArray &body,
    const common::HeaderList &headers = {},
    const catalog::Provider &provider = {})
{
    return classifyFailure(provider, status, headers, body, now);
}

const QByteArray groqLimit
    = R"({"error":{"message":"Rate limit reached for model `X` in organization `org` on tokens per minute (TPM): Limit 15000, Used 11972, Requested 4351. Please try again in 5.289s. Visit x","type":"tokens","code":"rate_limit_exceeded"}})";
const QByteArray geminiDay
    = R"({"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"m","quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"20"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"38.2s"}]}})";

} // namespace

void ProviderErrorTest::classifies_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<Kind>("kind");
    const auto row = [](const char *name, int status, const QByteArray &body, Kind kind) {
        QTest::newRow(name) << status << body << kind;
    };
    row("no answer", 0, "", Kind::Network);
    row("Groq limit", 429, groqLimit, Kind::RateLimited);
    row("Groq too large",
        413,
        R"({"error":{"message":"Request too large for model","type":"tokens","code":"rate_limit_exceeded"}})",
        Kind::ContextTooLong);
    row("Groq failed call",
        400,
        R"({"error":{"message":"Failed to call a function","type":"invalid_request_error","code":"tool_use_failed"}})",
        Kind::BadRequest);
    row("Groq model gone",
        400,
        R"({"error":{"message":"The model `x` has been decommissioned","code":"model_decommissioned"}})",
        Kind::ModelGone);
    row("OpenAI bad field",
        400,
        R"({"error":{"message":"Invalid 'n'","type":"invalid_request_error","param":"n","code":"integer_above_max_value"}})",
        Kind::BadRequest);
    row("OpenAI context",
        400,
        R"({"error":{"message":"This model's maximum context length is 8192 tokens","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}})",
        Kind::ContextTooLong);
    row("OpenAI TPM too small",
        429,
        R"({"error":{"message":"Request too large for gpt-4 on tokens per min (TPM): Limit 10000, Requested 20000","type":"tokens","code":"rate_limit_exceeded"}})",
        Kind::ContextTooLong);
    row("OpenAI no credit",
        429,
        R"({"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})",
        Kind::NoCredit);
    row("OpenAI key",
        401,
        R"({"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}})",
        Kind::KeyRejected);
    row("OpenAI model",
        404,
        R"({"error":{"message":"The model `x` does not exist","type":"invalid_request_error","code":"model_not_found"}})",
        Kind::ModelGone);
    row("Gemini key",
        400,
        R"({"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}})",
        Kind::KeyRejected);
    row("Gemini key, array",
        400,
        R"([{"error":{"code":400,"message":"API key expired. Renew it.","status":"INVALID_ARGUMENT"}}])",
        Kind::KeyRejected);
    row("Gemini region",
        400,
        R"({"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}})",
        Kind::Forbidden);
    row("Gemini disabled",
        403,
        R"({"error":{"code":403,"message":"API has not been used","status":"PERMISSION_DENIED","details":[{"reason":"SERVICE_DISABLED"}]}})",
        Kind::Forbidden);
    row("Gemini daily quota", 429, geminiDay, Kind::RateLimited);
    row("Gemini array quota", 429, "[" + geminiDay + "]", Kind::RateLimited);
    row("Gemini overloaded",
        503,
        R"({"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}})",
        Kind::Overloaded);
    row("Gemini too long",
        400,
        R"({"error":{"code":400,"message":"The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}})",
        Kind::ContextTooLong);
    row("Gemini bad field",
        400,
        R"({"error":{"code":400,"message":"Invalid JSON payload received.","status":"INVALID_ARGUMENT"}})",
        Kind::BadRequest);
    row("Anthropic overloaded",
        529,
        R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"})",
        Kind::Overloaded);
    row("Anthropic limit",
        429,
        R"({"type":"error","error":{"type":"rate_limit_error","message":"x"}})",
        Kind::RateLimited);
    row("Anthropic credit",
        400,
        R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}})",
        Kind::NoCredit);
    row("Anthropic too long",
        400,
        R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}})",
        Kind::ContextTooLong);
    row("Anthropic permission",
        403,
        R"({"type":"error","error":{"type":"permission_error","message":"x"}})",
        Kind::Forbidden);
    row("OpenRouter credit",
        402,
        R"({"error":{"code":402,"message":"Insufficient credits"}})",
        Kind::NoCredit);
    row("OpenRouter upstream",
        502,
        R"({"error":{"code":502,"message":"Provider returned error"}})",
        Kind::Overloaded);
    row("OpenRouter no endpoint",
        404,
        R"({"error":{"code":404,"message":"No endpoints found"}})",
        Kind::ModelGone);
    row("OpenRouter moderation",
        403,
        R"({"error":{"code":403,"message":"flagged","metadata":{"reasons":["x"]}}})",
        Kind::Forbidden);
    row("Mistral validation",
        422,
        R"({"detail":[{"type":"extra_forbidden","loc":["body","messages",0,"user","name"],"msg":"Extra inputs are not permitted"}]})",
        Kind::BadRequest);
    row("Mistral nested",
        422,
        R"({"object":"error","message":{"detail":[{"loc":["body","x"],"msg":"bad"}]},"type":"invalid_request_error"})",
        Kind::BadRequest);
    row("NVIDIA degraded",
        400,
        R"({"status":400,"title":"Bad Request","detail":"Function id 'x': DEGRADED function cannot be invoked"})",
        Kind::Overloaded);
    row("NVIDIA 7807",
        403,
        R"({"type":"about:blank","title":"Forbidden","status":403,"detail":"no"})",
        Kind::Forbidden);
    row("Cerebras flat",
        401,
        R"({"message":"Wrong API Key","type":"invalid_request_error","param":"api_key","code":"wrong_api_key"})",
        Kind::KeyRejected);
    row("Cloudflare",
        429,
        R"({"success":false,"errors":[{"code":3036,"message":"you have used up your daily free allocation of 10,000 neurons"}],"result":null})",
        Kind::RateLimited);
    row("Together string", 503, R"({"error":"busy"})", Kind::Overloaded);
    row("Cohere flat", 429, R"({"message":"trial key limit"})", Kind::RateLimited);
    row("SEA-LION key", 403, R"({"message":"Authentication Failed"})", Kind::KeyRejected);
    row("DeepSeek model",
        400,
        R"({"error":{"message":"The supported API model names are a, b","type":"invalid_request_error"}})",
        Kind::ModelGone);
    row("Moonshot credit",
        429,
        R"({"error":{"message":"x","type":"exceeded_current_quota_error"}})",
        Kind::NoCredit);
    row("HTML 502", 502, "<html><title>502 Bad Gateway</title></html>", Kind::Overloaded);
    row("HTML 403", 403, "<!DOCTYPE html><title>Just a moment...</title>", Kind::Overloaded);
    row("HTML 404", 404, "<html></html>", Kind::ModelGone);
    row("empty 500", 500, "", Kind::Overloaded);
    row("empty 400", 400, "", Kind::BadRequest);
    row("timeout 408", 408, "", Kind::Timeout);
    row("timeout 504", 504, "<html></html>", Kind::Timeout);
    row("Cloudflare 524", 524, "", Kind::Timeout);
    row("gone", 410, "", Kind::ModelGone);
    row("redirect", 302, "", Kind::Malformed);
    row("payload", 413, "", Kind::ContextTooLong);
}

void ProviderErrorTest::classifies()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(Kind, kind);
    const ProviderFailure failure = classify(status, body);
    QCOMPARE(int(failure.kind), int(kind));
    QCOMPARE(failure.status, status);
}

void ProviderErrorTest::readsMessageTypeCodeAndParam_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArrayList>("words");
    const auto row = [](const char *name, const QByteArray &body, const QByteArrayList &words) {
        QTest::newRow(name) << body << words;
    };
    row("OpenAI",
        R"({"error":{"message":"m","type":"t","param":"p","code":"c"}})",
        {"m", "t", "c", "p"});
    row("number", R"({"error":{"message":"m","code":429}})", {"m", "", "429", ""});
    row("Google", R"([{"error":{"message":"m","status":"S","code":400}}])", {"m", "S", "400", ""});
    row("Anthropic", R"({"type":"error","error":{"type":"t","message":"m"}})", {"m", "t", "", ""});
    row("flat", R"({"message":"m","type":"t","param":"p","code":"c"})", {"m", "t", "c", "p"});
    row("detail list",
        R"({"detail":[{"loc":["body","messages",0,"role"],"msg":"bad"}]})",
        {"messages[0].role: bad", "", "", "messages[0].role"});
    row("detail", R"({"detail":"m"})", {"m", "", "", ""});
    row("problem", R"({"title":"t"})", {"t", "", "", ""});
    row("string", R"({"error":"m","code":"c"})", {"m", "", "c", ""});
    row("Cloudflare", R"({"errors":[{"code":7,"message":"m"}]})", {"m", "", "7", ""});
    row("OpenRouter",
        R"({"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"real","provider_name":"x"}}})",
        {"Provider returned error: real", "", "400", ""});
    row("MiniMax", R"({"base_resp":{"status_code":1008,"status_msg":"m"}})", {"m", "", "1008", ""});
    row("fault", R"({"fault":{"faultstring":"m"}})", {"m", "", "", ""});
    row("HTML", "<html><TITLE>Oh\n no</TITLE></html>", {"Oh no", "", "", ""});
    row("text", "  upstream\n failed ", {"upstream failed", "", "", ""});
    row("broken JSON", R"({"error":)", {R"({"error":)", "", "", ""});
}

void ProviderErrorTest::readsMessageTypeCodeAndParam()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArrayList, words);
    const ProviderFailure failure = classify(418, body);
    QCOMPARE(QByteArrayList({failure.message, failure.type, failure.code, failure.param}), words);
}

void ProviderErrorTest::findsWhenToTryAgain_data()
{
    using Headers = QList<std::pair<QByteArray, QByteArray>>;
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<int>("waitMs");
    const auto row =
        [](const char *name, const QByteArray &body, const Headers &headers, int waitMs) {
            QTest::newRow(name) << body << headers << waitMs;
        };
    row("nothing", "", {}, -1);
    row("seconds", "", {{"retry-after", "7"}}, 7'000);
    row("decimal seconds", "", {{"retry-after", "0.5"}}, 500);
    row("date", "", {{"retry-after", "Thu, 01 Oct 2026 10:00:30 GMT"}}, 30'000);
    row("milliseconds first", "", {{"retry-after", "7"}, {"retry-after-ms", "1500"}}, 1'500);
    row("Azure", "", {{"x-ms-retry-after-ms", "250"}}, 250);
    row("unreadable", "", {{"retry-after", "soon"}}, -1);
    row("text", groqLimit, {}, 5'289);
    row("header before text", groqLimit, {{"retry-after", "9"}}, 9'000);
    row("minutes in the text",
        R"({"error":{"message":"Please try again in 1m26.4s."}})",
        {},
        86'400);
    row("words in the text", R"({"error":{"message":"retry after 2 minutes"}})", {}, 120'000);
    row("RetryInfo", geminiDay, {}, 38'200);
    row("counter at zero",
        "",
        {{"x-ratelimit-remaining-tokens", "0"},
         {"x-ratelimit-reset-tokens", "7.66s"},
         {"x-ratelimit-remaining-requests", "12"},
         {"x-ratelimit-reset-requests", "2h"}},
        7'660);
    row("both at zero",
        "",
        {{"x-ratelimit-remaining-tokens", "0"},
         {"x-ratelimit-reset-tokens", "7s"},
         {"x-ratelimit-remaining-requests", "0"},
         {"x-ratelimit-reset-requests", "2m"}},
        120'000);
    row("missing is not zero", "", {{"x-ratelimit-reset-tokens", "7.66s"}}, -1);
    row("not zero",
        "",
        {{"x-ratelimit-remaining-tokens", "1"}, {"x-ratelimit-reset-tokens", "7.66s"}},
        -1);
    row("OpenRouter's headers",
        "",
        {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1790848860000"}},
        60'000);
    row("OpenRouter's body",
        R"({"error":{"code":429,"message":"x","metadata":{"headers":{"X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1790848860000"}}}})",
        {},
        60'000);
}

void ProviderErrorTest::findsWhenToTryAgain()
{
    using Headers = QList<std::pair<QByteArray, QByteArray>>;
    QFETCH(QByteArray, body);
    QFETCH(Headers, headers);
    QFETCH(int, waitMs);
    common::HeaderList list;
    for (const auto &[name, value] : headers) {
        list.add(name, value);
    }
    const ProviderFailure failure = classify(429, body, list);
    QCOMPARE(failure.retryAfter ? int(failure.retryAfter->count()) : -1, waitMs);
    const bool byCounter = list.contains("x-ratelimit-remaining-tokens");
    if (byCounter) {
        QVERIFY(!classify(500, body, list).retryAfter);
    }
}

void ProviderErrorTest::usesTheProvidersRules()
{
    catalog::Provider provider;
    provider.errors.messagePaths = {"fehler.0.text"};
    provider.errors.codePaths = {"fehler.0.nr"};
    provider.errors.resetPaths = {{"fehler.0.wann", catalog::ResetFormat::FloatSeconds}};
    provider.errors.resetHeaders = {{"X-Wait", catalog::ResetFormat::GoDuration}};
    provider.errors.rateLimitStatuses = {418};
    provider.errors.creditCodes = {"1113"};
    const ProviderFailure limit = classify(
        418, R"({"fehler":[{"text":"zu schnell","nr":7,"wann":2.5}]})", {}, provider);
    QCOMPARE(int(limit.kind), int(Kind::RateLimited));
    QCOMPARE(limit.message, "zu schnell"_ba);
    QCOMPARE(limit.code, "7"_ba);
    QCOMPARE(limit.retryAfter, std::optional(2'500ms));
    QCOMPARE(
        classify(418, "", {{"x-wait", "1m"}}, provider).retryAfter,
        std::optional<std::chrono::milliseconds>(1min));
    QCOMPARE(
        int(classify(429, R"({"error":{"code":"1113","message":"no"}})", {}, provider).kind),
        int(Kind::NoCredit));
    provider.errors.overloadCodes = {"1305"}; // Z.ai's word for "busy", which comes as a 429
    QCOMPARE(
        int(classify(429, R"({"error":{"code":"1305","message":"busy"}})", {}, provider).kind),
        int(Kind::Overloaded));
    provider.rateLimitResets = {
        {"x-ratelimit-reset-requests-day", catalog::ResetFormat::FloatSeconds}};
    const ProviderFailure day = classify(
        429,
        "",
        {{"x-ratelimit-remaining-requests-day", "0"},
         {"x-ratelimit-reset-requests-day", "33011.38"}},
        provider);
    QCOMPARE(day.retryAfter, std::optional(33'011'380ms));
    QVERIFY(day.daily);
}

void ProviderErrorTest::seesDailyQuotas_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("daily");
    QTest::newRow("Gemini") << geminiDay << true;
    QTest::newRow("Gemini, minute")
        << QByteArray(geminiDay).replace("PerDay", "PerMinute") << false;
    QTest::newRow("Groq, minute") << groqLimit << false;
    QTest::newRow("Groq, day") << QByteArray(groqLimit).replace(
        "tokens per minute (TPM)", "requests per day (RPD)")
                               << true;
    QTest::newRow("OpenRouter")
        << R"({"error":{"code":429,"message":"Rate limit exceeded: free-models-per-day"}})"_ba
        << true;
    QTest::newRow("Cloudflare")
        << R"({"errors":[{"message":"you have used up your daily free allocation"}]})"_ba << true;
    QTest::newRow("a nice day") << R"({"error":{"message":"come back today"}})"_ba << false;
}

void ProviderErrorTest::seesDailyQuotas()
{
    QFETCH(QByteArray, body);
    QFETCH(bool, daily);
    QCOMPARE(classify(429, body).daily, daily);
}

void ProviderErrorTest::hidesKeys()
{
    const ProviderFailure failure = classify(
        401,
        R"({"error":{"message":"Incorrect API key provided: sk-proj-abcdef0123456789.","type":"x","code":"gsk_0123456789abcdef"}})");
    QVERIFY(!failure.message.contains("abcdef"));
    QVERIFY(!failure.code.contains("0123"));
    QVERIFY(failure.message.startsWith("Incorrect API key provided"));
}

void ProviderErrorTest::boundsTheMessage()
{
    const ProviderFailure failure = classify(
        400, "{\"error\":{\"message\":\"a" + QByteArray("\xc3\xa9").repeated(5'000) + "\"}}");
    QVERIFY(failure.message.size() <= 1'000);
    QVERIFY(failure.message.endsWith("\xc3\xa9"));
    QVERIFY(classify(400, QByteArray(1'000'000, 'x')).message.size() <= 1'000);
}

void ProviderErrorTest::survivesAnyBody()
{
    const QByteArray seed = geminiDay + groqLimit;
    for (qsizetype cut = 0; cut < geminiDay.size(); ++cut) {
        classify(400, geminiDay.first(cut));
        QByteArray flipped = geminiDay;
        flipped[cut] = char(cut * 37);
        classify(400, flipped);
    }
    for (const QByteArray &odd :
         {"null"_ba,
          "[]"_ba,
          "[[]]"_ba,
          "5"_ba,
          "\"\""_ba,
          "{}"_ba,
          R"({"error":null})"_ba,
          R"({"error":[]})"_ba,
          R"({"error":{"message":[1]}})"_ba,
          R"({"detail":[]})"_ba,
          R"({"detail":[{}]})"_ba,
          R"({"errors":[]})"_ba,
          QByteArray(5'000, '[')}) {
        QCOMPARE(int(classify(400, odd).kind), int(Kind::BadRequest));
    }
}

void ProviderErrorTest::parsesResets_data()
{
    using Format = catalog::ResetFormat;
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("format");
    QTest::addColumn<qint64>("waitMs");
    const auto row = [](const QByteArray &text, Format format, qint64 waitMs) {
        QTest::addRow("%d %s", int(format), text.constData()) << text << int(format) << waitMs;
    };
    row("2m59.56s", Format::GoDuration, 179'560);
    row("12ms", Format::GoDuration, 12);
    row("6m0s", Format::GoDuration, 360'000);
    row("1h2m3s", Format::GoDuration, 3'723'000);
    row("1d", Format::GoDuration, 86'400'000);
    row("500us", Format::GoDuration, 1);
    row("0s", Format::GoDuration, 0);
    row("7", Format::GoDuration, 7'000);
    row("5x", Format::GoDuration, -1);
    row("s", Format::GoDuration, -1);
    row("11.38", Format::FloatSeconds, 11'380);
    row("-1", Format::FloatSeconds, -1);
    row("nan", Format::FloatSeconds, -1);
    row("inf", Format::FloatSeconds, -1);
    row("1e99", Format::FloatSeconds, 31LL * 86'400'000);
    row("2026-10-01T10:00:10Z", Format::Rfc3339, 10'000);
    row("2026-10-01T12:00:10+02:00", Format::Rfc3339, 10'000);
    row("2026-10-01T10:00:10.250Z", Format::Rfc3339, 10'250);
    row("2026-10-01T09:00:00Z", Format::Rfc3339, 0);
    row("2026-13-41T10:00:00Z", Format::Rfc3339, -1);
    row("1790848860000", Format::UnixMs, 60'000);
    row("1790848860", Format::UnixMs, 60'000);
    row("60", Format::UnixMs, 60'000);
    row("1790848860000", Format::RetryAfter, 60'000);
    row("1790000000000", Format::UnixMs, 0);
    row("120", Format::RetryAfter, 120'000);
    row("Thu, 01 Oct 2026 10:01:00 GMT", Format::RetryAfter, 60'000);
    row("Wed, 21 Oct 2015 07:28:00 GMT", Format::RetryAfter, 0);
    row("2099-01-01T00:00:00Z", Format::RetryAfter, 31LL * 86'400'000);
    row("", Format::RetryAfter, -1);
    row("tomorrow", Format::RetryAfter, -1);
}

void ProviderErrorTest::parsesResets()
{
    QFETCH(QByteArray, text);
    QFETCH(int, format);
    QFETCH(qint64, waitMs);
    const auto wait = parseReset(text, catalog::ResetFormat(format), now);
    QCOMPARE(wait ? qint64(wait->count()) : -1, waitMs);
}

QTEST_APPLESS_MAIN(ProviderErrorTest)
#include "tst_provider_error.moc"
