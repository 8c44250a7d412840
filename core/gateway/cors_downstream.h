#pragma once

#include "core/relay/downstream.h"

#include <memory>

namespace freerelay::gateway {

/// Adds the CORS headers of an allow-listed origin to whatever reply the handler gives.
class CorsDownstream final : public relay::Downstream
{
public:
    CorsDownstream(std::shared_ptr<relay::Downstream> next, common::HeaderList cors);

    void reply(int status, const common::HeaderList &headers, QByteArray body) override;
    void beginStream(int status, const common::HeaderList &headers) override;
    void write(const QByteArray &bytes) override { m_next->write(bytes); }
    void finish() override { m_next->finish(); }
    void abort() override { m_next->abort(); }
    [[nodiscard]] qint64 pending() const override { return m_next->pending(); }
    void checkLimits(common::SteadyTime now) override { m_next->checkLimits(now); }
    [[nodiscard]] bool isGone() const override { return m_next->isGone(); }
    void setHandlers(std::function<void()> drained, std::function<void()> gone) override;

private:
    [[nodiscard]] common::HeaderList withCors(const common::HeaderList &headers) const;

    std::shared_ptr<relay::Downstream> m_next;
    common::HeaderList m_cors;
};

} // namespace freerelay::gateway
