#include "generate_content_dialect.h"

#include "core/dialects/canonical/canonical_translator.h"
#include "core/dialects/generate_content/generate_content_reader.h"
#include "core/dialects/generate_content/generate_content_words.h"
#include "core/dialects/generate_content/generate_content_writer.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/sse_encoder.h"

namespace freerelay::dialects {

common::Result<ClientRequest> GenerateContentDialect::read(const ClientCall &call) const
{
    return GenerateContentReader().read(call);
}

std::unique_ptr<ReplyTranslator>
GenerateContentDialect::translator(const ClientReplyContext &context) const
{
    return fromOpenAiTranslator(std::make_unique<GenerateContentWriter>(context), context.stream);
}

QByteArray GenerateContentDialect::error(const ErrorWords &words) const
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key("error").beginObject().key("code").integer(words.status);
    json.member("message", words.message).member("status", googleStatus(words.status));
    json.endObject().endObject();
    return out;
}

QByteArray GenerateContentDialect::streamError(const ErrorWords &words) const
{
    QByteArray out;
    appendSseEvent(out, error(words));
    return out;
}

} // namespace freerelay::dialects
