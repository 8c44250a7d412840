#include "continued_request.h"

#include "core/dialects/json.h"
#include "core/dialects/json_object_edit.h"
#include "core/dialects/json_splicer.h"
#include "core/dialects/json_text.h"
#include "core/dialects/openai_chat.h"

#include <algorithm>

namespace freerelay::dialects {

namespace {

/// A demand of the user, since not every model goes on with an assistant message that comes last
/// (Anthropic refuses it for its newer models, Mistral wants a flag).
constexpr QByteArrayView demand
    = "Your last message was cut off by a network failure. Continue it exactly where it ends. "
      "Begin with the very next character: repeat nothing, add no greeting and no remark.";

constexpr std::int64_t bytesPerToken = 4; ///< as RequestNeeds counts

QByteArray furtherMessages(QByteArrayView told)
{
    return R"(,{"role":"assistant","content":)" + jsonString(told.toByteArray())
        + R"(},{"role":"user","content":)" + jsonString(demand.toByteArray()) + '}';
}

void shrinkOutputLimits(JsonObjectEdit &edit, std::int64_t tokensTold)
{
    for (const QByteArrayView name : {"max_tokens", "max_completion_tokens"}) {
        if (const auto limit = edit.value(name).integer()) {
            edit.set(
                name,
                QByteArray::number(qlonglong(std::max<std::int64_t>(*limit - tokensTold, 1))));
        }
    }
}

} // namespace

bool isContinuable(const ChatRequest &request)
{
    const RequestNeeds &needs = request.needs;
    return request.stream && needs.choices == 1 && !needs.tools && !needs.jsonObject
        && !needs.jsonSchema;
}

std::optional<ChatRequest> continuedRequest(const ChatRequest &request, QByteArrayView told)
{
    if (told.isEmpty()) {
        return request;
    }
    const QByteArrayView body(request.body);
    if (request.messages.size < 2 || request.messages.begin + request.messages.size > body.size()) {
        return std::nullopt;
    }
    Splicer splicer(body);
    JsonObjectEdit edit(request.root());
    shrinkOutputLimits(edit, told.size() / bytesPerToken);
    splicer.insert(
        body.data() + request.messages.begin + request.messages.size - 1, furtherMessages(told));
    edit.commit(splicer);
    auto continued = parseOpenAiChat(splicer.apply());
    if (!continued) {
        return std::nullopt;
    }
    continued->foreign = request.foreign;
    continued->needs.outputTokensRequested = std::min(
        continued->needs.outputTokensRequested, request.needs.outputTokensRequested);
    return *std::move(continued);
}

} // namespace freerelay::dialects
