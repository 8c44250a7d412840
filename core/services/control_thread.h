#pragma once

#include <QObject>
#include <QThread>

namespace freerelay::services {

/// The thread for work in the background that must not wait for the window, nor requests for it:
/// rendering metrics, exporting traces. Short jobs only, one after the other.
class ControlThread final
{
public:
    ControlThread();
    /// Ends what runs and joins; what was not begun is dropped.
    ~ControlThread();
    Q_DISABLE_COPY_MOVE(ControlThread)

    /// Lives on the thread: the place to queue calls to, or to move objects to.
    [[nodiscard]] QObject &context() { return m_context; }
    [[nodiscard]] QThread &thread() { return m_thread; }

private:
    QThread m_thread;
    QObject m_context;
};

} // namespace freerelay::services
