#include "idempotency.h"

#include "core/common/hashing.h"
#include "core/gateway/access_policy.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr qsizetype maxKeyBytes = 255; // as Stripe, whose form of it clients know

/// No two lists have the same.
QByteArray hashOf(const QByteArrayList &parts)
{
    common::Sha256 hash;
    for (const QByteArray &part : parts) {
        hash.add(QByteArray::number(part.size())).add(":").add(part);
    }
    return hash.finish();
}

} // namespace

std::variant<std::optional<ReplyLogs::Key>, relay::ClientError>
idempotencyKeyOf(const HttpRequest &request)
{
    const QByteArray key = request.headers.value("idempotency-key");
    if (key.isNull()) {
        return std::optional<ReplyLogs::Key>();
    }
    if (key.isEmpty() || key.size() > maxKeyBytes) {
        return relay::ClientError{
            400,
            "Idempotency-Key must have 1 to 255 characters."_ba,
            "invalid_request_error"_ba,
            {},
            "invalid_idempotency_key"_ba,
            {}};
    }
    const common::HeaderList &headers = request.headers;
    const QByteArray client = hashOf(
        {key,
         appIdOf(request),
         headers.value("authorization"),
         headers.value("x-api-key"),
         headers.value("x-goog-api-key")});
    return std::optional(
        ReplyLogs::Key{client, hashOf({request.path, request.query, request.body})});
}

relay::ClientError keyUsedOtherwise()
{
    return {
        422,
        "This Idempotency-Key was used for another request within the last minutes."_ba,
        "invalid_request_error"_ba,
        {},
        "idempotency_key_reused"_ba,
        {}};
}

} // namespace freerelay::gateway
