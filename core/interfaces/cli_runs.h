#pragma once

#include "core/common/result.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace freerelay::interfaces {

/// A tool of the command line that can be run with a prompt.
struct CliBackend
{
    QString id; ///< "opencode-cli"
    QString program; ///< "opencode"
    bool installed = false;
    QString version; ///< "" = not known
    bool signedIn = false; ///< with an account of the tool's own; runs need none
};

/// What to run.
struct CliOrder
{
    QString backend;
    QByteArray prompt; ///< UTF-8, not empty
    QString model; ///< "" = what the tool is pointed at: the gateway's choice
    QString folder; ///< to work in, below the allowed one; "" = a new one of its own
    std::optional<std::chrono::milliseconds> timeout; ///< nullopt = the settings' one
};

enum class CliStatus { Completed, Failed, Timeout, Cancelled, TooMuchOutput };

/// How a run ended.
struct CliOutcome
{
    CliStatus status = CliStatus::Failed;
    int exitCode = -1; ///< -1 = it did not end by itself
    QString error; ///< why it failed, as far as it said; "" = it did not
    std::chrono::milliseconds duration{0};
};

/// Runs tools of the command line for clients with the admin token (docs/integrations.md). Main
/// thread; never blocks. Off until the settings switch it on.
class CliRuns
{
public:
    using RunId = quint64;
    /// One event of a run: {"type": "text", …}.
    using OnEvent = std::function<void(const QJsonObject &event)>;
    using OnEnd = std::function<void(const CliOutcome &outcome)>;
    using OnBackends = std::function<void(const std::vector<CliBackend> &backends)>;

    virtual ~CliRuns() = default;

    [[nodiscard]] virtual bool isOn() const = 0;
    /// What is known at once.
    [[nodiscard]] virtual std::vector<CliBackend> backends() const = 0;
    /// The same, once those that are installed have said their version; they are not asked while
    /// runs are off. `told` is called on the main thread, at once or later.
    virtual void describe(OnBackends told) = 0;
    /// Both functions are called later, on the main thread; `onEnd` last, once.
    /// @return PermissionDenied when runs are off or the folder is not below the allowed one;
    ///         NotFound for an unknown back end or one that is not installed; RateLimited when as
    ///         many run as may; StorageFailed when its folder cannot be made
    [[nodiscard]] virtual common::Result<RunId>
    start(const CliOrder &order, OnEvent onEvent, OnEnd onEnd) = 0;
    /// Ends the run with all that it started; unknown ids do nothing.
    virtual void cancel(RunId id) = 0;
};

/// "completed", "failed", "timeout", "cancelled", "too_much_output".
[[nodiscard]] inline QString nameOf(CliStatus status)
{
    switch (status) {
    case CliStatus::Completed:
        return QStringLiteral("completed");
    case CliStatus::Failed:
        return QStringLiteral("failed");
    case CliStatus::Timeout:
        return QStringLiteral("timeout");
    case CliStatus::Cancelled:
        return QStringLiteral("cancelled");
    case CliStatus::TooMuchOutput:
        return QStringLiteral("too_much_output");
    }
    return {};
}

} // namespace freerelay::interfaces
