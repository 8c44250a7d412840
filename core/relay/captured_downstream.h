#pragma once

#include "core/relay/downstream.h"
#include "core/relay/text_sink.h"

#include <memory>
#include <utility>

namespace freerelay::relay {

/// Notes what a client is sent, within the bounds of RequestTexts. Worker's thread only.
class CapturedDownstream final : public Downstream
{
public:
    explicit CapturedDownstream(std::shared_ptr<Downstream> next)
        : m_next(std::move(next))
    { }

    void reply(int status, const common::HeaderList &headers, QByteArray body) override;
    void beginStream(int status, const common::HeaderList &headers) override;
    void write(const QByteArray &bytes) override;
    void finish() override { m_next->finish(); }
    void abort() override { m_next->abort(); }
    [[nodiscard]] qint64 pending() const override { return m_next->pending(); }
    void checkLimits(common::SteadyTime now) override { m_next->checkLimits(now); }
    [[nodiscard]] bool isGone() const override { return m_next->isGone(); }
    void setHandlers(std::function<void()> drained, std::function<void()> gone) override
    {
        m_next->setHandlers(std::move(drained), std::move(gone));
    }

    /// What was noted so far.
    [[nodiscard]] std::shared_ptr<RequestTexts::Answer> answer() const { return m_answer; }

private:
    std::shared_ptr<Downstream> m_next;
    std::shared_ptr<RequestTexts::Answer> m_answer = std::make_shared<RequestTexts::Answer>();
};

} // namespace freerelay::relay
