#include "request_digests.h"

#include <QHashFunctions>
#include <QRandomGenerator>

namespace freerelay::relay {

namespace {

size_t runKey()
{
    static const size_t key = QRandomGenerator::system()->generate64();
    return key;
}

size_t hashOf(QByteArrayView bytes, size_t seed)
{
    // Fast, not cryptographic: the worst that a collision does is to count one repeat too many.
    return qHashBits(bytes.data(), size_t(bytes.size()), seed);
}

} // namespace

RequestDigests digestsOf(const dialects::ChatRequest &chat, const ClientApp &client)
{
    const QByteArrayView body(chat.body);
    if (body.isEmpty()) {
        return {};
    }
    const size_t from = hashOf(client.version, hashOf(client.name, runKey()));
    const dialects::TextSpan span = chat.messages;
    RequestDigests digests;
    digests.prompt = hashOf(body.sliced(span.begin, span.size), from);
    // Every byte once: what is around the messages, on top of theirs.
    const size_t head = hashOf(body.first(span.begin), size_t(digests.prompt));
    digests.request = hashOf(body.sliced(span.begin + span.size), head);
    return digests;
}

} // namespace freerelay::relay
