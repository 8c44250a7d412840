#pragma once

#include "core/common/clock.h"
#include "core/upstream/call_deadlines.h"
#include "core/upstream/easy_pool.h"
#include "core/upstream/header_block.h"
#include "core/upstream/http_client.h"
#include "core/upstream/reply_head.h"

#include <QByteArray>

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace freerelay::upstream {

class CurlCall;

/// What libcurl needs to know about an address beyond its text.
struct Target
{
    bool https = false;
    bool loopback = false;
    std::shared_ptr<CURLU> parsed; ///< spares libcurl reading the text for every call
};

/// One call's state between libcurl and its observer. Inside libcurl's callbacks it only collects;
/// deliver() hands out what came, from the event loop. Owned by the CurlClient. One thread.
class CurlTransfer
{
public:
    /// Above this much undelivered body the transfer is paused inside libcurl; no onBody() gets
    /// more at once.
    static constexpr qsizetype maxHeldBytes = 64 * 1'024;
    /// What libcurl itself may hold of a paused HTTP/2 stream. Its neighbours on the connection
    /// make libcurl 7.88 read on, up to the 32 MiB window that it advertises and that no option
    /// changes; a reader that slow loses its reply instead.
    static constexpr qint64 maxHeldInside = 4 * 1'024 * 1'024;

    using Queue = std::vector<CurlTransfer *>;

    /// Lists of the client that a transfer enters by itself.
    struct Queues
    {
        Queue ready; ///< something is to be delivered
        Queue heldBack; ///< libcurl was refused bytes of a stream that shares its connection
    };

    CurlTransfer(HttpCall call, CallObserver &observer, const common::Clock &clock, Queues &queues);

    ~CurlTransfer();
    Q_DISABLE_COPY_MOVE(CurlTransfer)

    /// Sets every option that depends on the call.
    /// @return InvalidArgument when the call cannot be sent
    [[nodiscard]] common::Result<void> prepare(EasyHandle easy, const Target &target);

    /// libcurl's callbacks; `self` is the CurlTransfer.
    static std::size_t onHeaderLine(char *bytes, std::size_t size, std::size_t count, void *self);
    static std::size_t onBodyBytes(char *bytes, std::size_t size, std::size_t count, void *self);

    /// The transfer ended inside libcurl; the handle is not in the multi any more.
    void complete(CURLcode code);
    /// Ends the call with a failure of ours. Body that was not delivered yet is dropped.
    void fail(common::Error error);
    void failByLimit(CallDeadlines::Limit limit);

    /// Calls the observer with what there is; stops at once when the call is destroyed by it.
    void deliver();

    void pause();
    void resume();
    /// The call was destroyed: the observer is gone.
    void detach() { m_detached = true; }
    /// Leaves the queue of the ready.
    void unqueue() { m_queued = false; }

    [[nodiscard]] const QByteArray &url() const { return m_call.url; }
    [[nodiscard]] CURL *easy() const { return m_easy.get(); }
    [[nodiscard]] EasyHandle takeEasy() { return std::move(m_easy); }
    [[nodiscard]] const CallDeadlines &deadlines() const { return m_deadlines; }
    [[nodiscard]] bool isDetached() const { return m_detached; }
    /// onEnd() was called.
    [[nodiscard]] bool isOver() const { return m_over; }
    /// complete() or fail() was called.
    [[nodiscard]] bool hasEnded() const { return m_ended; }
    /// May share its connection with others (HTTP/2).
    [[nodiscard]] bool isShareable() const { return m_shareable; }
    /// The connection's port on our side, 0 when there is none yet.
    [[nodiscard]] long localPort() const;
    /// The request went out, so that its stream exists.
    [[nodiscard]] bool wasSent() const;
    /// Bytes that came while libcurl was refused; 0 when it is not.
    [[nodiscard]] qint64 heldInside() const;
    [[nodiscard]] bool isHeldBack() const { return m_curlPaused && !m_ended; }
    /// Throws away what libcurl holds of a paused stream; 7.88 forgets to free it when the stream
    /// is removed from a connection that others use.
    void discardHeld();
    /// Makes libcurl write what it has queued for the connection.
    void flushConnection();

    /// libcurl holds bytes back that could be taken now.
    [[nodiscard]] bool canTakeMore() const;
    /// Ends the pause inside libcurl; calls its callbacks before it returns.
    [[nodiscard]] CURLcode unpause();

    CurlCall *handle = nullptr; ///< the observer's side; null when it is gone
    std::size_t position = 0; ///< in the client's list

private:
    void setMethod();
    void setRoute(const Target &target);
    void markReady();
    [[nodiscard]] bool addHeaderLine(QByteArrayView line);
    [[nodiscard]] std::size_t addBody(QByteArrayView bytes);
    void deliverBody();
    void readFigures();

    HttpCall m_call;
    CallObserver &m_observer;
    const common::Clock &m_clock;
    Queues &m_queues;

    CallDeadlines m_deadlines;
    EasyHandle m_easy;
    HeaderBlock m_headers;
    std::shared_ptr<CURLU> m_parsedUrl; ///< outlives the handle's use of it
    ReplyHead m_head;
    QByteArray m_body;
    CallEnd m_end;
    std::array<char, CURL_ERROR_SIZE> m_errorText{};
    bool m_headDelivered = false;
    bool m_paused = false; ///< by the observer
    bool m_curlPaused = false; ///< onBodyBytes() refused bytes
    bool m_unpausing = false; ///< unpause() is at work: what comes is in memory already
    bool m_discarding = false; ///< nobody wants what comes
    bool m_shareable = false;
    qint64 m_receivedAtPause = 0;

    bool m_ended = false;
    bool m_over = false;
    bool m_detached = false;
    bool m_queued = false;
};

} // namespace freerelay::upstream
