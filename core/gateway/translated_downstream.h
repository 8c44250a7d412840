#pragma once

#include "core/dialects/client_dialect.h"
#include "core/dialects/sse_to_array.h"
#include "core/relay/downstream.h"

#include <memory>
#include <optional>

namespace freerelay::gateway {

/// A client that speaks another dialect than the relay: what it is told is translated. One thread,
/// as every Downstream.
class TranslatedDownstream final : public relay::Downstream
{
public:
    struct Terms
    {
        QByteArray requestId;
        /// Told in x-freerelay-ignored.
        QByteArrayList ignored{};
        std::int64_t promptTokensEstimated = 0;
        bool thinking = false;
        bool asArray = false; ///< see ClientRequest
        const common::Clock *clock = nullptr; ///< outlives the downstream
        common::SteadyTime began{};
        std::shared_ptr<const dialects::ClientTerms> dialectTerms{}; ///< of the request
    };

    /// @param dialect  outlives the downstream
    TranslatedDownstream(
        std::shared_ptr<relay::Downstream> next,
        const dialects::ClientDialect &dialect,
        Terms terms);

    /// Of the request, once it has been read; before anything is answered.
    void setTerms(Terms terms) { m_terms = std::move(terms); }

    void reply(int status, const common::HeaderList &headers, QByteArray body) override;
    void beginStream(int status, const common::HeaderList &headers) override;
    void write(const QByteArray &bytes) override;
    void finish() override;
    void abort() override { m_next->abort(); }
    [[nodiscard]] qint64 pending() const override { return m_next->pending(); }
    void checkLimits(common::SteadyTime now) override { m_next->checkLimits(now); }
    [[nodiscard]] bool isGone() const override { return m_next->isGone(); }
    void setHandlers(std::function<void()> drained, std::function<void()> gone) override
    {
        m_next->setHandlers(std::move(drained), std::move(gone));
    }

private:
    [[nodiscard]] common::HeaderList withOurs(const common::HeaderList &headers) const;
    [[nodiscard]] std::unique_ptr<dialects::ReplyTranslator> translator(bool stream) const;
    [[nodiscard]] QByteArray whole(const QByteArray &body, int &status) const;
    void breakOff(const common::Error &error);
    /// Of a stream.
    void give(const QByteArray &events);

    std::shared_ptr<relay::Downstream> m_next;
    const dialects::ClientDialect &m_dialect;
    Terms m_terms;
    std::unique_ptr<dialects::ReplyTranslator> m_stream; ///< null = none, or broken off
    std::optional<dialects::SseToArray> m_array;
};

} // namespace freerelay::gateway
