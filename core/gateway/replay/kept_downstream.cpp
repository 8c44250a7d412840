#include "kept_downstream.h"

#include <algorithm>
#include <array>
#include <utility>

namespace freerelay::gateway {

namespace {

constexpr QByteArrayView eventEnd("\n\n");
constexpr QByteArrayView eventsType("text/event-stream");
constexpr int firstErrorStatus = 400;

/// How events begin by which a stream says that it breaks off: OpenAI's and Google's, Anthropic's,
/// those of Responses, Ollama's line, and Google's as a part of an array.
constexpr std::array<QByteArrayView, 6> breaks{
    "data: {\"error\":",
    "event: error\n",
    "event: response.failed\n",
    "{\"error\":",
    "[{\"error\":",
    ",\r\n{\"error\":"};

bool isBreak(QByteArrayView event)
{
    return std::any_of(breaks.begin(), breaks.end(), [event](QByteArrayView beginning) {
        return event.startsWith(beginning);
    });
}

} // namespace

KeptDownstream::KeptDownstream(
    std::shared_ptr<relay::Downstream> client,
    std::shared_ptr<ReplyLog> log,
    Terms terms,
    const common::Clock &clock)
    : m_client(std::move(client))
    , m_log(std::move(log))
    , m_terms(std::move(terms))
    , m_clock(clock)
    , m_left(m_client->isGone())
    , m_unreadSince(clock.now())
{ }

KeptDownstream::~KeptDownstream()
{
    m_client->setHandlers({}, {});
    end(false, false);
}

common::HeaderList KeptDownstream::withOurs(const common::HeaderList &headers) const
{
    common::HeaderList all = headers;
    for (const auto &[name, value] : m_terms.headers.fields()) {
        all.add(name, value);
    }
    return all;
}

void KeptDownstream::reply(int status, const common::HeaderList &headers, QByteArray body)
{
    const common::HeaderList all = withOurs(headers);
    m_log->begin(status, all, false);
    m_log->append(body);
    end(true, status < firstErrorStatus);
    if (!m_left) {
        m_client->reply(status, all, std::move(body));
    }
}

void KeptDownstream::beginStream(int status, const common::HeaderList &headers)
{
    const common::HeaderList all = withOurs(headers);
    m_log->begin(status, all, true);
    m_terms.numbered = m_terms.numbered && all.value("content-type").startsWith(eventsType);
    if (!m_left) {
        m_client->beginStream(status, all);
    }
}

void KeptDownstream::write(const QByteArray &bytes)
{
    QByteArray told;
    for (qsizetype begin = 0; begin < bytes.size();) {
        const qsizetype found = bytes.indexOf(eventEnd, begin);
        const qsizetype end = found < 0 ? bytes.size() : found + eventEnd.size();
        const QByteArrayView part = QByteArrayView(bytes).sliced(begin, end - begin);
        m_isBroken = m_isBroken || isBreak(part);
        const QByteArray event = numbered(part);
        m_log->append(event);
        told += event;
        begin = end;
    }
    if (!m_left) {
        m_client->write(told);
    }
}

QByteArray KeptDownstream::numbered(QByteArrayView event)
{
    ++m_lastEvent;
    return m_terms.numbered ? "id: " + QByteArray::number(qlonglong(m_lastEvent)) + '\n' + event
                            : event.toByteArray();
}

void KeptDownstream::end(bool complete, bool succeeded)
{
    if (std::exchange(m_ended, true)) {
        return;
    }
    if (!succeeded && m_terms.failed) {
        m_terms.failed();
    }
    m_log->end(complete);
}

void KeptDownstream::finish()
{
    end(true, !m_isBroken);
    if (!m_left) {
        m_client->finish();
    }
}

void KeptDownstream::abort()
{
    end(false, false);
    if (!m_left) {
        m_client->abort();
    }
}

void KeptDownstream::setHandlers(std::function<void()> drained, std::function<void()> gone)
{
    m_gone = std::move(gone);
    if (m_gone) {
        m_client->setHandlers(std::move(drained), [this] { onClientLeft(); });
    } else {
        m_client->setHandlers(std::move(drained), {});
    }
}

/// What paused the provider has gone with the client: the rest is only kept.
void KeptDownstream::onClientLeft()
{
    m_left = true;
    m_unreadSince = m_clock.now();
    if (m_terms.grace == common::Duration(0)) {
        abandon();
    }
}

void KeptDownstream::checkLimits(common::SteadyTime now)
{
    if (m_abandoned || m_ended) {
        return;
    }
    const bool isRead = !m_left || (m_log->readers() > 0 && !m_log->isLost());
    if (isRead) {
        m_unreadSince = now;
    }
    const bool isTooLate = now - m_unreadSince >= m_terms.grace || m_log->isLost();
    if (m_log->isCancelled() || (!isRead && isTooLate)) {
        abandon();
    }
}

/// Last in what calls it: the relay may drop this object.
void KeptDownstream::abandon()
{
    m_abandoned = true;
    if (!std::exchange(m_left, true)) {
        m_client->abort();
    }
    if (const auto gone = std::exchange(m_gone, nullptr)) {
        gone();
    }
}

} // namespace freerelay::gateway
