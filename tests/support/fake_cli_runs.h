#pragma once

#include "core/interfaces/cli_runs.h"

#include <optional>
#include <vector>

namespace freerelay::tests {

/// Runs that a test plays.
class FakeCliRuns final : public interfaces::CliRuns
{
public:
    std::vector<interfaces::CliOrder> orders;
    std::optional<common::Error> refusal; ///< what start() answers
    std::vector<RunId> cancelled;
    OnEvent say; ///< of the last run
    OnEnd end; ///< of the last run

    [[nodiscard]] bool isOn() const override { return true; }
    [[nodiscard]] std::vector<interfaces::CliBackend> backends() const override
    {
        return {
            {QStringLiteral("opencode-cli"),
             QStringLiteral("opencode"),
             true,
             QStringLiteral("1.2.3"),
             true}};
    }
    void describe(OnBackends told) override { told(backends()); }
    [[nodiscard]] common::Result<RunId>
    start(const interfaces::CliOrder &order, OnEvent onEvent, OnEnd onEnd) override
    {
        if (refusal) {
            return tl::unexpected(*refusal);
        }
        orders.push_back(order);
        say = std::move(onEvent);
        end = std::move(onEnd);
        return orders.size();
    }
    void cancel(RunId id) override { cancelled.push_back(id); }
};

} // namespace freerelay::tests
