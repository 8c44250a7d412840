#include "checks.h"
#include "dialects.h"
#include "targets.h"

#include "core/dialects/embeddings/embeddings_request.h"
#include "core/dialects/json.h"
#include "core/dialects/json_object_edit.h"
#include "core/dialects/openai_chat.h"
#include "core/dialects/provider_dialect.h"

namespace freerelay::fuzz {

namespace {

using dialects::ChatRequest;
using dialects::JsonValue;

bool isJson(const QByteArray &text)
{
    return bool(dialects::parseJson(dialects::padded(text)));
}

/// A provider with the strictest rules there are, and one with none.
catalog::Provider provider(catalog::Wire wire, bool strict)
{
    catalog::Provider provider;
    provider.id = "fuzz";
    provider.wire = wire;
    provider.chatPath = "/chat/completions";
    provider.messagesPath = "/messages";
    provider.generatePath = "/models/{model}:generateContent";
    provider.streamPath = "/models/{model}:streamGenerateContent?alt=sse";
    if (strict) {
        provider.rules.strictMessages = true;
        provider.rules.nullContentAsEmpty = true;
        provider.rules.flattenContent = true;
        provider.rules.schemaAsObject = true;
        provider.rules.stopAsArray = true;
        provider.rules.maxTokensRequired = true;
        provider.rules.toolCallIdLength = 9;
        provider.rules.drop = {"logit_bias", "n"};
        provider.rules.rename = {{"max_tokens", "max_completion_tokens"}};
        provider.rules.clamp = {{"temperature", 0.0, 1.0}};
        provider.rules.dropSchemaKeys = {"additionalProperties", "$schema"};
    }
    return provider;
}

catalog::Model model()
{
    catalog::Model model;
    model.id = "fuzz/model";
    model.provider = "fuzz";
    model.name = "model";
    return model;
}

void encode(const ChatRequest &request, catalog::Wire wire, bool strict)
{
    const dialects::ProviderDialect *dialect = dialects::dialectFor(wire, request.task);
    if (dialect == nullptr) {
        return;
    }
    const auto encoded = dialect->encode(request, provider(wire, strict), model());
    if (encoded) {
        require(isJson(encoded->body), "what goes upstream is JSON");
        require(encoded->path.startsWith('/'), "an upstream path begins with a slash");
    } else {
        require(!encoded.error().message.isEmpty(), "a refusal says why");
    }
}

void encodeForAll(const common::Result<ChatRequest> &request, bool strict)
{
    if (!request) {
        require(!request.error().message.isEmpty(), "a refusal says why");
        return;
    }
    for (const catalog::Wire wire : wires) {
        encode(*request, wire, strict);
    }
}

void readForeign(const Client &client, const QByteArray &body, bool strict)
{
    auto read = client.dialect->read({body, client.path, "alt=sse"});
    if (!read) {
        require(!read.error().message.isEmpty(), "a refusal says why");
        return;
    }
    require(isJson(read->chat), "what a dialect makes is JSON");
    for (const QByteArray &ignored : read->ignored) {
        for (const char byte : ignored) {
            require(byte >= ' ' && byte < 127, "what is ignored can be told in a header");
        }
    }
    auto request = dialects::parseOpenAiChat(std::move(read->chat));
    if (request) {
        request->foreign = true;
        request->fillsIn = read->fillsIn;
    }
    encodeForAll(request, strict);
}

} // namespace

void readJson(QByteArrayView input)
{
    const QByteArray text = dialects::padded(input.toByteArray());
    const auto root = dialects::parseJson(text);
    if (!root) {
        require(!root.error().message.isEmpty(), "a refusal says why");
        return;
    }
    require(isJson(root->text().toByteArray()), "a value's text is a value");
    if (!root->isObject()) {
        return;
    }
    dialects::JsonObjectEdit edit(*root);
    edit.remove("model");
    edit.set("stream", "true");
    if (edit.size() > 0 && !edit.isRemoved(0)) {
        edit.rename(0, "renamed");
    }
    dialects::Splicer splicer(root->text());
    edit.commit(splicer);
    const QByteArray edited = dialects::padded(splicer.apply());
    const auto again = dialects::parseJson(edited);
    require(again.has_value(), "an edited object is an object");
    require((*again)["model"].isMissing(), "a removed member is gone");
}

void readClientRequest(QByteArrayView input)
{
    Choices choices(input);
    const unsigned which = choices.below(unsigned(clients().size()) + 3);
    const bool strict = choices.below(2) != 0;
    const QByteArray body = dialects::padded(choices.rest().toByteArray());
    if (which == 0) {
        encodeForAll(dialects::parseOpenAiChat(body), strict);
    } else if (which == 1) {
        encodeForAll(dialects::parseEmbeddings(body), strict);
    } else if (which == 2) {
        encodeForAll(dialects::parseModerations(body), strict);
    } else {
        readForeign(clients()[which - 3], body, strict);
    }
}

} // namespace freerelay::fuzz
