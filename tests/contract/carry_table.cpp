#include "carry_table.h"

#include "core/dialects/generate_content/generate_content_dialect.h"
#include "core/dialects/messages/messages_dialect.h"
#include "core/dialects/ollama/ollama_dialect.h"
#include "core/dialects/openai_chat.h"
#include "core/dialects/provider_dialect.h"
#include "core/dialects/responses/responses_dialect.h"
#include "tests/contract/carry_features.h"

#include <QByteArrayList>
#include <QJsonDocument>
#include <QJsonObject>

namespace freerelay::tests {

namespace {

using namespace dialects;
using namespace Qt::Literals::StringLiterals;

constexpr std::array clients{
    CarryClient::Chat,
    CarryClient::Responses,
    CarryClient::Messages,
    CarryClient::Google,
    CarryClient::Ollama};
constexpr std::array wires{CarryWire::OpenAi, CarryWire::Anthropic, CarryWire::Gemini};

const QByteArray googlePath = "/v1beta/models/m:generateContent";

const char *const head = "| %1 | OpenAI chat | Anthropic | Gemini |\n|---|---|---|---|\n";

const char *titleOf(CarryClient client)
{
    switch (client) {
    case CarryClient::Chat:
        return "OpenAI chat";
    case CarryClient::Messages:
        return "Anthropic Messages";
    case CarryClient::Google:
        return "Gemini";
    case CarryClient::Responses:
        return "OpenAI Responses";
    case CarryClient::Ollama:
        break;
    }
    return "Ollama";
}

/// Null for OpenAI chat, which is not translated.
const ClientDialect *dialectOf(CarryClient client)
{
    static const MessagesDialect messages;
    static const GenerateContentDialect google;
    static const OllamaDialect ollama(OllamaForm::Chat);
    static const ResponsesDialect responses;
    switch (client) {
    case CarryClient::Messages:
        return &messages;
    case CarryClient::Google:
        return &google;
    case CarryClient::Ollama:
        return &ollama;
    case CarryClient::Responses:
        return &responses;
    case CarryClient::Chat:
        break;
    }
    return nullptr;
}

catalog::Wire catalogWire(CarryWire wire)
{
    switch (wire) {
    case CarryWire::Anthropic:
        return catalog::Wire::AnthropicMessages;
    case CarryWire::Gemini:
        return catalog::Wire::GoogleGenerateContent;
    case CarryWire::OpenAi:
        break;
    }
    return catalog::Wire::OpenAiChat;
}

/// One that can do everything.
catalog::Model modelOf(CarryWire wire)
{
    catalog::Model model;
    model.name = wire == CarryWire::Gemini ? "gemini-3-pro" : "m";
    model.id = "provider/" + model.name;
    model.capabilities.reasoning = catalog::Known::Yes;
    model.capabilities.jsonSchema = catalog::Known::Yes;
    return model;
}

catalog::Provider aProvider()
{
    catalog::Provider provider;
    provider.id = "provider";
    provider.chatPath = "/chat/completions";
    provider.messagesPath = "/v1/messages";
    return provider;
}

/// Of the members of several objects.
QByteArray merged(const QByteArrayList &objects)
{
    QJsonObject all;
    for (const QByteArray &object : objects) {
        const QJsonObject members = QJsonDocument::fromJson(object).object();
        for (auto member = members.begin(); member != members.end(); ++member) {
            all.insert(member.key(), member.value());
        }
    }
    return QJsonDocument(all).toJson(QJsonDocument::Compact);
}

/// What became of a request.
struct Sent
{
    QByteArray body; ///< "" = refused
    QByteArrayList ignored;
};

Sent send(CarryClient client, CarryWire wire, const QByteArray &request)
{
    Sent sent;
    QByteArray chatBody = request;
    if (const ClientDialect *dialect = dialectOf(client)) {
        auto said = dialect->read({request, googlePath, {}});
        if (!said) {
            return sent;
        }
        chatBody = said->chat;
        sent.ignored = said->ignored;
    }
    auto chat = parseOpenAiChat(chatBody);
    if (!chat) {
        return sent;
    }
    chat->foreign = client != CarryClient::Chat;
    const auto encoded = dialectFor(catalogWire(wire))->encode(*chat, aProvider(), modelOf(wire));
    if (encoded) {
        sent.body = encoded->body;
        sent.ignored += encoded->ignored;
    }
    return sent;
}

QByteArray verdict(const RequestFeature &feature, CarryClient client, CarryWire wire)
{
    const QByteArray said = feature.said[std::size_t(client)];
    if (said.isEmpty()) {
        return {};
    }
    const QByteArray tools = feature.needsTools ? carryTools(client) : QByteArray("{}");
    const Sent without = send(
        client, wire, merged({carryBase(client), tools, feature.without[std::size_t(client)]}));
    const Sent with = send(client, wire, merged({carryBase(client), tools, said}));
    const QByteArray told = feature.told[std::size_t(wire)];
    if (with.body.isEmpty()) {
        return "refused";
    }
    if (!told.isEmpty() && with.body.contains(told)) {
        return "yes";
    }
    if (with.ignored.size() > without.ignored.size()) {
        return "named";
    }
    return with.body == without.body ? "left out" : "otherwise";
}

QByteArray verdict(const ReplyFeature &feature, CarryClient client, CarryWire wire)
{
    const QByteArray said = feature.said[std::size_t(wire)];
    if (said.isEmpty()) {
        return {};
    }
    ReplyContext from;
    from.requestId = "r";
    from.includeUsage = true;
    QByteArray reply;
    const auto provider = dialectFor(catalogWire(wire))->translator(from);
    if (provider->feed(said, reply) || provider->finish(reply)) {
        return "refused";
    }
    if (const ClientDialect *dialect = dialectOf(client)) {
        ClientReplyContext to;
        to.requestId = "r";
        to.thinking = true;
        const QByteArray request = carryBase(client);
        const auto read = dialect->read({request, googlePath, {}});
        to.terms = read ? read->terms : nullptr;
        const auto translator = dialect->translator(to);
        const QByteArray chat = std::exchange(reply, {});
        if (translator->feed(chat, reply) || translator->finish(reply)) {
            return "refused";
        }
    }
    const QByteArray told = feature.told[std::size_t(client)];
    return !told.isEmpty() && reply.contains(told) ? "yes" : "left out";
}

/// A row, unless no provider's column says anything.
template <typename Feature> void addRow(QByteArray &out, const Feature &feature, CarryClient client)
{
    QByteArray row = "| " + QByteArray(feature.name) + " |";
    bool isEmpty = true;
    for (const CarryWire wire : wires) {
        const QByteArray word = verdict(feature, client, wire);
        isEmpty = isEmpty && word.isEmpty();
        row += ' ' + (word.isEmpty() ? QByteArray("–") : word) + " |";
    }
    out += isEmpty ? QByteArray() : row + '\n';
}

} // namespace

QByteArray carryTables()
{
    QByteArray out;
    for (const CarryClient client : clients) {
        out += "### " + QByteArray(titleOf(client)) + "\n\n";
        out += QByteArray(head).replace("%1", "A client asks");
        for (const RequestFeature &feature : requestFeatures()) {
            addRow(out, feature, client);
        }
        out += '\n' + QByteArray(head).replace("%1", "A provider answers");
        for (const ReplyFeature &feature : replyFeatures()) {
            addRow(out, feature, client);
        }
        out += '\n';
    }
    return out;
}

} // namespace freerelay::tests
