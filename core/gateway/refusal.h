#pragma once

#include "core/common/error.h"
#include "core/common/http_headers.h"

#include <QByteArray>
#include <QByteArrayView>

namespace freerelay::relay {
class Downstream;
}

namespace freerelay::gateway {

/// A request answered by the gateway itself, in OpenAI's error shape; under /v1beta/ in Google's.
struct Refusal
{
    int status = 400;
    QByteArray message; ///< one sentence for a person: what is wrong and what to do
    QByteArray type = "invalid_request_error";
    QByteArray code{};
    common::HeaderList headers{}; ///< beside content-type
    QByteArray path{}; ///< of the request; "" = not known
};

/// The reply's body: {"error":{message,type,param,code}}, or {"error":{code,message,status}}.
[[nodiscard]] QByteArray refusalBody(const Refusal &refusal);

/// `refusal.headers` and the content type.
[[nodiscard]] common::HeaderList refusalHeaders(const Refusal &refusal);

/// Answers `downstream` with it.
void refuse(relay::Downstream &downstream, const Refusal &refusal);

/// 503 with Retry-After: 1, for every limit of ours that is reached.
[[nodiscard]] Refusal overloaded(QByteArrayView message, QByteArrayView code);

} // namespace freerelay::gateway
