#pragma once

#include "core/dialects/continuation/stream_joiner.h"
#include "core/relay/attempt.h"
#include "core/relay/error_reply.h"
#include "core/relay/records.h"
#include "core/relay/relay_config.h"
#include "core/relay/relay_request.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

namespace freerelay::relay {

/// Writes one request's Outcome while it happens. One thread.
class OutcomeBuilder
{
public:
    OutcomeBuilder(const RelayRequest &request, const common::Clock &clock);

    [[nodiscard]] Outcome &outcome() { return m_outcome; }
    [[nodiscard]] const std::vector<AttemptRecord> &attempts() const { return m_outcome.attempts; }
    [[nodiscard]] common::SteadyTime startedAt() const { return m_startedAt; }
    [[nodiscard]] std::chrono::milliseconds waited() const { return m_waited; }
    /// The attempt that answers, else the one that was made last; null = there was none.
    [[nodiscard]] const AttemptRecord *decisiveAttempt() const;

    /// It waited for a quota.
    void noteWait(std::chrono::milliseconds waited) { m_waited = waited; }
    /// `candidate` is about to be asked. @return the attempt's place among attempts()
    [[nodiscard]] std::size_t beginAttempt(const routing::Candidate &candidate);
    /// That one is asked beside the request's first one.
    void noteHedge(std::size_t place) { m_hedge = place; }
    /// It is this one that answers.
    void setAnswering(std::size_t place) { m_answering = place; }
    /// The attempt has failed, or has a whole reply, or its stream is over.
    void endAttempt(std::size_t place, const Attempt &attempt);
    /// Another one that was under way beside it began to answer first.
    void endLostRace(std::size_t place, const Attempt &attempt);
    /// What is known of the answering attempt's reply when it is there, or broke off; after
    /// endAttempt().
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

    /// @param isGone  the client left
    [[nodiscard]] std::shared_ptr<const Outcome> finish(const RelayRequest &request, bool isGone);

private:
    [[nodiscard]] static QByteArray clientLeftWord();
    [[nodiscard]] QByteArray lastFailure() const;
    [[nodiscard]] Hedge hedge() const;

    const common::Clock &m_clock;
    common::SteadyTime m_startedAt;
    Outcome m_outcome;
    std::chrono::milliseconds m_waited{0};
    std::optional<std::size_t> m_hedge;
    std::optional<std::size_t> m_answering;
};

} // namespace freerelay::relay
