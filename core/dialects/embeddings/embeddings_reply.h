#pragma once

#include "core/dialects/embeddings/whole_reply_translator.h"

#include <vector>

namespace freerelay::dialects {

/// Embeddings of any provider → OpenAI's list, complete and in the order of the texts. One with
/// fewer or more vectors than texts is refused: an index must not be filled with the wrong ones.
class EmbeddingsReply final : public WholeReplyTranslator
{
public:
    enum class Shape {
        OpenAi, ///< {"data":[{"index","embedding"}],"model","usage"}
        Gemini, ///< {"embeddings":[{"values"}]}; no usage
    };

    EmbeddingsReply(ReplyContext context, Shape shape)
        : WholeReplyTranslator(std::move(context))
        , m_shape(shape)
    { }

protected:
    [[nodiscard]] MaybeError write(const JsonValue &reply, QByteArray &out) override;

private:
    /// At the places of their texts; one that did not come is missing. Empty when there are more.
    [[nodiscard]] std::vector<JsonValue> vectorsIn(const JsonValue &reply) const;
    void readUsageOf(const JsonValue &reply);

    Shape m_shape;
};

} // namespace freerelay::dialects
