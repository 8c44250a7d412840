#include "messages_dialect.h"

#include "core/dialects/canonical/canonical_translator.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/messages/messages_reply_writer.h"
#include "core/dialects/messages/messages_request_reader.h"
#include "core/dialects/messages/messages_stream_writer.h"
#include "core/dialects/sse_encoder.h"

namespace freerelay::dialects {

namespace {

/// The documented type of each status (docs.anthropic.com, "Errors"); 529 is theirs alone, so a
/// 503 of ours says overloaded_error.
QByteArrayView errorType(int status)
{
    switch (status) {
    case 400:
    case 409:
    case 422:
        return "invalid_request_error";
    case 401:
        return "authentication_error";
    case 402:
        return "billing_error";
    case 403:
        return "permission_error";
    case 404:
        return "not_found_error";
    case 413:
        return "request_too_large";
    case 429:
        return "rate_limit_error";
    case 503:
    case 529:
        return "overloaded_error";
    case 504:
        return "timeout_error";
    default:
        return "api_error";
    }
}

} // namespace

common::Result<ClientRequest> MessagesDialect::read(const ClientCall &call) const
{
    return MessagesRequestReader().read(call.body);
}

std::unique_ptr<ReplyTranslator>
MessagesDialect::translator(const ClientReplyContext &context) const
{
    std::unique_ptr<ReplyWriter> writer;
    if (context.stream) {
        writer = std::make_unique<MessagesStreamWriter>(context);
    } else {
        writer = std::make_unique<MessagesReplyWriter>(context);
    }
    return fromOpenAiTranslator(std::move(writer), context.stream);
}

QByteArray MessagesDialect::error(const ErrorWords &words) const
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().member("type", "error").key("error").beginObject();
    json.member("type", errorType(words.status)).member("message", words.message).endObject();
    json.member("request_id", words.requestId).endObject();
    return out;
}

QByteArray MessagesDialect::streamError(const ErrorWords &words) const
{
    QByteArray out;
    appendSseEvent(out, "error", error(words));
    return out;
}

} // namespace freerelay::dialects
