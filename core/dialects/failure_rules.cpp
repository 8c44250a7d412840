#include "failure_rules.h"

#include <algorithm>
#include <initializer_list>

namespace freerelay::dialects {

namespace {

using Words = std::initializer_list<QByteArrayView>;

bool containsAny(const QByteArray &lowerText, Words words)
{
    return std::any_of(
        words.begin(), words.end(), [&](QByteArrayView word) { return lowerText.contains(word); });
}

bool isAny(const QByteArray &word, Words words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool isOneOf(const QByteArray &code, const std::vector<QByteArray> &codes)
{
    return !code.isEmpty() && std::find(codes.begin(), codes.end(), code) != codes.end();
}

/// The words of an error, ready to be searched.
struct Clues
{
    int status;
    QByteArray text; ///< lower-case message
    QByteArray code; ///< lower-case
    QByteArray type; ///< lower-case
    bool html;

    [[nodiscard]] bool named(Words words) const { return isAny(code, words) || isAny(type, words); }
};

bool saysContext(const Clues &c)
{
    return c.status == 413
        || c.named({"context_length_exceeded", "request_too_large", "exceed_context_size_error"})
        || containsAny(
               c.text,
               {"maximum context length",
                "context length exceeded",
                "context_length_exceeded",
                "prompt is too long",
                "input is too long",
                "exceeds the maximum number of tokens",
                "request too large",
                "payload too large",
                "request entity too large",
                "exceeds the available context size",
                "reduce the length of the messages",
                "too large for model",
                "exceeds the model's context"});
}

bool saysCredit(const Clues &c)
{
    return c.status == 402
        || c.named(
            {"insufficient_quota",
             "exceeded_current_quota_error",
             "billing_error",
             "payment_required",
             "insufficient_balance",
             "insufficient_credits"})
        || containsAny(
               c.text,
               {"insufficient balance",
                "insufficient_quota",
                "credit balance is too low",
                "account balance is"});
}

bool saysKey(const Clues &c)
{
    return c.status == 401
        || c.named({"invalid_api_key", "api_key_invalid", "authentication_error", "wrong_api_key"})
        || containsAny(
               c.text,
               {"api key not valid", "api key expired", "invalid api key", "incorrect api key"})
        || (c.status == 403
            && containsAny(c.text, {"authentication failed", "invalid token", "api key is"}));
}

bool saysModelGone(const Clues &c)
{
    if (c.status == 404 || c.status == 410
        || c.named(
            {"model_not_found",
             "model_decommissioned",
             "deploymentnotfound",
             "resource_not_found_error",
             "model_not_available"})) {
        return true;
    }
    return c.text.contains("model")
        && containsAny(
               c.text,
               {"decommissioned",
                "does not exist",
                "no longer available",
                "no longer supported",
                "unknown model",
                "model not found",
                "not a valid model",
                "supported api model names are"});
}

bool saysOverloaded(const Clues &c)
{
    return c.status >= 500
        || c.named(
            {"overloaded_error",
             "server_error",
             "api_error",
             "unavailable",
             "internal",
             "service_unavailable",
             "internal_server_error"})
        || c.text.contains("degraded function") || (c.html && c.status != 404) || (c.status == 409);
}

bool saysForbidden(const Clues &c)
{
    return c.status == 403 || c.status == 451 || c.named({"permission_error", "permission_denied"})
        || (c.named({"failed_precondition"}) && c.text.contains("location"))
        || c.text.contains("location is not supported");
}

bool saysRateLimit(const Clues &c)
{
    return c.status == 429
        || c.named(
            {"rate_limit_error",
             "rate_limit_exceeded",
             "resource_exhausted",
             "rate_limit_reached_error",
             "too_many_requests"});
}

bool saysTimeout(const Clues &c)
{
    return c.status == 408 || c.status == 504 || c.status == 524
        || c.named({"timeout_error", "deadline_exceeded", "timeout"});
}

} // namespace

FailureClass failureClass(int status, const ErrorBody &body, const catalog::ErrorRules &rules)
{
    Clues clues{
        status, body.message.toLower(), body.code.toLower(), body.type.toLower(), body.html};
    if (body.reason == "API_KEY_INVALID") {
        return FailureClass::KeyRejected;
    }
    if (isOneOf(body.code, rules.creditCodes)) {
        return FailureClass::NoCredit;
    }
    if (isOneOf(body.code, rules.overloadCodes)) {
        return FailureClass::Overloaded;
    }
    const auto &limits = rules.rateLimitStatuses;
    if (std::find(limits.begin(), limits.end(), status) != limits.end()) {
        clues.status = 429;
    }
    if (clues.text.contains("degraded function")) {
        return FailureClass::Overloaded;
    }
    if (clues.status >= 300 && clues.status < 400) {
        return FailureClass::Malformed; // redirects are not followed
    }
    struct Rule
    {
        bool (*says)(const Clues &);
        FailureClass kind;
    };
    // In this order: a 429 may be about credit or about size, a 400 about the key or the model.
    constexpr Rule order[]{
        {saysCredit, FailureClass::NoCredit},
        {saysContext, FailureClass::ContextTooLong},
        {saysKey, FailureClass::KeyRejected},
        {saysRateLimit, FailureClass::RateLimited},
        {saysTimeout, FailureClass::Timeout},
        {saysOverloaded, FailureClass::Overloaded},
        {saysModelGone, FailureClass::ModelGone},
        {saysForbidden, FailureClass::Forbidden},
    };
    for (const Rule &rule : order) {
        if (rule.says(clues)) {
            return rule.kind;
        }
    }
    if (clues.status >= 400
        || clues.named({"invalid_request_error", "invalid_argument", "bad_request"})) {
        return FailureClass::BadRequest;
    }
    return FailureClass::Overloaded;
}

bool namesDailyQuota(const ErrorBody &body)
{
    const QByteArray text = body.message.toLower();
    const bool day = containsAny(text, {"daily", "per day", "per-day", "today", "(rpd)", "(tpd)"});
    return body.daily
        || (day
            && containsAny(
                text, {"allocation", "quota", "limit", "exhaust", "used up", "free-models"}));
}

common::ErrorKind errorKind(FailureClass failure)
{
    switch (failure) {
    case FailureClass::BadRequest:
        return common::ErrorKind::InvalidArgument;
    case FailureClass::ContextTooLong:
        return common::ErrorKind::TooLarge;
    case FailureClass::KeyRejected:
        return common::ErrorKind::Unauthenticated;
    case FailureClass::NoCredit:
        return common::ErrorKind::QuotaExhausted;
    case FailureClass::Forbidden:
        return common::ErrorKind::PermissionDenied;
    case FailureClass::ModelGone:
        return common::ErrorKind::NotFound;
    case FailureClass::RateLimited:
        return common::ErrorKind::RateLimited;
    case FailureClass::Timeout:
        return common::ErrorKind::Timeout;
    case FailureClass::Malformed:
        return common::ErrorKind::ProtocolError;
    case FailureClass::Cancelled:
        return common::ErrorKind::Cancelled;
    case FailureClass::Overloaded:
    case FailureClass::Network:
        break;
    }
    return common::ErrorKind::Unavailable;
}

common::Error errorInReply(JsonValue root)
{
    const ErrorBody body = readErrorValue(root, {});
    const FailureClass failure = failureClass(body.status, body, {});
    return {
        errorKind(failure),
        QString::fromUtf8(
            body.message.isEmpty() ? QByteArray("the provider reported an error") : body.message),
        QString::fromUtf8(body.code.isEmpty() ? body.type : body.code),
        {},
        {}};
}

} // namespace freerelay::dialects
