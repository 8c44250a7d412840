#pragma once

#include "core/common/clock.h"
#include "core/common/deferred.h"
#include "core/upstream/client_config.h"
#include "core/upstream/curl_transfer.h"
#include "core/upstream/easy_pool.h"
#include "core/upstream/http_client.h"
#include "core/upstream/socket_watchers.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace freerelay::upstream {

/// HTTP over libcurl's multi interface, driven by the Qt event loop of the thread it was made in:
/// two notifiers a socket, one timer, one deferred call a turn of the loop. HTTP/1.1 to http
/// addresses, HTTP/2 where offered to https ones. Redirects, cookies and .netrc are not followed;
/// proxies come from the environment and never serve loopback.
///
/// The program should ignore SIGPIPE: libcurl is told not to touch signals. The client must not
/// be destroyed from within an observer; calls that outlive it become inert.
/// @see docs/architecture.md; what it works around was measured with libcurl 7.88
class CurlClient final : public QObject, public HttpClient
{
    Q_OBJECT

public:
    /// @param clock  for the first-byte, gap and total limits; must outlive the client
    CurlClient(const ClientConfig &config, const common::Clock &clock, QObject *parent = nullptr);
    ~CurlClient() override;
    Q_DISABLE_COPY_MOVE(CurlClient)

    [[nodiscard]] std::unique_ptr<Call> start(HttpCall call, CallObserver &observer) override;
    [[nodiscard]] int callsInFlight() const override
    {
        return static_cast<int>(m_transfers.size());
    }

    /// Ends the calls whose limits have passed on the clock. The client's timer does it in time;
    /// a test that moves its own clock calls it.
    void checkDeadlines();

private:
    friend class CurlCall;

    struct MultiDeleter
    {
        void operator()(CURLM *multi) const { curl_multi_cleanup(multi); }
    };

    static int onSocket(CURL *easy, curl_socket_t socket, int what, void *self, void *watcher);
    static int onTimer(CURLM *multi, long milliseconds, void *self);

    void cancel(CurlTransfer &transfer);
    void resume(CurlTransfer &transfer);

    [[nodiscard]] const Target &targetOf(const QByteArray &url);
    void send(CurlTransfer &transfer);
    void setAgeOfNames(CURL *easy);
    void kick();
    void act(curl_socket_t socket, int events);
    void runCurl(curl_socket_t socket, int events);

    void readMessages();
    void deliver();
    void settle(CurlTransfer &transfer);
    void unpauseWaiting();
    void endHoarders();
    void flushConnection(long localPort);

    void onTimeout();
    void arm();
    void watchDeadline(const CurlTransfer &transfer);
    void dropFromMulti(CurlTransfer &transfer);
    void retire(CurlTransfer &transfer);
    [[nodiscard]] std::unique_ptr<CurlTransfer> remove(CurlTransfer &transfer);

    const common::Clock &m_clock;
    int m_maxIdleConnections;
    QTimer m_timer;
    std::chrono::steady_clock::time_point m_armedFor{};
    std::chrono::steady_clock::time_point m_curlDue; ///< libcurl's own wish, real time
    common::SteadyTime m_nextDeadline; ///< earliest limit, on m_clock
    common::Deferred m_kick; ///< another turn for libcurl and for what is ready
    bool m_wantsTurn = false; ///< libcurl asked to be called again at once
    bool m_isInside = false; ///< runCurl() or start() looks at m_wantsTurn when libcurl returns

    // The order matters: libcurl uses the timer and the watchers until it is gone itself.
    SocketWatchers m_watchers;
    EasyPool m_pool;
    std::unique_ptr<CURLM, MultiDeleter> m_multi;
    /// Until then each new connection asks for its name's address; real time, as libcurl's cache.
    std::optional<std::chrono::steady_clock::time_point> m_namesDoubtedUntil;
    QHash<QByteArray, Target> m_targets;

    std::vector<std::unique_ptr<CurlTransfer>> m_transfers;
    std::vector<std::unique_ptr<CurlTransfer>> m_graveyard; ///< dead while deliver() is at work
    CurlTransfer::Queues m_queues;

    CurlTransfer::Queue m_delivering;
    CurlTransfer::Queue m_waiting; ///< paused inside libcurl, wanted again
    bool m_isDelivering = false;
};

} // namespace freerelay::upstream
