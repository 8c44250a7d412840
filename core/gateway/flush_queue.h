#pragma once

#include <QObject>

#include <vector>

namespace freerelay::gateway {

class ConnectionGuard;

/// Lets each connection flush its stream at most once per turn of the event loop, however many
/// pieces were written to it. One thread.
class FlushQueue final : public QObject
{
public:
    void schedule(ConnectionGuard *guard);
    void remove(ConnectionGuard *guard);

protected:
    bool event(QEvent *event) override;

private:
    std::vector<ConnectionGuard *> m_waiting;
    std::vector<ConnectionGuard *> m_current; ///< being flushed; entries may become null
    bool m_posted = false;
};

} // namespace freerelay::gateway
