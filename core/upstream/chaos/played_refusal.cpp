#include "played_refusal.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::upstream {

namespace {

using catalog::Provider;
using catalog::QuotaHeaders;
using catalog::QuotaPeriod;
using catalog::QuotaUnit;
using catalog::ResetFormat;
using catalog::Wire;
using std::chrono::seconds;

/// A window that is used up.
struct Window
{
    QuotaUnit unit;
    QuotaPeriod period;
    seconds wait;
    std::optional<std::int64_t> limit;
    QLatin1StringView words; ///< as the OpenAI wire names it
    QLatin1StringView googleId; ///< as Google's QuotaFailure does
};

std::optional<Window> windowOf(Fault fault, const catalog::FreeLimits &limits)
{
    switch (fault) {
    case Fault::MinuteLimit:
        return Window{
            QuotaUnit::Requests,
            QuotaPeriod::Minute,
            playedMinuteWait,
            limits.requestsPerMinute,
            "requests per minute (RPM)"_L1,
            "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"_L1};
    case Fault::TokenLimit:
        return Window{
            QuotaUnit::Tokens,
            QuotaPeriod::Minute,
            playedMinuteWait,
            limits.tokensPerMinute,
            "tokens per minute (TPM)"_L1,
            "GenerateContentInputTokensPerModelPerMinute-FreeTier"_L1};
    case Fault::DayLimit:
        return Window{
            QuotaUnit::Requests,
            QuotaPeriod::Day,
            playedDayWait,
            limits.requestsPerDay,
            "requests per day (RPD)"_L1,
            "GenerateRequestsPerDayPerProjectPerModel-FreeTier"_L1};
    default:
        return std::nullopt;
    }
}

/// What an error says beside its window.
struct Words
{
    int status;
    QString message;
    QLatin1StringView openAiType;
    QLatin1StringView openAiCode;
    QLatin1StringView anthropicType;
    QLatin1StringView googleStatus;
};

QString limitSentence(const Window &window)
{
    const QString limit = window.limit ? u": Limit %1, Used %1, Requested 1"_s.arg(*window.limit)
                                       : QString();
    return u"Rate limit reached on %1%2. Please try again in %3s."_s.arg(window.words, limit)
        .arg(window.wait.count());
}

/// No credit: OpenAI's words under 429, Anthropic's under 400; Google has none of its own.
Words creditWords(Wire wire)
{
    const bool isAnthropic = wire == Wire::AnthropicMessages;
    const int google = 402;
    return {
        isAnthropic                               ? 400
            : wire == Wire::GoogleGenerateContent ? google
                                                  : 429,
        isAnthropic ? u"Your credit balance is too low to access the API."_s
                    : u"You exceeded your current quota, please check your plan and billing"
                      " details."_s,
        "insufficient_quota"_L1,
        "insufficient_quota"_L1,
        "invalid_request_error"_L1,
        "RESOURCE_EXHAUSTED"_L1};
}

Words wordsOf(Fault fault, const std::optional<Window> &window, Wire wire)
{
    switch (fault) {
    case Fault::NoCredit:
        return creditWords(wire);
    case Fault::ServerError:
        return {
            500, u"Internal server error."_s, "server_error"_L1, {}, "api_error"_L1, "INTERNAL"_L1};
    case Fault::Overloaded:
        return {
            503,
            u"The model is overloaded. Please try again later."_s,
            "server_error"_L1,
            "service_unavailable"_L1,
            "overloaded_error"_L1,
            "UNAVAILABLE"_L1};
    case Fault::GatewayTimeout:
        return {
            504,
            u"The upstream did not answer in time."_s,
            "timeout_error"_L1,
            {},
            "timeout_error"_L1,
            "DEADLINE_EXCEEDED"_L1};
    default:
        break;
    }
    return {
        429,
        limitSentence(*window),
        window->unit == QuotaUnit::Tokens ? "tokens"_L1 : "requests"_L1,
        "rate_limit_exceeded"_L1,
        "rate_limit_error"_L1,
        "RESOURCE_EXHAUSTED"_L1};
}

QJsonArray googleDetails(const Window &window)
{
    QJsonObject violation{{u"quotaId"_s, QString(window.googleId)}};
    if (window.limit) {
        violation.insert(u"quotaValue"_s, QString::number(*window.limit));
    }
    return {
        QJsonObject{
            {u"@type"_s, u"type.googleapis.com/google.rpc.QuotaFailure"_s},
            {u"violations"_s, QJsonArray{violation}}},
        QJsonObject{
            {u"@type"_s, u"type.googleapis.com/google.rpc.RetryInfo"_s},
            {u"retryDelay"_s, u"%1s"_s.arg(window.wait.count())}}};
}

QJsonObject bodyOf(const Words &words, const std::optional<Window> &window, Wire wire)
{
    QJsonObject error{{u"message"_s, QString(words.message + " (chaos)"_L1)}};
    if (wire == Wire::GoogleGenerateContent) {
        error.insert(u"code"_s, words.status);
        error.insert(u"status"_s, QString(words.googleStatus));
        if (window) {
            error.insert(u"details"_s, googleDetails(*window));
        }
        return {{u"error"_s, error}};
    }
    if (wire == Wire::AnthropicMessages) {
        error.insert(u"type"_s, QString(words.anthropicType));
        return {{u"type"_s, u"error"_s}, {u"error"_s, error}};
    }
    error.insert(u"type"_s, QString(words.openAiType));
    error.insert(
        u"code"_s,
        words.openAiCode.isEmpty() ? QJsonValue() : QJsonValue(QString(words.openAiCode)));
    return {{u"error"_s, error}};
}

QByteArray resetText(ResetFormat format, seconds wait, common::WallTime wallNow)
{
    const auto until = std::chrono::duration_cast<std::chrono::milliseconds>(
        (wallNow + wait).time_since_epoch());
    switch (format) {
    case ResetFormat::Rfc3339:
        return QDateTime::fromMSecsSinceEpoch(until.count(), Qt::UTC)
            .toString(Qt::ISODate)
            .toLatin1();
    case ResetFormat::UnixMs:
        return QByteArray::number(qint64(until.count()));
    case ResetFormat::GoDuration:
        return QByteArray::number(qint64(wait.count())) + 's';
    case ResetFormat::FloatSeconds:
    case ResetFormat::RetryAfter:
        break;
    }
    return QByteArray::number(qint64(wait.count()));
}

bool counts(const QuotaHeaders &names, const Window &window)
{
    const bool isSameUnit = names.unit == window.unit
        || (window.unit == QuotaUnit::Tokens && names.unit == QuotaUnit::InputTokens);
    return isSameUnit && (!names.period || *names.period == window.period);
}

/// The names that a provider's own rules give; without such, those that most providers use.
std::vector<QuotaHeaders> headersFor(const Provider &provider, const Window &window, Wire wire)
{
    if (!provider.quota.headers.empty() || wire != Wire::OpenAiChat
        || window.period != QuotaPeriod::Minute) {
        return provider.quota.headers;
    }
    const QByteArray tail = window.unit == QuotaUnit::Tokens ? "tokens" : "requests";
    return {
        {window.unit,
         window.period,
         "x-ratelimit-limit-" + tail,
         "x-ratelimit-remaining-" + tail,
         "x-ratelimit-reset-" + tail,
         ResetFormat::GoDuration}};
}

void addCounters(
    common::HeaderList &headers,
    const Window &window,
    const Callee &callee,
    common::WallTime wallNow)
{
    for (const QuotaHeaders &names : headersFor(*callee.provider, window, callee.wire)) {
        if (!counts(names, window) || names.remaining.isEmpty()) {
            continue;
        }
        if (window.limit && !names.limit.isEmpty()) {
            headers.add(names.limit, QByteArray::number(qint64(*window.limit)));
        }
        headers.add(names.remaining, "0");
        if (!names.reset.isEmpty()) {
            headers.add(names.reset, resetText(names.format, window.wait, wallNow));
        }
    }
}

} // namespace

Refusal refusalOf(Fault fault, const Callee &callee, common::WallTime wallNow)
{
    const std::optional<Window> window = windowOf(fault, callee.provider->freeLimits);
    const Words words = wordsOf(fault, window, callee.wire);
    Refusal refusal{words.status, {{"content-type"_ba, "application/json"_ba}}, {}};
    if (window) {
        refusal.headers.add("retry-after", QByteArray::number(qint64(window->wait.count())));
        addCounters(refusal.headers, *window, callee, wallNow);
    }
    refusal.body = QJsonDocument(bodyOf(words, window, callee.wire)).toJson(QJsonDocument::Compact);
    return refusal;
}

} // namespace freerelay::upstream
