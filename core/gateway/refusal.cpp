#include "refusal.h"

#include "core/dialects/generate_content/generate_content_dialect.h"
#include "core/dialects/openai_chat.h"
#include "core/relay/downstream.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

QByteArray refusalBody(const Refusal &refusal)
{
    if (refusal.path.startsWith("/v1beta/")) {
        return dialects::GenerateContentDialect().error({refusal.status, refusal.message, {}});
    }
    return dialects::openAiError(refusal.message, refusal.type, {}, refusal.code);
}

common::HeaderList refusalHeaders(const Refusal &refusal)
{
    common::HeaderList headers = refusal.headers;
    headers.add("content-type"_ba, "application/json"_ba);
    return headers;
}

void refuse(relay::Downstream &downstream, const Refusal &refusal)
{
    downstream.reply(refusal.status, refusalHeaders(refusal), refusalBody(refusal));
}

Refusal overloaded(QByteArrayView message, QByteArrayView code)
{
    return {
        503,
        message.toByteArray(),
        "server_error"_ba,
        code.toByteArray(),
        {{"retry-after"_ba, "1"_ba}}};
}

} // namespace freerelay::gateway
