#pragma once

#include "core/dialects/canonical/canonical_reply.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"

#include <QByteArray>
#include <QHash>

namespace freerelay::dialects {

/// What providers must get back of their thoughts, as the `encrypted_content` of a reasoning item
/// carries it: "frt1." and base64url of a JSON array. It is not secret: the client that holds it
/// has seen the answer it belongs to.
class ThoughtSeal
{
public:
    void addText(const QByteArray &text, const ThinkingSignature &end);
    void addRedacted(const RedactedThinking &redacted);
    /// Gemini's signature of a call.
    void addCall(const QByteArray &callId, const QByteArray &signature);

    [[nodiscard]] bool isEmpty() const { return m_entries.isEmpty(); }
    [[nodiscard]] QByteArray sealed() const;

private:
    JsonWriter next();

    QByteArray m_entries; ///< JSON objects, with commas between
};

/// What was in a seal.
struct OpenedSeal
{
    QByteArray details; ///< entries of `reasoning_details`, with commas between
    QHash<QByteArray, QByteArray> callSignatures; ///< by call id
};

/// @return nullopt when the text was not written by ThoughtSeal
[[nodiscard]] std::optional<OpenedSeal> openSeal(const QByteArray &encryptedContent);

} // namespace freerelay::dialects
