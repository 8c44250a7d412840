#include "anthropic_dialect.h"

#include "core/dialects/anthropic/anthropic_encoder.h"
#include "core/dialects/anthropic/anthropic_reply_parser.h"
#include "core/dialects/anthropic/anthropic_stream_parser.h"
#include "core/dialects/canonical/canonical_translator.h"
#include "core/dialects/canonical/json_reply_reader.h"
#include "core/dialects/canonical/openai_chat_reader.h"
#include "core/dialects/canonical/unsaid_parameters.h"
#include "core/dialects/canonical/wire_rules.h"

#include <algorithm>

namespace freerelay::dialects {

namespace {

constexpr char apiVersion[] = "2023-06-01";

bool namesVersion(const catalog::Provider &provider)
{
    return std::any_of(provider.headers.begin(), provider.headers.end(), [](const auto &header) {
        return header.first.compare("anthropic-version", Qt::CaseInsensitive) == 0;
    });
}

} // namespace

common::Result<EncodedRequest> AnthropicDialect::encode(
    const ChatRequest &request,
    const catalog::Provider &provider,
    const catalog::Model &model) const
{
    CanonicalRequest canonical = readOpenAiChat(request);
    EncodedRequest encoded;
    encoded.ignored = unsaidParameters(canonical, {"top_k", "parallel_tool_calls"});
    applyWireRules(canonical, provider.rules, model);
    common::Result<QByteArray> body = AnthropicEncoder(canonical, provider, model).encode();
    if (!body) {
        return tl::unexpected(body.error());
    }
    encoded.path = provider.messagesPath.isEmpty() ? "/v1/messages" : provider.messagesPath;
    encoded.headers.add("content-type", "application/json");
    encoded.headers.add("accept", request.stream ? "text/event-stream" : "application/json");
    if (!namesVersion(provider)) {
        encoded.headers.add("anthropic-version", apiVersion);
    }
    encoded.body = *std::move(body);
    return encoded;
}

std::unique_ptr<ReplyTranslator> AnthropicDialect::translator(const ReplyContext &context) const
{
    if (context.stream) {
        return toOpenAiTranslator(
            std::make_unique<SseReplyReader>(std::make_unique<AnthropicStreamParser>()), context);
    }
    return toOpenAiTranslator(
        std::make_unique<BodyReplyReader>(std::make_unique<AnthropicReplyParser>()), context);
}

} // namespace freerelay::dialects
