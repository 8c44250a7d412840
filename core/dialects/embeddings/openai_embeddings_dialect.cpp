#include "openai_embeddings_dialect.h"

#include "core/dialects/embeddings/embeddings_reply.h"
#include "core/dialects/embeddings/openai_address.h"

#include <array>

namespace freerelay::dialects {

common::Result<EncodedRequest> OpenAiEmbeddingsDialect::encode(
    const ChatRequest &request,
    const catalog::Provider &provider,
    const catalog::Model &model) const
{
    static constexpr std::array<QByteArrayView, 1> ours{"encoding_format"};
    return encodeForAddress(request, provider, model, "/embeddings", ours);
}

std::unique_ptr<ReplyTranslator>
OpenAiEmbeddingsDialect::translator(const ReplyContext &context) const
{
    return std::make_unique<EmbeddingsReply>(context, EmbeddingsReply::Shape::OpenAi);
}

} // namespace freerelay::dialects
