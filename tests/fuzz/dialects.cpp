#include "dialects.h"

#include "core/dialects/completions/completions_dialect.h"
#include "core/dialects/generate_content/generate_content_dialect.h"
#include "core/dialects/messages/messages_dialect.h"
#include "core/dialects/ollama/ollama_dialect.h"
#include "core/dialects/responses/responses_dialect.h"

namespace freerelay::fuzz {

std::span<const Client> clients()
{
    using dialects::OllamaDialect;
    using dialects::OllamaForm;
    static const dialects::MessagesDialect messages;
    static const dialects::GenerateContentDialect generate;
    static const dialects::CompletionsDialect completions;
    static const OllamaDialect chat(OllamaForm::Chat);
    static const OllamaDialect prompt(OllamaForm::Generate);
    static const dialects::ResponsesDialect responses;
    static const std::array all{
        Client{&messages, "/v1/messages", false},
        Client{&generate, "/v1beta/models/auto:streamGenerateContent", false},
        Client{&completions, "/v1/completions", false},
        Client{&chat, "/api/chat", true},
        Client{&prompt, "/api/generate", true},
        Client{&responses, "/v1/responses", false},
    };
    return all;
}

} // namespace freerelay::fuzz
