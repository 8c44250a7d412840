#pragma once

#include "core/common/result.h"
#include "core/upstream/http_client.h"

#include <QByteArray>

#include <curl/curl.h>

#include <vector>

namespace freerelay::upstream {

/// The request's header lines for libcurl: one buffer, one array of list nodes, no allocation a
/// line. It holds the credential, so it is wiped by wipe() and when destroyed. One thread.
class HeaderBlock
{
public:
    HeaderBlock() = default;
    ~HeaderBlock();
    Q_DISABLE_COPY_MOVE(HeaderBlock)

    /// Writes the lines of `call`, its credential last. Fields that frame the message (Host,
    /// Content-Length, Transfer-Encoding, Connection, Expect) are the client's own and left out.
    /// @return InvalidArgument when a name or value could break out of its line
    [[nodiscard]] common::Result<void> build(const HttpCall &call);

    /// For CURLOPT_HTTPHEADER; valid until the next build(), wipe() or destruction.
    [[nodiscard]] curl_slist *list() { return m_nodes.empty() ? nullptr : m_nodes.data(); }

    void wipe();

private:
    QByteArray m_text;
    std::vector<curl_slist> m_nodes;
};

} // namespace freerelay::upstream
