#include "cors_downstream.h"

namespace freerelay::gateway {

CorsDownstream::CorsDownstream(std::shared_ptr<relay::Downstream> next, common::HeaderList cors)
    : m_next(std::move(next))
    , m_cors(std::move(cors))
{ }

void CorsDownstream::reply(int status, const common::HeaderList &headers, QByteArray body)
{
    m_next->reply(status, withCors(headers), std::move(body));
}

void CorsDownstream::beginStream(int status, const common::HeaderList &headers)
{
    m_next->beginStream(status, withCors(headers));
}

void CorsDownstream::setHandlers(std::function<void()> drained, std::function<void()> gone)
{
    m_next->setHandlers(std::move(drained), std::move(gone));
}

common::HeaderList CorsDownstream::withCors(const common::HeaderList &headers) const
{
    common::HeaderList all = headers;
    for (const auto &[name, value] : m_cors.fields()) {
        all.add(name, value);
    }
    return all;
}

} // namespace freerelay::gateway
