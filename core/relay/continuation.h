#pragma once

#include "core/relay/attempt.h"
#include "core/relay/continuable_stream.h"
#include "core/relay/error_reply.h"
#include "core/relay/relay_request.h"

#include <memory>
#include <optional>

namespace freerelay::relay {

/// How the stream of one request goes on with another candidate after it broke off. One thread.
class Continuation
{
public:
    /// From here on broken streams may be gone on with.
    /// @return what the stream is to be written to
    [[nodiscard]] std::shared_ptr<Downstream> watch(std::shared_ptr<Downstream> client);
    /// Nothing more is told.
    void stop();

    /// An answer has just ended. When it broke off, prepares that another candidate goes on with
    /// it.
    /// @return false when it did not, or cannot be gone on with
    [[nodiscard]] bool
    prepare(const RelayRequest &request, const Attempt &attempt, const QByteArray &provider);
    /// What the next candidate writes joins what was told. @param model  its full id
    void join(const QByteArray &model);
    /// What was begun by join() is over.
    void endJoin();

    /// What comes is no continuation.
    [[nodiscard]] bool hasDiverged() const { return m_stream && m_stream->hasDiverged(); }
    /// What is asked for instead of the request since it broke off; null = it did not.
    [[nodiscard]] const RelayRequest *rest() const { return m_rest ? &*m_rest : nullptr; }
    /// Why it broke off; nullopt = it did not.
    [[nodiscard]] const std::optional<ClientError> &reason() const { return m_reason; }
    [[nodiscard]] dialects::TokensBefore tokensBefore() const { return m_tokensBefore; }

private:
    std::shared_ptr<ContinuableStream> m_stream; ///< null = a broken stream stays broken
    std::optional<RelayRequest> m_rest;
    std::optional<ClientError> m_reason;
    dialects::TokensBefore m_tokensBefore;
};

} // namespace freerelay::relay
