#pragma once

#include "core/dialects/client_dialect.h"

namespace freerelay::dialects {

/// Ollama's embeddings, said as OpenAI's (for parseEmbeddings()).
class OllamaEmbedDialect final : public ClientDialect
{
public:
    enum class Form {
        Batch, ///< /api/embed: `input`, one text or several
        Single, ///< /api/embeddings: `prompt`
    };

    explicit OllamaEmbedDialect(Form form)
        : m_form(form)
    { }

    [[nodiscard]] common::Result<ClientRequest> read(const ClientCall &call) const override;
    [[nodiscard]] std::unique_ptr<ReplyTranslator>
    translator(const ClientReplyContext &context) const override;
    [[nodiscard]] QByteArray error(const ErrorWords &words) const override;
    [[nodiscard]] QByteArray streamError(const ErrorWords &words) const override;

private:
    Form m_form;
};

} // namespace freerelay::dialects
