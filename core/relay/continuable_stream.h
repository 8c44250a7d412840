#pragma once

#include "core/dialects/continuation/stream_joiner.h"
#include "core/relay/downstream.h"

#include <QByteArray>

#include <memory>
#include <optional>

namespace freerelay::relay {

/// A client's stream that another candidate may go on with when the first one breaks off: it keeps
/// what the client has been told, and joins what follows to it. One thread, as every Downstream.
class ContinuableStream final : public Downstream
{
public:
    /// Of what was told. Beyond it, an answer that breaks off stays broken.
    static constexpr qsizetype maxKept = 1024 * 1024;

    explicit ContinuableStream(std::shared_ptr<Downstream> client)
        : m_client(std::move(client))
    { }

    /// What the client has been told; nullopt when it is more than text, or too long.
    [[nodiscard]] std::optional<dialects::ToldStream> told() const;
    /// What is written from now on comes from another model.
    /// @param by  who goes on, for a comment in the stream
    void join(dialects::ToldStream told, dialects::TokensBefore before, const QByteArray &by);
    /// That model has ended, or failed; what it has not told yet is dropped.
    void endJoin() { m_joiner.reset(); }
    /// What came since join() was no continuation; none of it was told.
    [[nodiscard]] bool hasDiverged() const { return m_joiner && m_joiner->hasDiverged(); }

    void reply(int status, const common::HeaderList &headers, QByteArray body) override
    {
        m_client->reply(status, headers, std::move(body));
    }
    void beginStream(int status, const common::HeaderList &headers) override
    {
        m_client->beginStream(status, headers);
    }
    void write(const QByteArray &bytes) override;
    void finish() override { m_client->finish(); }
    void abort() override { m_client->abort(); }
    [[nodiscard]] qint64 pending() const override { return m_client->pending(); }
    void checkLimits(common::SteadyTime now) override { m_client->checkLimits(now); }
    [[nodiscard]] bool isGone() const override { return m_client->isGone(); }
    void setHandlers(std::function<void()> drained, std::function<void()> gone) override
    {
        m_client->setHandlers(std::move(drained), std::move(gone));
    }

private:
    void tell(const QByteArray &bytes);

    std::shared_ptr<Downstream> m_client;
    QByteArray m_told;
    bool m_isTooLong = false;
    std::optional<dialects::StreamJoiner> m_joiner;
};

} // namespace freerelay::relay
