#include "openai_dialect.h"

#include "core/dialects/canonical/canonical_translator.h"
#include "core/dialects/completions/fill_in_address.h"
#include "core/dialects/completions/text_completion_parser.h"
#include "core/dialects/openai_reply_translator.h"
#include "core/dialects/openai_request_encoder.h"
#include "core/dialects/openai_stream_translator.h"

namespace freerelay::dialects {

common::Result<EncodedRequest> OpenAiDialect::encode(
    const ChatRequest &request,
    const catalog::Provider &provider,
    const catalog::Model &model) const
{
    if (auto filled = request.fillsIn ? encodeFillIn(request, provider, model) : std::nullopt) {
        return *std::move(filled);
    }
    EncodedRequest encoded;
    encoded.path = provider.chatPath;
    encoded.headers.add("content-type", "application/json");
    encoded.headers.add("accept", request.stream ? "text/event-stream" : "application/json");
    OpenAiRequestEncoder encoder(request, provider, model);
    encoded.body = encoder.encode();
    encoded.ignored = encoder.takeIgnored();
    return encoded;
}

std::unique_ptr<ReplyTranslator> OpenAiDialect::translator(const ReplyContext &context) const
{
    if (context.textReply) {
        auto parser = std::make_unique<TextCompletionParser>();
        if (context.stream) {
            return toOpenAiTranslator(std::make_unique<SseReplyReader>(std::move(parser)), context);
        }
        return toOpenAiTranslator(std::make_unique<BodyReplyReader>(std::move(parser)), context);
    }
    if (context.stream) {
        return std::make_unique<OpenAiStreamTranslator>(context);
    }
    return std::make_unique<OpenAiReplyTranslator>(context);
}

} // namespace freerelay::dialects
