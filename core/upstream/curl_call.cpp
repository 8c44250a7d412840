#include "curl_call.h"

#include "core/upstream/curl_client.h"
#include "core/upstream/curl_transfer.h"

namespace freerelay::upstream {

CurlCall::CurlCall(CurlClient &client, CurlTransfer &transfer)
    : m_client(client)
    , m_transfer(&transfer)
{
    transfer.handle = this;
}

CurlCall::~CurlCall()
{
    if (m_transfer != nullptr) {
        m_client.cancel(*m_transfer);
    }
}

void CurlCall::pause()
{
    if (m_transfer != nullptr) {
        m_transfer->pause();
    }
}

void CurlCall::resume()
{
    if (m_transfer != nullptr) {
        m_client.resume(*m_transfer);
    }
}

} // namespace freerelay::upstream
