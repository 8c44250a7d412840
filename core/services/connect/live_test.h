#pragma once

#include "core/connect/connector.h"
#include "core/upstream/http_client.h"

#include <QElapsedTimer>

#include <functional>
#include <memory>

namespace freerelay::services {

/// What a test request found.
struct LiveAnswer
{
    QString provider; ///< "groq"; "" when the gateway did not say
    QString model;
    std::chrono::milliseconds latency{0};
};

/// One small request to the gateway, as a tool of some dialect would send it. One thread with an
/// event loop; destroying it cancels the request.
class LiveTest final : public upstream::CallObserver
{
public:
    using Done = std::function<void(common::Result<LiveAnswer>)>;

    /// @param client  outlives the test
    /// @param done    called once; may destroy the test. Unavailable or Timeout when the gateway
    ///                cannot be reached, NotFound when it does not speak the dialect, ProtocolError
    ///                with its own words when it answers with an error
    LiveTest(
        upstream::HttpClient &client,
        connect::Dialect dialect,
        const connect::Endpoint &endpoint,
        Done done);
    Q_DISABLE_COPY_MOVE(LiveTest)
    ~LiveTest() override = default;

    void onHead(int status, const common::HeaderList &headers) override;
    [[nodiscard]] upstream::Flow onBody(QByteArrayView bytes) override;
    void onEnd(const upstream::CallEnd &end) override;

private:
    [[nodiscard]] common::Result<LiveAnswer> answer(const upstream::CallEnd &end) const;

    Done m_done;
    QElapsedTimer m_timer;
    int m_status = 0;
    common::HeaderList m_headers;
    QByteArray m_body;
    std::unique_ptr<upstream::Call> m_call;
};

} // namespace freerelay::services
