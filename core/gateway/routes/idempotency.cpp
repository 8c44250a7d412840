#include "idempotency.h"

#include "core/common/hashing.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr qsizetype maxKeyBytes = 255; // as Stripe, whose form of it clients know

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
    common::Sha256 hash;
    for (const QByteArray &part :
         {key, request.headers.value("authorization"), request.headers.value("x-api-key")}) {
        hash.add(QByteArray::number(part.size())).add(":").add(part);
    }
    return std::optional(ReplyLogs::Key{hash.finish(), common::Sha256::of(request.body)});
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
