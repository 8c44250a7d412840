#pragma once

#include "core/dialects/continuation/stream_joiner.h"
#include "core/relay/attempt.h"
#include "core/relay/error_reply.h"
#include "core/relay/records.h"
#include "core/relay/relay_config.h"
#include "core/relay/relay_request.h"

#include <memory>

namespace freerelay::relay {

/// Writes one request's Outcome while it happens. One thread.
class OutcomeBuilder
{
public:
    OutcomeBuilder(const RelayRequest &request, const common::Clock &clock);

    [[nodiscard]] Outcome &outcome() { return m_outcome; }
    [[nodiscard]] const std::vector<AttemptRecord> &attempts() const { return m_outcome.attempts; }
    [[nodiscard]] common::SteadyTime startedAt() const { return m_startedAt; }

    /// `candidate` is about to be asked.
    void beginAttempt(const routing::Candidate &candidate);
    /// The newest attempt has failed, or has a whole reply, or its stream is over.
    void endAttempt(const Attempt &attempt);
    /// What is known of a reply when it is there, or broke off; after endAttempt().
    /// @param before  of the parts that it goes on with
    void noteReply(
        const routing::Candidate &candidate,
        const Attempt &attempt,
        const RelayConfig &config,
        dialects::TokensBefore before);
    /// The client's stream is over.
    void noteStreamEnd();
    void noteError(const ClientError &error);
    void noteClientLeft() { m_outcome.errorClass = clientLeftWord(); }

    /// @param waited   for a quota
    /// @param isGone   the client left
    [[nodiscard]] std::shared_ptr<const Outcome>
    finish(const RelayRequest &request, std::chrono::milliseconds waited, bool isGone);

private:
    [[nodiscard]] static QByteArray clientLeftWord();

    const common::Clock &m_clock;
    common::SteadyTime m_startedAt;
    Outcome m_outcome;
};

} // namespace freerelay::relay
