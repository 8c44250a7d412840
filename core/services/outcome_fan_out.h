#pragma once

#include "core/relay/records.h"

#include <utility>
#include <vector>

namespace freerelay::services {

/// Hands each outcome to several sinks, one after the other. Any thread that the sinks allow.
class OutcomeFanOut final : public relay::OutcomeSink
{
public:
    /// @param sinks  outlive it
    explicit OutcomeFanOut(std::vector<relay::OutcomeSink *> sinks)
        : m_sinks(std::move(sinks))
    { }

    void record(const std::shared_ptr<const relay::Outcome> &outcome) override
    {
        for (relay::OutcomeSink *sink : m_sinks) {
            sink->record(outcome);
        }
    }

private:
    std::vector<relay::OutcomeSink *> m_sinks;
};

} // namespace freerelay::services
