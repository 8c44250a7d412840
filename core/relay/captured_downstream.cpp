#include "captured_downstream.h"

namespace freerelay::relay {

void RequestTexts::Answer::add(const QByteArray &bytes)
{
    const qsizetype room = (stream ? maxStreamBytes : maxBytes) - size;
    isCut = isCut || bytes.size() > room;
    if (room <= 0 || bytes.isEmpty()) {
        return;
    }
    pieces.push_back(bytes.size() > room ? bytes.first(room) : bytes);
    size += pieces.back().size();
}

void CapturedDownstream::reply(int status, const common::HeaderList &headers, QByteArray body)
{
    m_answer->add(body);
    m_next->reply(status, headers, std::move(body));
}

void CapturedDownstream::beginStream(int status, const common::HeaderList &headers)
{
    m_answer->stream = true;
    m_next->beginStream(status, headers);
}

void CapturedDownstream::write(const QByteArray &bytes)
{
    m_answer->add(bytes);
    m_next->write(bytes);
}

} // namespace freerelay::relay
