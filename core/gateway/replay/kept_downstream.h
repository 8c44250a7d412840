#pragma once

#include "core/common/clock.h"
#include "core/gateway/replay/reply_log.h"
#include "core/relay/downstream.h"

#include <memory>

namespace freerelay::gateway {

/// Keeps what a client is sent, and goes on for a while when the client has left, so that it can
/// come back for the rest. Worker's thread only.
class KeptDownstream final : public relay::Downstream
{
public:
    struct Terms
    {
        bool numbered = false; ///< each event of an event stream gets an `id:` line, from 1
        /// How long it goes on without anybody who reads; 0 = it does not.
        common::Duration grace{0};
        common::HeaderList headers; ///< added to the client's head
        std::function<void()> failed; ///< told when it ends in an error, or broken
    };

    KeptDownstream(
        std::shared_ptr<relay::Downstream> client,
        std::shared_ptr<ReplyLog> log,
        Terms terms,
        const common::Clock &clock);
    /// A reply that was never ended is told as broken to those who wait for it.
    ~KeptDownstream() override;
    Q_DISABLE_COPY_MOVE(KeptDownstream)

    void reply(int status, const common::HeaderList &headers, QByteArray body) override;
    void beginStream(int status, const common::HeaderList &headers) override;
    void write(const QByteArray &bytes) override;
    void finish() override;
    void abort() override;
    [[nodiscard]] qint64 pending() const override { return m_left ? 0 : m_client->pending(); }
    [[nodiscard]] bool isGone() const override { return m_abandoned; }
    void setHandlers(std::function<void()> drained, std::function<void()> gone) override;
    void checkLimits(common::SteadyTime now) override;

private:
    [[nodiscard]] common::HeaderList withOurs(const common::HeaderList &headers) const;
    [[nodiscard]] QByteArray numbered(QByteArrayView event);
    void end(bool complete, bool succeeded);
    void onClientLeft();
    void abandon();

    std::shared_ptr<relay::Downstream> m_client;
    std::shared_ptr<ReplyLog> m_log;
    Terms m_terms;
    const common::Clock &m_clock;
    std::int64_t m_lastEvent = 0;
    bool m_isBroken = false; ///< the stream has said so
    bool m_ended = false;
    bool m_left = false; ///< the client
    bool m_abandoned = false; ///< and nobody has come back in time
    common::SteadyTime m_unreadSince;
    std::function<void()> m_gone;
};

} // namespace freerelay::gateway
