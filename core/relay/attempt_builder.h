#pragma once

#include "core/common/clock.h"
#include "core/common/result.h"
#include "core/health/pace.h"
#include "core/relay/attempt.h"
#include "core/relay/relay_config.h"
#include "core/relay/relay_request.h"

namespace freerelay::relay {

/// Makes of one request what is sent to a candidate: body and headers in the candidate's dialect,
/// address, key and limits. All attempts of a request share one deadline, from `startedAt`.
/// Refers to its arguments; one thread.
class AttemptBuilder
{
public:
    AttemptBuilder(
        const RelayConfig &config,
        const RelayRequest &request,
        const common::Clock &clock,
        common::SteadyTime startedAt)
        : m_config(config)
        , m_request(request)
        , m_clock(clock)
        , m_startedAt(startedAt)
    { }

    /// @param pace  of the candidate: one that usually answers soon is waited for less long, by
    ///              who is in a hurry
    /// @return InvalidArgument when the candidate's dialect cannot say the request
    [[nodiscard]] common::Result<AttemptSetup>
    build(const routing::Candidate &candidate, const health::Pace &pace) const;

private:
    void setCredential(upstream::HttpCall &call, const routing::Candidate &candidate) const;
    void setLimits(
        AttemptSetup &setup, const catalog::Provider &provider, const health::Pace &pace) const;
    [[nodiscard]] std::chrono::milliseconds firstContentLimit(const health::Pace &pace) const;
    [[nodiscard]] std::chrono::milliseconds gapLimit(const health::Pace &pace) const;

    const RelayConfig &m_config;
    const RelayRequest &m_request;
    const common::Clock &m_clock;
    common::SteadyTime m_startedAt;
};

} // namespace freerelay::relay
