#include "gemini_embeddings_dialect.h"

#include "core/dialects/embeddings/embeddings_reply.h"
#include "core/dialects/json_writer.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::dialects {

namespace {

void writeText(
    JsonWriter &json, const QByteArray &model, const JsonValue &text, const JsonValue &dimensions)
{
    json.beginObject().member("model", model).key("content").beginObject();
    json.key("parts").beginArray().beginObject().rawMember("text", text.text()).endObject();
    json.endArray().endObject();
    if (!dimensions.isAbsent()) {
        json.rawMember("outputDimensionality", dimensions.text());
    }
    json.endObject();
}

} // namespace

common::Result<EncodedRequest> GeminiEmbeddingsDialect::encode(
    const ChatRequest &request, const catalog::Provider &, const catalog::Model &model) const
{
    const JsonValue root(QByteArrayView(request.body).trimmed());
    const JsonValue input = root["input"];
    if (!input.isString() && !input.first().isString()) {
        return common::failure(
            common::ErrorKind::InvalidArgument, u"Gemini's embeddings take texts, not tokens."_s);
    }
    if (request.needs.choices > maxTexts) {
        return common::failure(
            common::ErrorKind::InvalidArgument,
            u"Gemini's embeddings take at most %1 texts at once."_s.arg(maxTexts));
    }
    const QByteArray name = model.name.startsWith("models/") ? model.name : "models/" + model.name;
    const JsonValue dimensions = root["dimensions"];
    EncodedRequest encoded;
    encoded.path = '/' + name.toPercentEncoding("/") + ":batchEmbedContents";
    encoded.headers.add("content-type", "application/json");
    encoded.headers.add("accept", "application/json");
    JsonWriter json(encoded.body);
    json.beginObject().key("requests").beginArray();
    if (input.isString()) {
        writeText(json, name, input, dimensions);
    }
    for (const JsonValue text : input.elements()) {
        writeText(json, name, text, dimensions);
    }
    json.endArray().endObject();
    return encoded;
}

std::unique_ptr<ReplyTranslator>
GeminiEmbeddingsDialect::translator(const ReplyContext &context) const
{
    return std::make_unique<EmbeddingsReply>(context, EmbeddingsReply::Shape::Gemini);
}

} // namespace freerelay::dialects
