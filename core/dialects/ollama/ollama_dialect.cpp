#include "ollama_dialect.h"

#include "core/dialects/canonical/canonical_translator.h"
#include "core/dialects/ollama/ollama_request_reader.h"
#include "core/dialects/ollama/ollama_writer.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::dialects {

common::Result<ClientRequest> OllamaDialect::read(const ClientCall &call) const
{
    return OllamaRequestReader(m_form).read(call.body);
}

std::unique_ptr<ReplyTranslator> OllamaDialect::translator(const ClientReplyContext &context) const
{
    if (context.stream) {
        return fromOpenAiTranslator(std::make_unique<OllamaStreamWriter>(context, m_form), true);
    }
    return fromOpenAiTranslator(std::make_unique<OllamaReplyWriter>(context, m_form), false);
}

QByteArray OllamaDialect::error(const ErrorWords &words) const
{
    return ollamaError(words.message);
}

QByteArray OllamaDialect::streamError(const ErrorWords &words) const
{
    return error(words) + '\n';
}

QByteArray OllamaDialect::streamType() const
{
    return "application/x-ndjson"_ba;
}

} // namespace freerelay::dialects
