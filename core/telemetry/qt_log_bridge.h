#pragma once

namespace freerelay::telemetry {

class LogOutput;

/// As long as it exists, what is logged through Qt (qCWarning and the like) goes to the output.
/// One at a time: Qt has one message handler for the process.
class QtLogBridge final
{
public:
    /// @param output  outlives the bridge
    explicit QtLogBridge(LogOutput &output);
    /// What is logged afterwards is dropped: it would not be masked.
    ~QtLogBridge();
    QtLogBridge(const QtLogBridge &) = delete;
    QtLogBridge &operator=(const QtLogBridge &) = delete;
};

} // namespace freerelay::telemetry
