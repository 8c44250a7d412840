#pragma once

#include <QSocketNotifier>

#include <array>
#include <deque>
#include <vector>

namespace freerelay::common {

/// The socket notifiers of one thread, waited for with epoll(7). Linux; not thread-safe.
class SocketWatch
{
public:
    SocketWatch();
    ~SocketWatch();
    Q_DISABLE_COPY_MOVE(SocketWatch)

    /// Has wait() end for this descriptor too; it has no notifier. False when that cannot be.
    [[nodiscard]] bool watchAlways(int descriptor);

    void add(QSocketNotifier *notifier);
    void remove(QSocketNotifier *notifier);

    /// Waits up to `ms` (-1: as long as it takes) for a socket, or without `sockets` for the
    /// descriptor of watchAlways() alone. True when that one is ready.
    [[nodiscard]] bool wait(int ms, bool sockets);

    /// Sends QEvent::SockAct to the notifiers whose sockets were ready; says to how many. What runs
    /// then may add and remove notifiers and run an event loop.
    int tell();

private:
    using Events = quint32; ///< of epoll(7)

    struct Watched
    {
        std::array<QSocketNotifier *, 3> notifiers{}; ///< by QSocketNotifier::Type
        Events told = 0; ///< what epoll waits for; 0: not watched
        bool isChanged = false;
    };

    [[nodiscard]] static Events wantedBy(const Watched &watched);
    [[nodiscard]] Watched &watched(int descriptor);
    void change(int descriptor);
    void tellChanges();
    void tellEpoll(int descriptor, Watched &watched) const;
    void collect(const Watched &watched, Events events, bool areOthersReady);

    int m_epoll;
    int m_always = -1;
    std::vector<Watched> m_watched; ///< by descriptor: they are small, the lowest is taken first
    std::vector<int> m_changed; ///< told to epoll before the next wait: most are taken back
    std::deque<QSocketNotifier *> m_ready;
};

} // namespace freerelay::common
