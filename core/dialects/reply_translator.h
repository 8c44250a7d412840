#pragma once

#include "core/common/error.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <memory>
#include <optional>

namespace freerelay::dialects {

/// Token counts that the provider reported; nullopt = it did not say (never 0).
struct Usage
{
    std::optional<std::int64_t> promptTokens; ///< includes cached ones, as OpenAI counts
    std::optional<std::int64_t> completionTokens;
    std::optional<std::int64_t> cachedTokens;
    std::optional<std::int64_t> reasoningTokens;
};

/// What an attempt's reply has shown so far.
struct ReplyProgress
{
    bool content = false; ///< text, reasoning, refusal or a tool call has been seen: commit
    bool finished
        = false; ///< a finish reason has been seen: what follows is usage and the end mark
    bool ended = false; ///< the logical end ([DONE], message_stop, …) has been seen
    Usage usage;
    QByteArray finishReason; ///< OpenAI's word; "" until known
    QByteArray model; ///< as the provider named it; "" = it did not
};

/// Turns one attempt's upstream bytes into downstream bytes of the client's dialect.
///
/// Stays on its worker thread. Input arrives in any pieces. Output before the commit point is
/// kept by the caller.
class ReplyTranslator
{
public:
    virtual ~ReplyTranslator() = default;

    /// Consumes `in`, appends what may go downstream to `out`.
    /// @return an error when the upstream reported one inside the reply (its kind says how to
    ///         classify it) or sent something that is not its dialect (ProtocolError). After an
    ///         error the translator is not fed again.
    [[nodiscard]] virtual std::optional<common::Error> feed(QByteArrayView in, QByteArray &out) = 0;

    /// The upstream closed cleanly; appends the rest (for a stream: final usage chunk and the end
    /// mark; for a whole reply: the reply).
    /// @return ProtocolError when the reply is incomplete: a stream without finish reason, a body
    ///         that is not a reply; Unavailable when it is a valid reply without any content.
    [[nodiscard]] virtual std::optional<common::Error> finish(QByteArray &out) = 0;

    [[nodiscard]] virtual const ReplyProgress &progress() const = 0;
};

} // namespace freerelay::dialects
