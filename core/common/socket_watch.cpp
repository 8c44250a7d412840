#include "socket_watch.h"

#include <QCoreApplication>
#include <QLoggingCategory>

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace freerelay::common {

namespace {

Q_LOGGING_CATEGORY(lcSockets, "freerelay.sockets")

// As Qt's own dispatcher has it with poll(2): who waits is told of an end, too.
constexpr std::array<quint32, 3> wakesType = {
    EPOLLIN | EPOLLHUP | EPOLLERR,
    EPOLLOUT | EPOLLHUP | EPOLLERR,
    EPOLLPRI | EPOLLHUP | EPOLLERR,
};
constexpr std::array<quint32, 3> askedForType = {EPOLLIN, EPOLLOUT, EPOLLPRI};

bool isReadable(int descriptor, int ms)
{
    pollfd asked{descriptor, POLLIN, 0};
    return ::poll(&asked, 1, ms) > 0;
}

} // namespace

SocketWatch::SocketWatch()
    : m_epoll(epoll_create1(EPOLL_CLOEXEC))
{ }

SocketWatch::~SocketWatch()
{
    if (m_epoll >= 0) {
        ::close(m_epoll);
    }
}

bool SocketWatch::watchAlways(int descriptor)
{
    m_always = descriptor;
    epoll_event asked{EPOLLIN, {.fd = descriptor}};
    return epoll_ctl(m_epoll, EPOLL_CTL_ADD, descriptor, &asked) == 0;
}

SocketWatch::Watched &SocketWatch::watched(int descriptor)
{
    const auto index = static_cast<std::size_t>(descriptor);
    if (index >= m_watched.size()) {
        m_watched.resize(index + 1);
    }
    return m_watched[index];
}

void SocketWatch::add(QSocketNotifier *notifier)
{
    const auto descriptor = static_cast<int>(notifier->socket());
    watched(descriptor).notifiers.at(notifier->type()) = notifier;
    change(descriptor);
}

void SocketWatch::remove(QSocketNotifier *notifier)
{
    std::erase(m_ready, notifier);
    const auto descriptor = static_cast<int>(notifier->socket());
    Watched &entry = watched(descriptor);
    QSocketNotifier *&place = entry.notifiers.at(notifier->type());
    if (place != notifier) {
        return;
    }
    place = nullptr;
    // At once: the descriptor may be closed next, and be another socket's before the turn ends.
    if (wantedBy(entry) == 0 && entry.told != 0) {
        epoll_ctl(m_epoll, EPOLL_CTL_DEL, descriptor, nullptr);
        entry.told = 0;
    } else {
        change(descriptor);
    }
}

SocketWatch::Events SocketWatch::wantedBy(const Watched &watched)
{
    Events wanted = 0;
    for (std::size_t type = 0; type < watched.notifiers.size(); ++type) {
        wanted |= watched.notifiers.at(type) != nullptr ? askedForType.at(type) : 0;
    }
    return wanted;
}

void SocketWatch::change(int descriptor)
{
    if (Watched &entry = watched(descriptor); !entry.isChanged) {
        entry.isChanged = true;
        m_changed.push_back(descriptor);
    }
}

void SocketWatch::tellChanges()
{
    for (const int descriptor : m_changed) {
        Watched &entry = watched(descriptor);
        entry.isChanged = false;
        if (wantedBy(entry) != entry.told) {
            tellEpoll(descriptor, entry);
        }
    }
    m_changed.clear();
}

void SocketWatch::tellEpoll(int descriptor, Watched &watched) const
{
    const Events wanted = wantedBy(watched);
    epoll_event asked{wanted, {.fd = descriptor}};
    const bool isNew = watched.told == 0;
    watched.told = wanted;
    if (epoll_ctl(m_epoll, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &asked) == 0) {
        return;
    }
    // One that was closed while it had a notifier is gone from epoll without a word.
    if (!isNew && errno == ENOENT && epoll_ctl(m_epoll, EPOLL_CTL_ADD, descriptor, &asked) == 0) {
        return;
    }
    watched.told = 0;
    qCWarning(lcSockets, "Descriptor %d cannot be waited for: error %d", descriptor, errno);
}

bool SocketWatch::wait(int ms, bool sockets)
{
    if (!sockets) {
        return isReadable(m_always, ms);
    }
    tellChanges();
    std::array<epoll_event, 128>
        events; // NOLINT(cppcoreguidelines-pro-type-member-init): written by epoll
    const int count = epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), ms);
    const bool areOthersReady = !m_ready.empty(); // of a loop around this one
    bool isAlwaysReady = false;
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = events.at(static_cast<std::size_t>(i));
        if (event.data.fd == m_always) {
            isAlwaysReady = true;
        } else {
            collect(watched(event.data.fd), event.events, areOthersReady);
        }
    }
    return isAlwaysReady;
}

void SocketWatch::collect(const Watched &watched, Events events, bool areOthersReady)
{
    for (std::size_t type = 0; type < watched.notifiers.size(); ++type) {
        QSocketNotifier *const notifier = watched.notifiers.at(type);
        if (notifier == nullptr || (events & wakesType.at(type)) == 0) {
            continue;
        }
        if (!areOthersReady
            || std::find(m_ready.begin(), m_ready.end(), notifier) == m_ready.end()) {
            m_ready.push_back(notifier);
        }
    }
}

int SocketWatch::tell()
{
    int told = 0;
    for (; !m_ready.empty(); ++told) {
        QSocketNotifier *const notifier = m_ready.front();
        m_ready.pop_front();
        QEvent event(QEvent::SockAct);
        QCoreApplication::sendEvent(notifier, &event);
    }
    return told;
}

} // namespace freerelay::common
