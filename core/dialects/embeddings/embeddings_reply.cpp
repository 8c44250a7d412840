#include "embeddings_reply.h"

#include "core/dialects/embeddings/vectors.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/openai_usage.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::dialects {

std::vector<JsonValue> EmbeddingsReply::vectorsIn(const JsonValue &reply) const
{
    const auto expected = static_cast<std::size_t>(context().needs.choices);
    const bool isOpenAi = m_shape == Shape::OpenAi;
    std::vector<JsonValue> vectors(expected);
    std::int64_t position = 0;
    for (const JsonValue entry : reply[isOpenAi ? "data" : "embeddings"].elements()) {
        const std::int64_t index = isOpenAi ? entry["index"].integer().value_or(position)
                                            : position;
        ++position;
        if (index < 0 || static_cast<std::size_t>(index) >= expected) {
            return {};
        }
        vectors[static_cast<std::size_t>(index)] = entry[isOpenAi ? "embedding" : "values"];
    }
    return vectors;
}

/// What is embedded brings forth no tokens.
void EmbeddingsReply::readUsageOf(const JsonValue &reply)
{
    const JsonValue usage = reply["usage"];
    m_progress.usage = readUsage(usage);
    if (!m_progress.usage.promptTokens) {
        m_progress.usage.promptTokens = usage["total_tokens"].integer();
    }
    if (m_progress.usage.promptTokens) {
        m_progress.usage.completionTokens = 0;
    }
}

std::optional<common::Error> EmbeddingsReply::write(const JsonValue &reply, QByteArray &out)
{
    const std::vector<JsonValue> vectors = vectorsIn(reply);
    if (vectors.empty()) {
        return malformed(u"the reply does not hold one vector for each text"_s);
    }
    readUsageOf(reply);
    JsonWriter json(out);
    json.beginObject().member("object", "list").key("data").beginArray();
    std::int64_t index = 0;
    for (const JsonValue &vector : vectors) {
        const QByteArray value = context().base64 ? vectorAsBase64(vector)
                                                  : vectorAsNumbers(vector);
        if (value.isNull()) { // also one that did not come
            return malformed(u"the reply holds a vector that is none"_s);
        }
        json.beginObject().member("object", "embedding").key("index").integer(index++);
        json.rawMember("embedding", value).endObject();
    }
    json.endArray().member("model", modelOf(reply)).key("usage").beginObject();
    // A client's library demands numbers: where nobody counted, our estimate stands.
    const std::int64_t tokens = m_progress.usage.promptTokens.value_or(
        context().needs.promptTokensEstimated);
    json.key("prompt_tokens").integer(tokens).key("total_tokens").integer(tokens);
    json.endObject().endObject();
    return std::nullopt;
}

} // namespace freerelay::dialects
