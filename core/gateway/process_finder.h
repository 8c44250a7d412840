#pragma once

#include "core/relay/peer_process.h"

#include <QObject>

#include <memory>
#include <mutex>
#include <vector>

namespace freerelay::gateway {

/// Finds the programs behind loopback connections: which process of this user holds the socket
/// (/proc/PID/fd), and what it is called. All that wait are looked for in one pass, in the
/// background; programs that were found before are looked at first.
class ProcessFinder final : public relay::ProcessSource
{
public:
    /// More than wait are not looked for.
    static constexpr std::size_t mostWaiting = 256;

    /// @param background  lives on the thread that may read /proc; outlives it, or ends before
    ///                    anything is asked
    explicit ProcessFinder(QObject &background);
    ~ProcessFinder() override;
    Q_DISABLE_COPY_MOVE(ProcessFinder)

    void find(std::shared_ptr<relay::PeerProcess> process) override;

private:
    struct Work;

    QObject &m_background;
    std::shared_ptr<Work> m_work; ///< shared with the pass that is queued
};

} // namespace freerelay::gateway
