#pragma once

#include "core/catalog/types.h"
#include "tests/support/fake_reply.h"

namespace freerelay::tests {

/// What providers of one wire format send, as their documentation has it.
class ProviderReplies
{
public:
    explicit ProviderReplies(catalog::Wire wire)
        : m_wire(wire)
    { }

    /// A whole answer, or a stream of one event a word with a proper end.
    [[nodiscard]] FakeReply answer(bool stream, const QByteArrayList &words) const;
    /// Number of chunks of a streamed answer before its first word.
    [[nodiscard]] int chunksBeforeWords() const;
    /// An error reply with the provider's words for `status`.
    [[nodiscard]] FakeReply error(int status, const QByteArray &message) const;

private:
    [[nodiscard]] QByteArray whole(const QByteArray &text) const;
    [[nodiscard]] QByteArrayList events(const QByteArrayList &words) const;

    catalog::Wire m_wire;
};

} // namespace freerelay::tests
