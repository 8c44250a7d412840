#include "core/dialects/anthropic/anthropic_dialect.h"
#include "core/dialects/gemini/gemini_dialect.h"
#include "core/dialects/openai_dialect.h"
#include "core/dialects/provider_dialect.h"

namespace freerelay::dialects {

const ProviderDialect *dialectFor(catalog::Wire wire)
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

} // namespace freerelay::dialects
