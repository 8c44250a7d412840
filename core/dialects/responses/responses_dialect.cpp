#include "responses_dialect.h"

#include "core/dialects/canonical/canonical_translator.h"
#include "core/dialects/json.h"
#include "core/dialects/openai_chat.h"
#include "core/dialects/responses/responses_reply_writer.h"
#include "core/dialects/responses/responses_request_reader.h"

namespace freerelay::dialects {

common::Result<ClientRequest> ResponsesDialect::read(const ClientCall &call) const
{
    return ResponsesRequestReader().read(call.body);
}

std::unique_ptr<ReplyTranslator>
ResponsesDialect::translator(const ClientReplyContext &context) const
{
    return fromOpenAiTranslator(std::make_unique<ResponsesReplyWriter>(context), context.stream);
}

QByteArray ResponsesDialect::queued(
    const ClientRequest &request, const QByteArray &requestId, common::WallTime now)
{
    const auto chat = parseJson(request.chat);
    ResponseFacts facts;
    facts.id = responseId(requestId);
    facts.createdUnix
        = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    facts.status = "queued";
    facts.model = chat ? (*chat)["model"].string() : QByteArray();
    QByteArray out;
    JsonWriter json(out);
    writeResponse(json, facts, {}, static_cast<const ResponsesTerms *>(request.terms.get()));
    return out;
}

/// The relay's errors have OpenAI's shape already.
QByteArray ResponsesDialect::error(const ErrorWords &words) const
{
    constexpr int firstServerError = 500;
    if (!words.openAi.isEmpty()) {
        return words.openAi;
    }
    return openAiError(
        words.message, words.status < firstServerError ? "invalid_request_error" : "server_error");
}

} // namespace freerelay::dialects
