#include "core/dialects/provider_error.h"

#include "core/dialects/error_body.h"
#include "core/dialects/failure_rules.h"
#include "core/dialects/json.h"
#include "core/dialects/quota_words.h"

#include <QList>

#include <algorithm>
#include <array>

namespace freerelay::dialects {

using std::chrono::milliseconds;

namespace {

constexpr qsizetype maxBodyBytes = 64 * 1024;

using Wait = std::optional<milliseconds>;

/// Headers of the reply, or of the one that OpenRouter quotes in the body.
class Fields
{
public:
    Fields(const common::HeaderList &headers, const ErrorBody &body)
        : m_headers(headers)
        , m_body(body)
    { }

    /// Null when absent.
    [[nodiscard]] QByteArray value(QByteArrayView lowerName) const
    {
        const QByteArray own = m_headers.value(lowerName);
        if (!own.isNull()) {
            return own;
        }
        for (const auto &[name, text] : m_body.headers) {
            if (name == lowerName) {
                return text;
            }
        }
        return {};
    }

private:
    const common::HeaderList &m_headers;
    const ErrorBody &m_body;
};

Wait longer(Wait a, Wait b)
{
    return a && b ? std::max(*a, *b) : (a ? a : b);
}

/// retry-after-ms and x-ms-retry-after-ms (Azure, OpenAI), Retry-After (RFC 9110).
Wait retryAfterHeader(const Fields &fields, common::WallTime wallNow)
{
    for (const QByteArrayView name : {"retry-after-ms", "x-ms-retry-after-ms"}) {
        const QByteArray text = fields.value(name).trimmed();
        if (!text.isEmpty()) {
            if (const Wait wait = parseReset(
                    QByteArray(text + "ms"), catalog::ResetFormat::GoDuration, wallNow)) {
                return wait;
            }
        }
    }
    return parseReset(fields.value("retry-after"), catalog::ResetFormat::RetryAfter, wallNow);
}

struct HeaderRule
{
    QByteArray name;
    catalog::ResetFormat format;
};

/// The names that most providers use, for those whose data names none.
std::vector<HeaderRule> resetHeaders(const catalog::Provider &provider)
{
    std::vector<HeaderRule> rules;
    for (const auto &[name, format] : provider.rateLimitResets) {
        rules.push_back({name.toLower(), format});
    }
    if (rules.empty()) {
        rules = {
            {"x-ratelimit-reset-requests", catalog::ResetFormat::GoDuration},
            {"x-ratelimit-reset-tokens", catalog::ResetFormat::GoDuration},
            {"x-ratelimit-reset", catalog::ResetFormat::UnixMs},
        };
    }
    return rules;
}

/// Only a counter that says zero tells what the wait is for: a missing one is not zero.
Wait exhaustedWindows(
    const catalog::Provider &provider, const Fields &fields, common::WallTime wallNow, bool &daily)
{
    Wait wait;
    for (const HeaderRule &rule : resetHeaders(provider)) {
        QByteArray counter = rule.name;
        const QByteArray remaining = fields.value(counter.replace("reset", "remaining")).trimmed();
        bool isNumber = false;
        if (remaining.toDouble(&isNumber) > 0 || !isNumber) {
            continue;
        }
        daily = daily || rule.name.contains("day");
        wait = longer(wait, parseReset(fields.value(rule.name), rule.format, wallNow));
    }
    return wait;
}

/// "try again in 1m26.4s", "retry in 38.2s", "retry after 10 seconds".
Wait waitInText(const QByteArray &message, common::WallTime wallNow)
{
    const QByteArray text = message.toLower();
    for (const QByteArrayView phrase :
         {"try again in ", "please wait ", "retry in ", "retry after ", "try again after "}) {
        const qsizetype at = text.indexOf(phrase);
        if (at < 0) {
            continue;
        }
        const QList<QByteArray> words = text.mid(at + phrase.size(), 48).split(' ');
        QByteArray amount = words.value(0);
        while (amount.endsWith('.') || amount.endsWith(',')) {
            amount.chop(1);
        }
        const QByteArray unit = words.value(1);
        const bool bare = !amount.isEmpty() && amount.back() >= '0' && amount.back() <= '9';
        if (bare && unit.startsWith("minute")) {
            amount.append('m');
        } else if (bare && unit.startsWith("hour")) {
            amount.append('h');
        } else if (bare && (unit.startsWith("ms") || unit.startsWith("millisecond"))) {
            amount.append("ms");
        } else if (bare && unit.startsWith("day")) {
            amount.append('d');
        }
        return parseReset(amount, catalog::ResetFormat::GoDuration, wallNow);
    }
    return std::nullopt;
}

/// What the provider's own rules point at, in the body and in headers.
Wait ruledWait(
    const catalog::ErrorRules &rules,
    QByteArrayView body,
    const Fields &fields,
    common::WallTime wallNow)
{
    Wait wait;
    for (const auto &[name, format] : rules.resetHeaders) {
        wait = longer(wait, parseReset(fields.value(name.toLower()), format, wallNow));
    }
    if (rules.resetPaths.empty()) {
        return wait;
    }
    const common::Result<JsonValue> root = parseJson(body);
    for (const auto &[path, format] : rules.resetPaths) {
        if (root) {
            const QByteArray text = plainText(valueAtPath(*root, path));
            wait = longer(wait, parseReset(text, format, wallNow));
        }
    }
    return wait;
}

bool mayWait(FailureClass kind)
{
    return kind == FailureClass::RateLimited || kind == FailureClass::Overloaded
        || kind == FailureClass::NoCredit || kind == FailureClass::Timeout;
}

} // namespace

ProviderFailure classifyFailure(
    const catalog::Provider &provider,
    int status,
    const common::HeaderList &headers,
    QByteArrayView body,
    common::WallTime wallNow)
{
    ProviderFailure failure;
    failure.status = status;
    if (status == 0) {
        failure.kind = FailureClass::Network;
        return failure;
    }
    body = body.first(std::min(body.size(), maxBodyBytes));
    ErrorBody words = readErrorBody(body, provider.errors);
    failure.kind = failureClass(status, words, provider.errors);
    if (mayWait(failure.kind)) {
        const Fields fields(headers, words);
        failure.retryAfter = ruledWait(provider.errors, body, fields, wallNow);
        if (!failure.retryAfter) {
            failure.retryAfter = retryAfterHeader(fields, wallNow);
        }
        if (!failure.retryAfter) {
            failure.retryAfter = parseReset(
                words.retryDelay, catalog::ResetFormat::GoDuration, wallNow);
        }
        failure.daily = failure.kind == FailureClass::RateLimited && namesDailyQuota(words);
        if (!failure.retryAfter && failure.kind == FailureClass::RateLimited) {
            failure.retryAfter = exhaustedWindows(provider, fields, wallNow, failure.daily);
        }
        if (!failure.retryAfter) {
            failure.retryAfter = waitInText(words.message, wallNow);
        }
        if (failure.kind == FailureClass::RateLimited) {
            failure.quota = quotaFacts(words);
            for (auto &[name, value] : words.headers) {
                failure.quotedHeaders.add(std::move(name), std::move(value));
            }
        }
    }
    failure.message = std::move(words.message);
    failure.type = std::move(words.type);
    failure.code = std::move(words.code);
    failure.param = std::move(words.param);
    return failure;
}

} // namespace freerelay::dialects
