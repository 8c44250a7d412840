#include "core/dialects/anthropic/anthropic_dialect.h"
#include "core/dialects/embeddings/gemini_embeddings_dialect.h"
#include "core/dialects/embeddings/openai_embeddings_dialect.h"
#include "core/dialects/embeddings/openai_moderations_dialect.h"
#include "core/dialects/gemini/gemini_dialect.h"
#include "core/dialects/openai_dialect.h"
#include "core/dialects/provider_dialect.h"

namespace freerelay::dialects {

namespace {

const ProviderDialect *embeddingsDialectFor(catalog::Wire wire)
{
    static const OpenAiEmbeddingsDialect openAi;
    static const GeminiEmbeddingsDialect gemini;
    if (wire == catalog::Wire::OpenAiChat) {
        return &openAi;
    }
    return wire == catalog::Wire::GoogleGenerateContent ? &gemini : nullptr;
}

const ProviderDialect *chatDialectFor(catalog::Wire wire)
{
    static const OpenAiDialect openAi;
    static const AnthropicDialect anthropic;
    static const GeminiDialect gemini;
    switch (wire) {
    case catalog::Wire::OpenAiChat:
        return &openAi;
    case catalog::Wire::AnthropicMessages:
        return &anthropic;
    case catalog::Wire::GoogleGenerateContent:
        return &gemini;
    case catalog::Wire::OpenAiResponses:
        break;
    }
    return nullptr;
}

} // namespace

const ProviderDialect *dialectFor(catalog::Wire wire, catalog::Task task)
{
    static const OpenAiModerationsDialect moderations;
    switch (task) {
    case catalog::Task::Chat:
        return chatDialectFor(wire);
    case catalog::Task::Embeddings:
        return embeddingsDialectFor(wire);
    case catalog::Task::Moderations:
        return wire == catalog::Wire::OpenAiChat ? &moderations : nullptr;
    case catalog::Task::Other:
        break;
    }
    return nullptr;
}

} // namespace freerelay::dialects
