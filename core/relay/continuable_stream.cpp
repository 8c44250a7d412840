#include "continuable_stream.h"

#include "core/dialects/sse_encoder.h"

namespace freerelay::relay {

std::optional<dialects::ToldStream> ContinuableStream::told() const
{
    if (m_isTooLong) {
        return std::nullopt;
    }
    auto told = dialects::readToldStream(m_told);
    return told.plain ? std::optional(std::move(told)) : std::nullopt;
}

void ContinuableStream::join(
    dialects::ToldStream told, dialects::TokensBefore before, const QByteArray &by)
{
    QByteArray comment;
    dialects::appendSseComment(comment, QByteArray("continued by " + by));
    m_client->write(comment);
    m_joiner.emplace(std::move(told), before);
}

void ContinuableStream::write(const QByteArray &bytes)
{
    if (!m_joiner) {
        tell(bytes);
        return;
    }
    QByteArray joined;
    m_joiner->feed(bytes, joined);
    if (!joined.isEmpty()) {
        tell(joined);
    }
}

void ContinuableStream::tell(const QByteArray &bytes)
{
    if (m_told.size() + bytes.size() > maxKept) {
        m_isTooLong = true;
        m_told.clear();
    }
    if (!m_isTooLong) {
        m_told += bytes;
    }
    m_client->write(bytes);
}

} // namespace freerelay::relay
