#include "socket_watchers.h"

#include <QSocketNotifier>

#include <utility>

#ifdef Q_OS_WIN
#include <winsock2.h>
#else
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace freerelay::upstream {

namespace {

// Every watched socket costs the event loop time in each turn, so only this many idle ones stay.
constexpr int maxIdleWatched = 32;

void setEnabled(QSocketNotifier *notifier, bool enabled)
{
    if (notifier != nullptr) {
        notifier->setEnabled(enabled);
    }
}

// May be called from the notifier's own signal.
void discard(QSocketNotifier *notifier)
{
    if (notifier != nullptr) {
        notifier->setEnabled(false);
        notifier->deleteLater();
    }
}

} // namespace

SocketWatchers::SocketWatchers(Activated activated, QObject *parent)
    : QObject(parent)
    , m_activated(std::move(activated))
{ }

SocketWatchers::~SocketWatchers()
{
    for (auto &[socket, watcher] : m_watchers) {
        delete watcher.read;
        delete watcher.write;
    }
}

curl_socket_t SocketWatchers::open(void *self, curlsocktype, curl_sockaddr *address)
{
#ifdef SOCK_CLOEXEC
    constexpr int closeOnExec = SOCK_CLOEXEC;
#else
    constexpr int closeOnExec = 0;
#endif
    const curl_socket_t socket = ::socket(
        address->family, address->socktype | closeOnExec, address->protocol);
    if (socket != CURL_SOCKET_BAD) {
        static_cast<SocketWatchers *>(self)->m_watchers[socket].ours = true;
    }
    return socket;
}

int SocketWatchers::close(void *self, curl_socket_t socket)
{
    static_cast<SocketWatchers *>(self)->remove(socket);
#ifdef Q_OS_WIN
    return ::closesocket(socket);
#else
    return ::close(socket);
#endif
}

void SocketWatchers::setInterest(curl_socket_t socket, int what)
{
    if (what != CURL_POLL_REMOVE) {
        enable(m_watchers[socket], socket, what);
        return;
    }
    const auto found = m_watchers.find(socket);
    if (found == m_watchers.end()) {
        return;
    }
    if (found->second.ours) {
        leaveIdle(found->second);
    } else {
        // The resolver's wake-up pipe: libcurl closes it without a word.
        remove(socket);
    }
}

void SocketWatchers::enable(Watcher &watcher, curl_socket_t socket, int what)
{
    m_idleWatched -= std::exchange(watcher.idle, false) ? 1 : 0;
    const bool wantsRead = (what & CURL_POLL_IN) != 0;
    const bool wantsWrite = (what & CURL_POLL_OUT) != 0;
    if (wantsRead && watcher.read == nullptr) {
        watcher.read = new QSocketNotifier(
            static_cast<qintptr>(socket), QSocketNotifier::Read, this);
        connect(watcher.read, &QSocketNotifier::activated, this, [this, socket] {
            onReadable(socket);
        });
    }
    if (wantsWrite && watcher.write == nullptr) {
        watcher.write = new QSocketNotifier(
            static_cast<qintptr>(socket), QSocketNotifier::Write, this);
        connect(watcher.write, &QSocketNotifier::activated, this, [this, socket] {
            m_activated(socket, CURL_CSELECT_OUT);
        });
    }
    setEnabled(watcher.read, wantsRead);
    setEnabled(watcher.write, wantsWrite);
}

void SocketWatchers::leaveIdle(Watcher &watcher)
{
    setEnabled(watcher.write, false);
    if (watcher.idle || watcher.read == nullptr || !watcher.read->isEnabled()) {
        return;
    }
    if (m_idleWatched >= maxIdleWatched) {
        watcher.read->setEnabled(false);
        return;
    }
    watcher.idle = true;
    ++m_idleWatched;
}

void SocketWatchers::onReadable(curl_socket_t socket)
{
    const auto found = m_watchers.find(socket);
    if (found != m_watchers.end() && found->second.idle) {
        // The server closes it, most likely; libcurl notices when it wants to use it again.
        found->second.idle = false;
        --m_idleWatched;
        found->second.read->setEnabled(false);
        return;
    }
    m_activated(socket, CURL_CSELECT_IN);
}

void SocketWatchers::remove(curl_socket_t socket)
{
    const auto found = m_watchers.find(socket);
    if (found != m_watchers.end()) {
        destroy(found->second);
        m_watchers.erase(found);
    }
}

void SocketWatchers::destroy(Watcher &watcher)
{
    m_idleWatched -= watcher.idle ? 1 : 0;
    discard(watcher.read);
    discard(watcher.write);
}

} // namespace freerelay::upstream
