#include "gemini_dialect.h"

#include "core/dialects/canonical/canonical_translator.h"
#include "core/dialects/canonical/json_reply_reader.h"
#include "core/dialects/canonical/openai_chat_reader.h"
#include "core/dialects/canonical/unsaid_parameters.h"
#include "core/dialects/canonical/wire_rules.h"
#include "core/dialects/gemini/gemini_encoder.h"
#include "core/dialects/gemini/gemini_parser.h"
#include "core/dialects/gemini/signature_book.h"

namespace freerelay::dialects {

namespace {

constexpr char placeholder[] = "{model}";

/// The provider's path with the model in it. Some data gives the resource without the method.
QByteArray pathFor(const catalog::Provider &provider, const catalog::Model &model, bool stream)
{
    QByteArray path = stream ? provider.streamPath : provider.generatePath;
    if (path.isEmpty()) {
        path = QByteArray("/models/") + placeholder;
    }
    if (path.endsWith(placeholder)) {
        path.append(stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
    }
    QByteArray name = model.name;
    if (name.startsWith("models/")) {
        name.remove(0, qsizetype(qstrlen("models/")));
    }
    return path.replace(placeholder, name.toPercentEncoding("/"));
}

} // namespace

common::Result<EncodedRequest> GeminiDialect::encode(
    const ChatRequest &request,
    const catalog::Provider &provider,
    const catalog::Model &model) const
{
    CanonicalRequest canonical = readOpenAiChat(request);
    if (request.signatures != nullptr) {
        request.signatures->complete(canonical);
    }
    EncodedRequest encoded;
    encoded.ignored = unsaidParameters(canonical, {"top_k", "seed"});
    applyWireRules(canonical, provider.rules, model);
    common::Result<QByteArray> body = GeminiEncoder(canonical, model).encode();
    if (!body) {
        return tl::unexpected(body.error());
    }
    encoded.path = pathFor(provider, model, request.stream);
    encoded.headers.add("content-type", "application/json");
    encoded.headers.add("accept", request.stream ? "text/event-stream" : "application/json");
    encoded.body = *std::move(body);
    return encoded;
}

std::unique_ptr<ReplyTranslator> GeminiDialect::translator(const ReplyContext &context) const
{
    auto parser = std::make_unique<GeminiParser>(context.requestId, context.signatures);
    if (context.stream) {
        return toOpenAiTranslator(std::make_unique<SseReplyReader>(std::move(parser)), context);
    }
    return toOpenAiTranslator(std::make_unique<BodyReplyReader>(std::move(parser)), context);
}

} // namespace freerelay::dialects
