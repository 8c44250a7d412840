#include "curl_client.h"

#include "core/upstream/curl_call.h"
#include "core/upstream/endpoint.h"

#include <algorithm>
#include <mutex>

namespace freerelay::upstream {

using common::SteadyTime;
using RealTime = std::chrono::steady_clock::time_point;

namespace {

// Providers times their paths, some with the model's name in it.
constexpr qsizetype maxTargets = 256;
constexpr std::size_t fewCalls = 4;
constexpr std::chrono::seconds namesKept{60}; ///< libcurl's own default

void initialiseCurl()
{
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

std::shared_ptr<CURLU> parse(const QByteArray &url)
{
    std::shared_ptr<CURLU> parsed(curl_url(), &curl_url_cleanup);
    // An address that cannot be read fails in libcurl later, with its own words.
    return curl_url_set(parsed.get(), CURLUPART_URL, url.constData(), 0) == CURLUE_OK ? parsed
                                                                                      : nullptr;
}

std::chrono::milliseconds upTo(std::chrono::nanoseconds span)
{
    using std::chrono::milliseconds;
    constexpr milliseconds longest = std::chrono::hours(1);
    return std::clamp(std::chrono::ceil<milliseconds>(span), milliseconds(0), longest);
}

} // namespace

CurlClient::CurlClient(const ClientConfig &config, const common::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_maxIdleConnections(config.maxIdleConnections)
    , m_curlDue(RealTime::max())
    , m_nextDeadline(SteadyTime::max())
    , m_kick([this] { kick(); })
    , m_watchers([this](curl_socket_t socket, int events) { act(socket, events); })
    , m_pool(config, m_watchers)
{
    initialiseCurl();
    m_multi.reset(curl_multi_init());
    CURLM *multi = m_multi.get();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &CurlClient::onSocket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &CurlClient::onTimer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(m_maxIdleConnections));
    curl_multi_setopt(
        multi, CURLMOPT_MAX_CONCURRENT_STREAMS, static_cast<long>(config.maxStreamsPerConnection));
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &CurlClient::onTimeout);
}

CurlClient::~CurlClient()
{
    for (const std::unique_ptr<CurlTransfer> &transfer : m_transfers) {
        if (transfer->handle != nullptr) {
            transfer->handle->release();
        }
        dropFromMulti(*transfer);
    }
}

std::unique_ptr<Call> CurlClient::start(HttpCall call, CallObserver &observer)
{
    auto owned = std::make_unique<CurlTransfer>(std::move(call), observer, m_clock, m_queues);
    CurlTransfer &transfer = *owned;
    transfer.position = m_transfers.size();
    m_transfers.push_back(std::move(owned));
    auto handle = std::make_unique<CurlCall>(*this, transfer);
    send(transfer);
    return handle;
}

void CurlClient::send(CurlTransfer &transfer)
{
    const common::Result<void> prepared = transfer.prepare(m_pool.take(), targetOf(transfer.url()));
    watchDeadline(transfer);
    if (prepared) {
        setAgeOfNames(transfer.easy());
    }
    m_isInside = true; // m_kick is ours to schedule
    if (!prepared) {
        transfer.fail(prepared.error());
    } else if (curl_multi_add_handle(m_multi.get(), transfer.easy()) != CURLM_OK) {
        transfer.fail({common::ErrorKind::Internal, QStringLiteral("libcurl took no call.")});
    }
    m_isInside = false;
    // Few calls are sent now, without a turn of the event loop (8 µs of 46 saved at one call);
    // many share one turn (4 µs of 40 saved at sixteen). What is known at once is told later.
    if (m_transfers.size() > fewCalls) {
        m_kick.schedule();
        return;
    }
    runCurl(CURL_SOCKET_TIMEOUT, 0);
    if (m_wantsTurn || (!m_isDelivering && !m_queues.ready.empty())) {
        m_kick.schedule();
    }
}

/// libcurl remembers addresses. When one could not be reached, the name may have another by now.
void CurlClient::setAgeOfNames(CURL *easy)
{
    if (m_namesDoubtedUntil && RealTime::clock::now() >= *m_namesDoubtedUntil) {
        m_namesDoubtedUntil.reset();
    }
    curl_easy_setopt(
        easy, CURLOPT_DNS_CACHE_TIMEOUT, m_namesDoubtedUntil ? 0L : long(namesKept.count()));
}

const Target &CurlClient::targetOf(const QByteArray &url)
{
    const auto found = m_targets.constFind(url);
    if (found != m_targets.constEnd()) {
        return *found;
    }
    if (m_targets.size() >= maxTargets) {
        m_targets.clear();
    }
    const common::Result<HostPort> host = hostPortOf(url);
    return *m_targets.insert(
        url, Target{host && host->https, host && isLoopback(host->host), parse(url)});
}

void CurlClient::cancel(CurlTransfer &transfer)
{
    transfer.handle = nullptr;
    transfer.detach();
    dropFromMulti(transfer);
    retire(transfer);
}

void CurlClient::resume(CurlTransfer &transfer)
{
    transfer.resume();
    if (transfer.canTakeMore()) {
        m_waiting.push_back(&transfer);
    }
    watchDeadline(transfer);
    m_kick.schedule();
}

void CurlClient::dropFromMulti(CurlTransfer &transfer)
{
    const long port = transfer.isShareable() ? transfer.localPort() : 0;
    transfer.discardHeld();
    const EasyHandle easy = transfer.takeEasy();
    if (!easy) {
        return;
    }
    // An unfinished HTTP/1 connection is closed by the removal, an HTTP/2 stream reset. But the
    // reset stays in libcurl 7.88's output buffer until somebody uses the connection: so it is
    // closed when nobody shares it, and flushed when somebody does.
    curl_easy_setopt(easy.get(), CURLOPT_FORBID_REUSE, 1L);
    curl_multi_remove_handle(m_multi.get(), easy.get());
    if (port != 0) {
        flushConnection(port);
    }
}

void CurlClient::flushConnection(long localPort)
{
    CurlTransfer *best = nullptr;
    for (const std::unique_ptr<CurlTransfer> &other : m_transfers) {
        const bool fits = other->isShareable() && !other->hasEnded() && other->wasSent()
            && other->localPort() == localPort;
        if (fits && (best == nullptr || best->isHeldBack())) {
            best = other.get();
        }
    }
    if (best != nullptr) {
        best->flushConnection();
    }
}

void CurlClient::retire(CurlTransfer &transfer)
{
    if (transfer.handle != nullptr) {
        transfer.handle->release();
        transfer.handle = nullptr;
    }
    transfer.detach();
    std::erase(m_waiting, &transfer);
    std::erase(m_queues.heldBack, &transfer);

    std::unique_ptr<CurlTransfer> owned = remove(transfer);
    if (m_isDelivering) {
        m_graveyard.push_back(std::move(owned));
    } else {
        std::erase(m_queues.ready, &transfer);
    }
}

std::unique_ptr<CurlTransfer> CurlClient::remove(CurlTransfer &transfer)
{
    const std::size_t position = transfer.position;
    std::unique_ptr<CurlTransfer> owned = std::move(m_transfers[position]);
    if (position + 1 < m_transfers.size()) {
        m_transfers[position] = std::move(m_transfers.back());
        m_transfers[position]->position = position;
    }
    m_transfers.pop_back();
    return owned;
}

int CurlClient::onSocket(CURL *, curl_socket_t socket, int what, void *self, void *)
{
    static_cast<CurlClient *>(self)->m_watchers.setInterest(socket, what);
    return 0;
}

int CurlClient::onTimer(CURLM *, long milliseconds, void *self)
{
    auto *client = static_cast<CurlClient *>(self);
    client->m_curlDue = RealTime::max();
    client->m_wantsTurn = milliseconds == 0;
    if (client->m_wantsTurn && !client->m_isInside) {
        client->m_kick.schedule();
    } else if (milliseconds > 0) {
        client->m_curlDue = std::chrono::steady_clock::now()
            + std::chrono::milliseconds(milliseconds);
        client->arm();
    }
    return 0;
}

void CurlClient::kick()
{
    deliver();
    unpauseWaiting();
    act(CURL_SOCKET_TIMEOUT, 0);
}

void CurlClient::act(curl_socket_t socket, int events)
{
    runCurl(socket, events);
    deliver();
    if (m_wantsTurn) {
        m_kick.schedule();
    }
}

void CurlClient::runCurl(curl_socket_t socket, int events)
{
    if (socket == CURL_SOCKET_TIMEOUT) {
        m_wantsTurn = false;
    }
    m_isInside = true;
    int running = 0;
    curl_multi_socket_action(m_multi.get(), socket, events, &running);
    m_isInside = false;
    readMessages();
    endHoarders();
}

void CurlClient::endHoarders()
{
    std::erase_if(m_queues.heldBack, [](const CurlTransfer *held) { return !held->isHeldBack(); });
    for (CurlTransfer *held : m_queues.heldBack) {
        if (held->heldInside() > CurlTransfer::maxHeldInside) {
            held->fail(
                {common::ErrorKind::Unavailable,
                 QStringLiteral("The provider's reply came faster than it was read.")});
            dropFromMulti(*held);
        }
    }
}

void CurlClient::readMessages()
{
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(m_multi.get(), &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        // The message dies when its handle leaves the multi.
        CURL *easy = message->easy_handle;
        const CURLcode code = message->data.result;
        CurlTransfer *transfer = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
        transfer->complete(code);
        // Of time-outs, libcurl keeps the one of connecting only.
        if (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT) {
            m_namesDoubtedUntil = RealTime::clock::now() + namesKept;
        }
        curl_multi_remove_handle(m_multi.get(), easy);
        EasyHandle owned = transfer->takeEasy();
        if (code == CURLE_OK) {
            m_pool.giveBack(std::move(owned));
        }
    }
}

void CurlClient::deliver()
{
    if (m_isDelivering) {
        return;
    }
    m_isDelivering = true;
    while (!m_queues.ready.empty()) {
        m_delivering.swap(m_queues.ready);
        for (CurlTransfer *transfer : m_delivering) {
            transfer->unqueue();
            if (!transfer->isDetached()) {
                transfer->deliver();
                settle(*transfer);
            }
        }
        m_delivering.clear();
    }
    m_isDelivering = false;
    m_graveyard.clear();
}

void CurlClient::settle(CurlTransfer &transfer)
{
    if (transfer.isDetached()) {
        return;
    }
    if (transfer.isOver()) {
        retire(transfer);
        return;
    }
    // The first body byte replaces the first-byte limit by the gap, which may end earlier.
    watchDeadline(transfer);
    if (transfer.canTakeMore()) {
        m_waiting.push_back(&transfer);
        m_kick.schedule();
    }
}

void CurlClient::unpauseWaiting()
{
    CurlTransfer::Queue waiting;
    waiting.swap(m_waiting);
    for (CurlTransfer *transfer : waiting) {
        // It can be in the list twice, and may have been paused again since.
        if (!transfer->canTakeMore()) {
            continue;
        }
        const CURLcode code = transfer->unpause();
        if (code != CURLE_OK) {
            transfer->complete(code);
            dropFromMulti(*transfer);
        }
    }
}

void CurlClient::onTimeout()
{
    if (m_curlDue <= std::chrono::steady_clock::now()) {
        m_curlDue = RealTime::max();
        act(CURL_SOCKET_TIMEOUT, 0);
    }
    checkDeadlines();
    arm();
}

void CurlClient::checkDeadlines()
{
    const SteadyTime now = m_clock.now();
    if (now < m_nextDeadline) {
        return;
    }
    // Nobody tells us of limits that moved away; all are looked at when the earliest one known
    // has come, which is rare.
    m_nextDeadline = SteadyTime::max();
    for (const std::unique_ptr<CurlTransfer> &transfer : m_transfers) {
        if (transfer->hasEnded()) {
            continue;
        }
        if (const auto limit = transfer->deadlines().expired(now)) {
            transfer->failByLimit(*limit);
            dropFromMulti(*transfer);
        } else {
            m_nextDeadline = std::min(m_nextDeadline, transfer->deadlines().next());
        }
    }
    deliver();
    arm();
}

void CurlClient::watchDeadline(const CurlTransfer &transfer)
{
    const SteadyTime next = transfer.deadlines().next();
    if (next < m_nextDeadline) {
        m_nextDeadline = next;
        arm();
    }
}

void CurlClient::arm()
{
    const RealTime now = std::chrono::steady_clock::now();
    RealTime due = m_curlDue;
    if (m_nextDeadline != SteadyTime::max()) {
        due = std::min(due, now + upTo(m_nextDeadline - m_clock.now()));
    }
    // One that fires too early costs less than moving it for every call.
    if (due == RealTime::max() || (m_timer.isActive() && m_armedFor <= due)) {
        return;
    }
    m_armedFor = due;
    m_timer.start(upTo(due - now));
}

} // namespace freerelay::upstream
