#pragma once

#include "core/relay/records.h"

namespace freerelay::telemetry {

class LogOutput;

/// Tells the log what became of requests, each line with the request's id: a warning for one that
/// failed through no fault of the client, info for one that a client got wrong or that needed more
/// than one attempt, and at debug every request and every failed attempt. Any thread.
class RequestLines final : public relay::OutcomeSink
{
public:
    /// @param output  outlives this
    explicit RequestLines(LogOutput &output)
        : m_output(output)
    { }

    void record(const std::shared_ptr<const relay::Outcome> &outcome) override;

private:
    void writeAttempts(const relay::Outcome &outcome);
    void writeEnd(const relay::Outcome &outcome);

    LogOutput &m_output;
};

} // namespace freerelay::telemetry
