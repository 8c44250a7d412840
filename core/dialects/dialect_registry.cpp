#include "core/dialects/openai_dialect.h"
#include "core/dialects/provider_dialect.h"

namespace freerelay::dialects {

const ProviderDialect *dialectFor(catalog::Wire wire)
{
    static const OpenAiDialect openAi;
    switch (wire) {
    case catalog::Wire::OpenAiChat:
        return &openAi;
    case catalog::Wire::AnthropicMessages:
    case catalog::Wire::GoogleGenerateContent:
    case catalog::Wire::OpenAiResponses:
        break;
    }
    return nullptr;
}

} // namespace freerelay::dialects
