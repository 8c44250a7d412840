#include "error_reply.h"

#include "core/dialects/json_writer.h"
#include "core/dialects/openai_chat.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

using common::ErrorKind;
using dialects::FailureClass;

struct Row
{
    int status;
    const char *type;
    const char *code;
};

Row rowOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::InvalidArgument:
        return {400, "invalid_request_error", ""};
    case ErrorKind::NotFound:
        return {404, "invalid_request_error", "model_not_found"};
    case ErrorKind::AlreadyExists:
        return {409, "invalid_request_error", "already_exists"};
    case ErrorKind::Unauthenticated:
        return {401, "authentication_error", "invalid_api_key"};
    case ErrorKind::PermissionDenied:
        return {403, "permission_error", "not_allowed"};
    case ErrorKind::QuotaExhausted:
        return {429, "rate_limit_error", "quota_exhausted"};
    case ErrorKind::RateLimited:
        return {429, "rate_limit_error", "rate_limit_exceeded"};
    case ErrorKind::BudgetExhausted:
        return {429, "rate_limit_error", "budget_exhausted"};
    case ErrorKind::Unavailable:
        return {503, "server_error", "no_provider_available"};
    case ErrorKind::Timeout:
        return {504, "server_error", "timeout"};
    case ErrorKind::Cancelled:
        return {499, "server_error", "cancelled"};
    case ErrorKind::ProtocolError:
        return {502, "server_error", "bad_upstream_reply"};
    case ErrorKind::StorageFailed:
        return {500, "server_error", "storage_failed"};
    case ErrorKind::KeychainUnavailable:
        return {503, "server_error", "keychain_unavailable"};
    case ErrorKind::TooLarge:
        return {413, "invalid_request_error", "too_large"};
    case ErrorKind::Internal:
        return {500, "server_error", "internal_error"};
    }
    return {500, "server_error", "internal_error"};
}

ErrorKind kindOf(FailureClass failure)
{
    switch (failure) {
    case FailureClass::BadRequest:
    case FailureClass::ContextTooLong:
        return ErrorKind::InvalidArgument;
    case FailureClass::ModelGone:
        return ErrorKind::NotFound;
    case FailureClass::NoCredit:
        return ErrorKind::QuotaExhausted;
    case FailureClass::RateLimited:
        return ErrorKind::RateLimited;
    case FailureClass::Timeout:
        return ErrorKind::Timeout;
    case FailureClass::Malformed:
        return ErrorKind::ProtocolError;
    case FailureClass::Cancelled:
        return ErrorKind::Cancelled;
    case FailureClass::KeyRejected:
    case FailureClass::Forbidden:
    case FailureClass::Overloaded:
    case FailureClass::Network:
        return ErrorKind::Unavailable;
    }
    return ErrorKind::Unavailable;
}

/// Rounded up, at least 1.
qint64 wholeSeconds(std::chrono::milliseconds time)
{
    return std::max<qint64>(1, std::chrono::ceil<std::chrono::seconds>(time).count());
}

QByteArray sentence(const dialects::ProviderFailure &failure, const QByteArray &provider)
{
    switch (failure.kind) {
    case FailureClass::KeyRejected:
        return provider + " rejected the key that FreeRelay holds for it: " + failure.message
            + " Check it with “freerelay keys test”.";
    case FailureClass::Forbidden:
        return provider + " does not allow this with the stored key: " + failure.message;
    case FailureClass::NoCredit:
        return provider + " reports that the credit is used up: " + failure.message;
    case FailureClass::Network:
        return provider + (failure.status == 0 ? " could not be reached: " : " broke off: ")
            + failure.message;
    case FailureClass::Timeout:
        return provider + " did not answer in time: " + failure.message;
    case FailureClass::Malformed:
        return provider + " sent an answer that cannot be used: " + failure.message;
    case FailureClass::BadRequest:
    case FailureClass::ContextTooLong:
        // The client can only mend what it reads in the provider's own words.
        return failure.message.isEmpty() ? QByteArray(provider + " refused the request.")
                                         : failure.message;
    default:
        return failure.message.isEmpty() ? QByteArray(provider + " failed without saying why.")
                                         : QByteArray(provider + ": " + failure.message);
    }
}

} // namespace

QByteArray ClientError::body() const
{
    if (candidates.empty()) {
        return dialects::openAiError(message, type, param, code);
    }
    QByteArray list;
    dialects::JsonWriter writer(list);
    writer.beginArray();
    for (const CandidateReason &candidate : candidates) {
        writer.beginObject()
            .member("model", candidate.model)
            .member("reason", candidate.reason)
            .key("retry_after_seconds");
        if (candidate.retryAfter) {
            writer.integer(wholeSeconds(*candidate.retryAfter));
        } else {
            writer.null();
        }
        writer.endObject();
    }
    writer.endArray();
    return dialects::openAiError(message, type, param, code, list);
}

QByteArray ClientError::errorClass() const
{
    for (const QByteArray &own :
         {"paused"_ba, "shutting_down"_ba, "keychain_unavailable"_ba, "loop_detected"_ba}) {
        if (code == own) {
            return own;
        }
    }
    switch (status) {
    case 400:
    case 422:
        return code == "context_length_exceeded" ? "context_too_long"_ba : "bad_request"_ba;
    case 401:
        return "unauthenticated"_ba;
    case 403:
        return "not_allowed"_ba;
    case 404:
        return "not_found"_ba;
    case 413:
        return "too_large"_ba;
    case 429:
        for (const QByteArray &own : {"quota_exhausted"_ba, "budget_exhausted"_ba}) {
            if (code == own) {
                return own;
            }
        }
        return "rate_limited"_ba;
    case 502:
        return "malformed"_ba;
    case 503:
        return "unavailable"_ba;
    case 504:
        return "timeout"_ba;
    default:
        return "internal"_ba;
    }
}

common::HeaderList ClientError::headers() const
{
    common::HeaderList list{{"content-type"_ba, "application/json"_ba}};
    if (retryAfter) {
        list.add("retry-after"_ba, QByteArray::number(wholeSeconds(*retryAfter)));
    }
    return list;
}

ClientError toClientError(const common::Error &error)
{
    const Row row = rowOf(error.kind);
    return {row.status, error.message.toUtf8(), row.type, error.param.toUtf8(), row.code, {}};
}

ClientError toClientError(const dialects::ProviderFailure &failure, const QByteArray &providerName)
{
    const Row row = rowOf(kindOf(failure.kind));
    ClientError result{
        row.status, sentence(failure, providerName), row.type, failure.param, row.code, {}};
    if (failure.kind == FailureClass::BadRequest) {
        result.status = failure.status == 422 ? 422 : 400;
        result.code = failure.code;
    } else if (failure.kind == FailureClass::ContextTooLong) {
        result.code = "context_length_exceeded"_ba;
    } else if (failure.kind == FailureClass::RateLimited) {
        result.retryAfter = failure.retryAfter;
    }
    return result;
}

} // namespace freerelay::relay
