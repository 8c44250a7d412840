#pragma once

#include "core/gateway/http_types.h"
#include "core/gateway/response_head.h"
#include "core/relay/downstream.h"

namespace freerelay::gateway {

class ConnectionGuard;

/// Writes the reply of one request onto its connection. May outlive the connection: then every
/// call does nothing and isGone() is true. Worker's thread only.
class ResponseWriter final : public relay::Downstream
{
public:
    /// @param guard  calls detach() or clientGone() before it dies
    ResponseWriter(ConnectionGuard &guard, const HttpRequest &request);
    ~ResponseWriter() override;
    Q_DISABLE_COPY_MOVE(ResponseWriter)

    void reply(int status, const common::HeaderList &headers, QByteArray body) override;
    void beginStream(int status, const common::HeaderList &headers) override;
    void write(const QByteArray &bytes) override;
    void finish() override;
    void abort() override;
    [[nodiscard]] qint64 pending() const override;
    [[nodiscard]] bool isGone() const override { return m_gone; }
    void setHandlers(std::function<void()> drained, std::function<void()> gone) override;

    // For the guard:
    void drained();
    void clientGone();
    void detach();

private:
    enum class State : std::uint8_t { Waiting, Streaming, Done };

    [[nodiscard]] ResponseHead head(int status, BodyFraming framing, qsizetype length);
    void complete();

    ConnectionGuard *m_guard;
    std::function<void()> m_drained;
    std::function<void()> m_goneHandler;
    BodyFraming m_framing = BodyFraming::Length;
    State m_state = State::Waiting;
    bool m_keepAlive;
    bool m_http10;
    bool m_headOnly;
    bool m_gone = false;
};

} // namespace freerelay::gateway
