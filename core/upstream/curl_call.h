#pragma once

#include "core/upstream/http_client.h"

namespace freerelay::upstream {

class CurlClient;
class CurlTransfer;

/// The caller's side of one transfer. One thread.
class CurlCall final : public Call
{
public:
    CurlCall(CurlClient &client, CurlTransfer &transfer);
    ~CurlCall() override;
    Q_DISABLE_COPY_MOVE(CurlCall)

    void pause() override;
    void resume() override;

    /// The call is over, or its client is gone: nothing is left to control.
    void release() { m_transfer = nullptr; }

private:
    CurlClient &m_client;
    CurlTransfer *m_transfer;
};

} // namespace freerelay::upstream
