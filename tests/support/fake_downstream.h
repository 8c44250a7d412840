#pragma once

#include "core/relay/downstream.h"

#include <algorithm>
#include <utility>

namespace freerelay::tests {

/// A client that records what it gets. It takes everything at once, or only what take() says.
class FakeDownstream final : public relay::Downstream
{
public:
    enum class Reading { AtOnce, OnDemand };

    explicit FakeDownstream(Reading reading = Reading::AtOnce)
        : m_reading(reading)
    { }

    void reply(int newStatus, const common::HeaderList &newHeaders, QByteArray newBody) override
    {
        ++heads;
        status = newStatus;
        headers = newHeaders;
        body = std::move(newBody);
        finished = true;
    }
    void beginStream(int newStatus, const common::HeaderList &newHeaders) override
    {
        ++heads;
        status = newStatus;
        headers = newHeaders;
        streaming = true;
    }
    void write(const QByteArray &bytes) override
    {
        writtenAfterEnd = writtenAfterEnd || finished || aborted;
        if (m_gone) {
            return;
        }
        body.append(bytes);
        if (m_reading == Reading::OnDemand) {
            m_pending += bytes.size();
            mostPending = std::max(mostPending, m_pending);
        }
    }
    void finish() override { finished = true; }
    void abort() override { aborted = true; }
    [[nodiscard]] qint64 pending() const override { return m_pending; }
    [[nodiscard]] bool isGone() const override { return m_gone; }
    void setHandlers(std::function<void()> drained, std::function<void()> gone) override
    {
        m_drained = std::move(drained);
        m_goneHandler = std::move(gone);
    }

    /// The kernel takes this much.
    void take(qint64 bytes)
    {
        m_pending = std::max<qint64>(0, m_pending - bytes);
        if (const auto handler = m_drained) {
            handler();
        }
    }
    /// The client closes its connection.
    void leave()
    {
        m_gone = true;
        if (const auto handler = std::exchange(m_goneHandler, nullptr)) {
            handler();
        }
    }
    [[nodiscard]] bool hasHandlers() const { return m_drained || m_goneHandler; }
    [[nodiscard]] bool isOver() const { return finished || aborted; }

    int heads = 0; ///< whole replies and heads of streams: one is right
    int status = 0;
    common::HeaderList headers;
    QByteArray body;
    bool streaming = false;
    bool finished = false;
    bool aborted = false;
    bool writtenAfterEnd = false;
    qint64 mostPending = 0;

private:
    Reading m_reading;
    qint64 m_pending = 0;
    bool m_gone = false;
    std::function<void()> m_drained;
    std::function<void()> m_goneHandler;
};

} // namespace freerelay::tests
