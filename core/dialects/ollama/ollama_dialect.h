#pragma once

#include "core/dialects/client_dialect.h"
#include "core/dialects/ollama/ollama_words.h"

namespace freerelay::dialects {

/// Ollama's chat and generate, as the clients of a local Ollama speak them.
class OllamaDialect final : public ClientDialect
{
public:
    explicit OllamaDialect(OllamaForm form)
        : m_form(form)
    { }

    [[nodiscard]] common::Result<ClientRequest> read(const ClientCall &call) const override;
    [[nodiscard]] std::unique_ptr<ReplyTranslator>
    translator(const ClientReplyContext &context) const override;
    [[nodiscard]] QByteArray error(const ErrorWords &words) const override;
    [[nodiscard]] QByteArray streamError(const ErrorWords &words) const override;
    [[nodiscard]] QByteArray streamType() const override;

private:
    OllamaForm m_form;
};

} // namespace freerelay::dialects
