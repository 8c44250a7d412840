#pragma once

#include "core/common/hashing.h"
#include "core/dialects/client_dialect.h"
#include "core/relay/downstream.h"

#include <memory>
#include <optional>

namespace freerelay::relay {

/// Hashes what a client is sent. In strict mode it keeps back the end of the answer (a whole reply;
/// of a stream its last event) until release() or withhold(). Only OpenAI's streams say beforehand
/// which event is the last: in those of other dialects each one waits for the next.
/// Worker's thread only.
class AuditedDownstream final : public Downstream
{
public:
    enum class Ending : std::uint8_t {
        Free,
        Held, ///< until the audit record is written
    };

    /// @param dialect  the client's; null: OpenAI's. Outlives it
    AuditedDownstream(
        std::shared_ptr<Downstream> next,
        const common::Secret &hashKey,
        Ending ending,
        const dialects::ClientDialect *dialect = nullptr);

    void reply(int status, const common::HeaderList &headers, QByteArray body) override;
    void beginStream(int status, const common::HeaderList &headers) override;
    void write(const QByteArray &bytes) override;
    void finish() override;
    void abort() override;
    [[nodiscard]] qint64 pending() const override { return m_next->pending(); }
    void checkLimits(common::SteadyTime now) override { m_next->checkLimits(now); }
    [[nodiscard]] bool isGone() const override { return m_next->isGone(); }
    void setHandlers(std::function<void()> drained, std::function<void()> gone) override
    {
        m_next->setHandlers(std::move(drained), std::move(gone));
    }

    /// Of the body so far, as it was handed over; "" before an answer began. Ends the hashing.
    [[nodiscard]] QByteArray takeHash();
    /// Something waits for the record.
    [[nodiscard]] bool isHeld() const { return m_reply || m_finished; }

    /// Lets the end go out.
    void release();
    /// Ends with an error in place of the end: 503 for a whole reply, an error event in a stream.
    void withhold();

private:
    struct Reply
    {
        int status;
        common::HeaderList headers;
        QByteArray body;
    };

    void keepBack(const QByteArray &bytes);
    void sendKept();
    [[nodiscard]] QByteArray errorReply(const QByteArray &openAi) const;
    [[nodiscard]] QByteArray errorEvent() const;

    std::shared_ptr<Downstream> m_next;
    const dialects::ClientDialect *m_dialect;
    common::KeyedHash m_hash;
    Ending m_ending;
    bool m_begun = false;
    bool m_finished = false; ///< finish() is kept back
    QByteArray m_lastEvent; ///< kept back
    std::optional<Reply> m_reply; ///< kept back
};

} // namespace freerelay::relay
