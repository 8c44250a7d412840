#include "epoll_dispatcher.h"

#include <QAbstractEventDispatcher>

#ifdef __linux__

#include "socket_watch.h"
#include "timer_queue.h"

#include <QCoreApplication>

#include <atomic>
#include <sys/eventfd.h>
#include <unistd.h>

namespace freerelay::common {

namespace {

using std::chrono::steady_clock;

/// What another thread rings to end a wait: an eventfd, written to once until it is heard.
class WakeUp
{
public:
    WakeUp()
        : m_descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    { }
    ~WakeUp()
    {
        if (m_descriptor >= 0) {
            ::close(m_descriptor);
        }
    }
    Q_DISABLE_COPY_MOVE(WakeUp)

    [[nodiscard]] int descriptor() const { return m_descriptor; }

    /// Any thread.
    void ring()
    {
        if (!m_rung.exchange(true)) {
            constexpr quint64 once = 1;
            (void)!::write(m_descriptor, &once, sizeof once); // fails only when it is full: rung
        }
    }

    /// Posted events come before the next wait, so one that is posted between the two lines, and
    /// does not ring, is still met.
    void hear()
    {
        quint64 rings = 0;
        (void)!::read(m_descriptor, &rings, sizeof rings); // nothing to read: nothing to hear
        m_rung.store(false);
    }

    [[nodiscard]] bool isRung() const { return m_rung.load(); }

private:
    int m_descriptor;
    std::atomic<bool> m_rung = false;
};

class EpollDispatcher final : public QAbstractEventDispatcher
{
public:
    [[nodiscard]] bool isUsable()
    {
        return m_wakeUp.descriptor() >= 0 && m_sockets.watchAlways(m_wakeUp.descriptor());
    }

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;

    void registerSocketNotifier(QSocketNotifier *notifier) override { m_sockets.add(notifier); }
    void unregisterSocketNotifier(QSocketNotifier *notifier) override
    {
        m_sockets.remove(notifier);
    }

    void registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object) override
    {
        m_timers.add({id, object, type, std::chrono::milliseconds{interval}}, steady_clock::now());
    }
    bool unregisterTimer(int id) override { return m_timers.remove(id); }
    bool unregisterTimers(QObject *object) override { return m_timers.removeAllOf(object); }
    [[nodiscard]] QList<TimerInfo> registeredTimers(QObject *object) const override
    {
        QList<TimerInfo> timers;
        for (const TimerQueue::Timer &timer : m_timers.allOf(object)) {
            timers.append(
                TimerInfo(timer.id, static_cast<int>(timer.interval.count()), timer.type));
        }
        return timers;
    }
    int remainingTime(int id) override { return m_timers.remainingMs(id, steady_clock::now()); }

    void wakeUp() override { m_wakeUp.ring(); }
    void interrupt() override
    {
        m_interrupted.store(true);
        wakeUp();
    }

private:
    [[nodiscard]] int waitMs(QEventLoop::ProcessEventsFlags flags);

    WakeUp m_wakeUp;
    SocketWatch m_sockets;
    TimerQueue m_timers;
    std::atomic<bool> m_interrupted = false;
};

int EpollDispatcher::waitMs(QEventLoop::ProcessEventsFlags flags)
{
    constexpr int forEver = -1;
    if (!flags.testFlag(QEventLoop::WaitForMoreEvents) || m_wakeUp.isRung()) {
        return 0;
    }
    Q_EMIT aboutToBlock();
    return flags.testFlag(QEventLoop::X11ExcludeTimers)
        ? forEver
        : m_timers.untilNextMs(steady_clock::now()).value_or(forEver);
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_interrupted.store(false);
    Q_EMIT awake();
    QCoreApplication::sendPostedEvents();
    const int wait = m_interrupted.load() ? 0 : waitMs(flags);
    if (m_interrupted.load()) {
        return false;
    }
    int events = 0;
    if (m_sockets.wait(wait, !flags.testFlag(QEventLoop::ExcludeSocketNotifiers))) {
        m_wakeUp.hear();
        ++events;
    }
    events += m_sockets.tell();
    if (!flags.testFlag(QEventLoop::X11ExcludeTimers)) {
        events += m_timers.fire(steady_clock::now());
    }
    return events > 0;
}

} // namespace

std::unique_ptr<QAbstractEventDispatcher> makeEpollDispatcher()
{
    auto dispatcher = std::make_unique<EpollDispatcher>();
    return dispatcher->isUsable() ? std::move(dispatcher) : nullptr;
}

} // namespace freerelay::common

#else

namespace freerelay::common {

std::unique_ptr<QAbstractEventDispatcher> makeEpollDispatcher()
{
    return nullptr;
}

} // namespace freerelay::common

#endif
