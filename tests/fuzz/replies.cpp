#include "checks.h"
#include "dialects.h"
#include "targets.h"

#include "core/dialects/json.h"
#include "core/dialects/provider_dialect.h"
#include "core/dialects/sse_decoder.h"

namespace freerelay::fuzz {

namespace {

/// What a translator made of a reply.
struct Translated
{
    QByteArray out;
    bool failed = false;

    bool operator==(const Translated &) const = default;
};

Translated translate(dialects::ReplyTranslator &translator, QByteArrayView text, qsizetype piece)
{
    Translated result;
    inPieces(text, piece, [&](QByteArrayView bytes) {
        result.failed = translator.feed(bytes, result.out).has_value();
        return !result.failed;
    });
    if (!result.failed) {
        result.failed = translator.finish(result.out).has_value();
    }
    return result;
}

bool isJson(QByteArrayView text)
{
    return bool(dialects::parseJson(text));
}

void requireEvents(const QByteArray &stream)
{
    dialects::SseDecoder decoder;
    decoder.append(stream);
    decoder.close();
    while (const auto event = decoder.next()) {
        require(event->data == "[DONE]" || isJson(event->data), "an event is JSON");
    }
}

void requireLines(const QByteArray &stream)
{
    for (const QByteArray &line : stream.split('\n')) {
        require(line.isEmpty() || isJson(line), "a line is JSON");
    }
}

void tell(const Client &client, const QByteArray &reply, bool stream, qsizetype piece)
{
    const dialects::ClientReplyContext context{
        .requestId = "req-1", .promptTokensEstimated = 7, .thinking = true, .stream = stream};
    const auto whole = client.dialect->translator(context);
    const Translated told = translate(*whole, reply, reply.size());
    require(!told.failed, "what the relay answers can be told in every dialect");
    const auto pieces = client.dialect->translator(context);
    require(translate(*pieces, reply, piece) == told, "a client is told the same in any pieces");
    if (!stream) {
        require(isJson(told.out), "a whole reply is JSON");
    } else if (client.json) {
        requireLines(told.out);
    } else {
        requireEvents(told.out);
    }
}

} // namespace

void readProviderReply(QByteArrayView input)
{
    Choices choices(input);
    const catalog::Wire wire = wires.at(choices.below(unsigned(wires.size())));
    const bool stream = choices.below(2) != 0;
    const Client &client = clients()[choices.below(unsigned(clients().size()))];
    const qsizetype piece = 1 + choices.below(61);
    const dialects::ReplyContext context{
        .requestId = "req-1", .model = "fuzz/model", .stream = stream, .includeUsage = true};
    const dialects::ProviderDialect *dialect = dialects::dialectFor(wire);
    const auto whole = dialect->translator(context);
    const Translated reply = translate(*whole, choices.rest(), choices.rest().size());
    const auto pieces = dialect->translator(context);
    require(
        translate(*pieces, choices.rest(), piece) == reply, "a reply says the same in any pieces");
    if (reply.failed) {
        return;
    }
    if (stream) {
        requireEvents(reply.out);
    } else {
        require(isJson(reply.out), "a whole reply is JSON");
    }
    tell(client, reply.out, stream, piece);
}

} // namespace freerelay::fuzz
