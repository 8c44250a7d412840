#include "easy_pool.h"

#include "core/upstream/curl_transfer.h"
#include "core/upstream/socket_watchers.h"

namespace freerelay::upstream {

namespace {

// Each idle handle keeps its receive buffer.
constexpr std::size_t maxIdle = 64;
// One read of a fast stream; at 64 KiB a few hundred calls would hold tens of megabytes.
constexpr long receiveBufferBytes = 32 * 1'024;
constexpr long keepAliveIdleSeconds = 60;

} // namespace

EasyPool::EasyPool(ClientConfig config, SocketWatchers &watchers)
    : m_config(std::move(config))
    , m_watchers(watchers)
{ }

EasyHandle EasyPool::take()
{
    if (m_idle.empty()) {
        return create();
    }
    EasyHandle easy = std::move(m_idle.back());
    m_idle.pop_back();
    return easy;
}

void EasyPool::giveBack(EasyHandle easy)
{
    if (m_idle.size() < maxIdle) {
        // What it points to dies with the transfer.
        curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, nullptr);
        curl_easy_setopt(easy.get(), CURLOPT_CURLU, nullptr);
        m_idle.push_back(std::move(easy));
    }
}

EasyHandle EasyPool::create() const
{
    EasyHandle handle(curl_easy_init());
    CURL *easy = handle.get();
    if (easy == nullptr) {
        return handle;
    }
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // A cancelled call must not wait for the resolver's thread.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, keepAliveIdleSeconds);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, receiveBufferBytes);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, m_config.userAgent.constData());
    if (!m_config.caFile.isEmpty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, m_config.caFile.constData());
    }
#ifdef Q_OS_WIN
    curl_easy_setopt(easy, CURLOPT_SSL_OPTIONS, static_cast<long>(CURLSSLOPT_NATIVE_CA));
#endif
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &SocketWatchers::open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &m_watchers);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &SocketWatchers::close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &m_watchers);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &CurlTransfer::onHeaderLine);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &CurlTransfer::onBodyBytes);
    return handle;
}

} // namespace freerelay::upstream
