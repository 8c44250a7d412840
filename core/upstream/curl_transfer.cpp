#include "curl_transfer.h"

#include "core/upstream/curl_error.h"

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::upstream {

using common::Error;
using common::ErrorKind;

namespace {

// libcurl takes 0 as its own default of 300 s; "none" is therefore a day.
constexpr std::chrono::milliseconds noConnectLimit = std::chrono::hours(24);

qint64 figureOf(CURL *easy, CURLINFO info)
{
    curl_off_t value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

std::chrono::microseconds timeOf(CURL *easy, CURLINFO info)
{
    return std::chrono::microseconds(figureOf(easy, info));
}

long smallFigureOf(CURL *easy, CURLINFO info)
{
    long value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

} // namespace

CurlTransfer::CurlTransfer(
    HttpCall call, CallObserver &observer, const common::Clock &clock, Queues &queues)
    : m_call(std::move(call))
    , m_observer(observer)
    , m_clock(clock)
    , m_queues(queues)
    , m_deadlines(m_call.limits, clock.now())
{ }

CurlTransfer::~CurlTransfer() = default;

common::Result<void> CurlTransfer::prepare(EasyHandle easy, const Target &target)
{
    if (!easy) {
        return common::failure(ErrorKind::Internal, u"libcurl gave no handle."_s);
    }
    const common::Result<void> built = m_headers.build(m_call);
    m_call.credential = {};
    if (!built) {
        return built;
    }
    m_easy = std::move(easy);
    CURL *raw = m_easy.get();
    const auto connectLimit = m_call.limits.connect.count() > 0 ? m_call.limits.connect
                                                                : noConnectLimit;
    curl_easy_setopt(raw, CURLOPT_PRIVATE, this);
    curl_easy_setopt(raw, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(raw, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(raw, CURLOPT_ERRORBUFFER, m_errorText.data());
    curl_easy_setopt(raw, CURLOPT_URL, m_call.url.constData());
    curl_easy_setopt(raw, CURLOPT_HTTPHEADER, m_headers.list());
    curl_easy_setopt(raw, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connectLimit.count()));
    setMethod();
    setRoute(target);
    return {};
}

// The handle served another call before: each of these options is set, whatever the method.
void CurlTransfer::setMethod()
{
    CURL *easy = m_easy.get();
    const bool isGet = m_call.method == "GET";
    const bool isHead = m_call.method == "HEAD";
    curl_easy_setopt(easy, CURLOPT_NOBODY, isHead ? 1L : 0L);
    if (isGet && m_call.body.isEmpty()) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    } else if (!isHead) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(
            easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(m_call.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, m_call.body.constData());
    }
    const bool isPlain = isHead || m_call.method == "POST" || (isGet && m_call.body.isEmpty());
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, isPlain ? nullptr : m_call.method.constData());
}

void CurlTransfer::setRoute(const Target &target)
{
    CURL *easy = m_easy.get();
    m_shareable = target.https;
    m_parsedUrl = target.parsed;
    curl_easy_setopt(easy, CURLOPT_CURLU, m_parsedUrl.get());
    const auto version = static_cast<long>(
        target.https ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, target.https ? 1L : 0L);
    // "" is no proxy whatever the environment says; nullptr is the environment's.
    curl_easy_setopt(easy, CURLOPT_PROXY, target.loopback ? "" : nullptr);
}

std::size_t CurlTransfer::onHeaderLine(char *bytes, std::size_t size, std::size_t count, void *self)
{
    const QByteArrayView line(bytes, static_cast<qsizetype>(size * count));
    return static_cast<CurlTransfer *>(self)->addHeaderLine(line) ? size * count : 0;
}

std::size_t CurlTransfer::onBodyBytes(char *bytes, std::size_t size, std::size_t count, void *self)
{
    const QByteArrayView body(bytes, static_cast<qsizetype>(size * count));
    return static_cast<CurlTransfer *>(self)->addBody(body);
}

bool CurlTransfer::addHeaderLine(QByteArrayView line)
{
    if (m_head.isComplete()) {
        return true;
    }
    if (!m_head.addLine(line)) {
        return false;
    }
    if (m_head.isComplete()) {
        markReady();
    }
    return true;
}

std::size_t CurlTransfer::addBody(QByteArrayView bytes)
{
    if (m_discarding) {
        return static_cast<std::size_t>(bytes.size());
    }
    if (m_paused || (m_body.size() >= maxHeldBytes && !m_unpausing)) {
        if (!std::exchange(m_curlPaused, true) && m_shareable) {
            m_receivedAtPause = figureOf(m_easy.get(), CURLINFO_SIZE_DOWNLOAD_T);
            m_queues.heldBack.push_back(this);
        }
        return CURL_WRITEFUNC_PAUSE;
    }
    m_body.append(bytes);
    m_deadlines.onBody(m_clock.now());
    markReady();
    return static_cast<std::size_t>(bytes.size());
}

void CurlTransfer::complete(CURLcode code)
{
    readFigures();
    if (m_head.failure()) {
        m_end.error = m_head.failure();
    } else if (code != CURLE_OK) {
        m_end.error = curlError(code, QByteArrayView(m_errorText.data()));
    } else if (!m_head.isComplete()) {
        m_end.error = Error{
            ErrorKind::ProtocolError, u"The provider's reply has no proper head."_s};
    }
    if (m_end.error && m_end.error->kind == ErrorKind::Timeout) {
        m_end.timedOutBeforeConnect = true;
    }
    m_ended = true;
    m_headers.wipe();
    markReady();
}

void CurlTransfer::fail(Error error)
{
    if (m_easy) {
        readFigures();
        m_end.timedOutBeforeConnect = error.kind == ErrorKind::Timeout
            && timeOf(m_easy.get(), CURLINFO_PRETRANSFER_TIME_T).count() == 0;
    }
    m_end.error = std::move(error);
    m_body.clear();
    m_ended = true;
    m_headers.wipe();
    markReady();
}

void CurlTransfer::failByLimit(CallDeadlines::Limit limit)
{
    fail(limitError(limit));
}

void CurlTransfer::readFigures()
{
    const auto tls = timeOf(m_easy.get(), CURLINFO_APPCONNECT_TIME_T);
    const auto tcp = timeOf(m_easy.get(), CURLINFO_CONNECT_TIME_T);
    const long opened = smallFigureOf(m_easy.get(), CURLINFO_NUM_CONNECTS);

    m_end.connectTime = std::max(tls, tcp);
    m_end.reusedConnection = opened == 0 && m_head.isComplete();
}

void CurlTransfer::deliver()
{
    if (m_head.isComplete() && !m_headDelivered && !m_over) {
        m_headDelivered = true;
        m_observer.onHead(m_head.status(), m_head.headers());
    }
    if (!m_detached && !m_paused && !m_body.isEmpty()) {
        deliverBody();
    }
    if (!m_detached && m_ended && !m_over && m_body.isEmpty()) {
        m_over = true;
        m_observer.onEnd(m_end);
    }
}

void CurlTransfer::deliverBody()
{
    QByteArray bytes = std::exchange(m_body, {});
    qsizetype taken = 0;
    while (taken < bytes.size() && !m_paused) {
        const qsizetype count = std::min(maxHeldBytes, bytes.size() - taken);
        const Flow flow = m_observer.onBody(QByteArrayView(bytes).sliced(taken, count));
        if (m_detached) {
            return;
        }
        taken += count;
        if (flow == Flow::Pause) {
            pause();
        }
    }
    if (taken == bytes.size() && bytes.capacity() <= 2 * maxHeldBytes) {
        // The buffer is used again; a call that never fills it never allocates another one.
        bytes.resize(0);
    } else {
        bytes = bytes.sliced(taken);
    }
    // The observer may have made libcurl deliver more (flushConnection()).
    if (!m_body.isEmpty()) {
        bytes.append(m_body);
    }
    m_body = std::move(bytes);
}

void CurlTransfer::pause()
{
    m_paused = true;
    m_deadlines.onPaused(m_clock.now());
}

void CurlTransfer::resume()
{
    if (!m_paused) {
        return;
    }
    m_paused = false;
    m_deadlines.onResumed(m_clock.now());
    if (!m_body.isEmpty() || m_ended) {
        markReady();
    }
}

bool CurlTransfer::canTakeMore() const
{
    return m_curlPaused && !m_paused && !m_ended && !m_detached && m_body.size() < maxHeldBytes;
}

CURLcode CurlTransfer::unpause()
{
    m_curlPaused = false;
    m_unpausing = true;
    const CURLcode code = curl_easy_pause(m_easy.get(), CURLPAUSE_CONT);
    m_unpausing = false;
    return code;
}

long CurlTransfer::localPort() const
{
    return m_easy ? std::max(smallFigureOf(m_easy.get(), CURLINFO_LOCAL_PORT), 0L) : 0;
}

bool CurlTransfer::wasSent() const
{
    return m_easy && smallFigureOf(m_easy.get(), CURLINFO_REQUEST_SIZE) > 0;
}

qint64 CurlTransfer::heldInside() const
{
    return isHeldBack() && m_easy
        ? figureOf(m_easy.get(), CURLINFO_SIZE_DOWNLOAD_T) - m_receivedAtPause
        : 0;
}

void CurlTransfer::discardHeld()
{
    if (m_curlPaused && m_shareable && m_easy) {
        m_discarding = true;
        curl_easy_pause(m_easy.get(), CURLPAUSE_CONT);
    }
}

void CurlTransfer::flushConnection()
{
    // Each change of a stream's pause writes out what the connection has queued. The paused one is
    // paused again by addBody().
    if (!m_curlPaused) {
        curl_easy_pause(m_easy.get(), CURLPAUSE_RECV);
    }
    curl_easy_pause(m_easy.get(), CURLPAUSE_CONT);
}

void CurlTransfer::markReady()
{
    if (!m_queued && !m_detached) {
        m_queued = true;
        m_queues.ready.push_back(this);
    }
}

} // namespace freerelay::upstream
