#pragma once

#include <QObject>

#include <curl/curl.h>

#include <functional>
#include <unordered_map>

class QSocketNotifier;

namespace freerelay::upstream {

/// Tells libcurl about its sockets from the Qt event loop: one QSocketNotifier a direction.
///
/// A connection's notifiers live as long as its socket (it is opened and closed here), not as
/// long as one transfer, and a few idle connections stay watched: the next request on them then
/// touches no notifier at all. One thread.
class SocketWatchers final : public QObject
{
    Q_OBJECT

public:
    /// `events` is CURL_CSELECT_IN or CURL_CSELECT_OUT.
    using Activated = std::function<void(curl_socket_t socket, int events)>;

    explicit SocketWatchers(Activated activated, QObject *parent = nullptr);
    ~SocketWatchers() override;
    Q_DISABLE_COPY_MOVE(SocketWatchers)

    /// CURLMOPT_SOCKETFUNCTION's `what`: CURL_POLL_NONE, IN, OUT, INOUT or REMOVE.
    void setInterest(curl_socket_t socket, int what);

    /// CURLOPT_OPENSOCKETFUNCTION and CURLOPT_CLOSESOCKETFUNCTION; `self` is the SocketWatchers.
    static curl_socket_t open(void *self, curlsocktype purpose, curl_sockaddr *address);
    static int close(void *self, curl_socket_t socket);

private:
    struct Watcher
    {
        QSocketNotifier *read = nullptr;
        QSocketNotifier *write = nullptr;
        bool ours = false; ///< opened by open(), so that close() is told of its end
        bool idle = false; ///< not wanted by libcurl, its read notifier left on
    };

    void enable(Watcher &watcher, curl_socket_t socket, int what);
    void remove(curl_socket_t socket);
    void destroy(Watcher &watcher);
    void leaveIdle(Watcher &watcher);
    void onReadable(curl_socket_t socket);

    Activated m_activated;
    std::unordered_map<curl_socket_t, Watcher> m_watchers;
    int m_idleWatched = 0;
};

} // namespace freerelay::upstream
