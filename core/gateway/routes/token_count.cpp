#include "token_count.h"

#include "core/dialects/openai_chat.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

void countTokens(
    const dialects::ClientDialect &dialect,
    const QByteArray &member,
    const HttpRequest &request,
    relay::Downstream &downstream)
{
    constexpr int ok = 200;
    constexpr int badRequest = 400;
    common::HeaderList headers{{"content-type"_ba, "application/json"_ba}};
    const auto said = dialect.read({request.body, request.path, request.query});
    const auto chat = said ? dialects::parseOpenAiChat(said->chat) : common::failure(said.error());
    if (!chat) {
        downstream.reply(
            badRequest, headers, dialect.error({badRequest, chat.error().message.toUtf8(), {}}));
        return;
    }
    headers.add("x-freerelay-estimate"_ba, "true"_ba);
    const auto tokens = QByteArray::number(qlonglong(chat->needs.promptTokensEstimated));
    downstream.reply(ok, headers, "{\"" + member + "\":" + tokens + '}');
}

} // namespace freerelay::gateway
