#pragma once

#include "core/upstream/client_config.h"

#include <curl/curl.h>

#include <memory>
#include <vector>

namespace freerelay::upstream {

class SocketWatchers;

struct EasyDeleter
{
    void operator()(CURL *easy) const { curl_easy_cleanup(easy); }
};
using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;

/// libcurl handles for reuse. What is the same for all calls is set once, when a handle is made;
/// CurlTransfer sets everything else anew for each call. One thread.
class EasyPool
{
public:
    /// @param watchers  opens and closes the sockets; must outlive every handle's connection
    EasyPool(ClientConfig config, SocketWatchers &watchers);

    [[nodiscard]] EasyHandle take();
    /// Only handles whose call ended well; the others are simply destroyed.
    void giveBack(EasyHandle easy);

private:
    [[nodiscard]] EasyHandle create() const;

    ClientConfig m_config;
    SocketWatchers &m_watchers;
    std::vector<EasyHandle> m_idle;
};

} // namespace freerelay::upstream
