#include "audited_downstream.h"

#include "core/dialects/openai_chat.h"
#include "core/relay/error_reply.h"

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

/// The event that ends a complete stream: clients take it for the end, whatever follows.
constexpr QByteArrayView lastEvent("data: [DONE]\n\n");

QByteArray withheldSentence()
{
    return "The audit record could not be written, so the end of the answer is withheld "
           "(audit_strict)."_ba;
}

} // namespace

AuditedDownstream::AuditedDownstream(
    std::shared_ptr<Downstream> next,
    const common::Secret &hashKey,
    Ending ending,
    const dialects::ClientDialect *dialect)
    : m_next(std::move(next))
    , m_dialect(dialect)
    , m_hash(hashKey)
    , m_ending(ending)
{ }

void AuditedDownstream::reply(int status, const common::HeaderList &headers, QByteArray body)
{
    m_begun = true;
    m_hash.add(body);
    if (m_ending == Ending::Free) {
        m_next->reply(status, headers, std::move(body));
    } else {
        m_reply = Reply{status, headers, std::move(body)};
    }
}

void AuditedDownstream::beginStream(int status, const common::HeaderList &headers)
{
    m_begun = true;
    m_next->beginStream(status, headers);
}

void AuditedDownstream::write(const QByteArray &bytes)
{
    m_hash.add(bytes);
    if (m_ending == Ending::Free) {
        m_next->write(bytes);
    } else {
        keepBack(bytes);
    }
}

void AuditedDownstream::keepBack(const QByteArray &bytes)
{
    if (m_dialect != nullptr) {
        sendKept();
        m_lastEvent = bytes;
        return;
    }
    if (m_lastEvent.isEmpty() && !bytes.endsWith(lastEvent)) {
        m_next->write(bytes);
        return;
    }
    const qsizetype before = m_lastEvent.isEmpty() ? bytes.size() - lastEvent.size() : 0;
    if (before > 0) {
        m_next->write(bytes.first(before));
    }
    m_lastEvent += bytes.sliced(before);
}

void AuditedDownstream::sendKept()
{
    if (!m_lastEvent.isEmpty()) {
        m_next->write(std::exchange(m_lastEvent, {}));
    }
}

void AuditedDownstream::finish()
{
    if (m_ending == Ending::Free) {
        m_next->finish();
    } else {
        m_finished = true;
    }
}

void AuditedDownstream::abort()
{
    m_ending = Ending::Free; // there is no end to wait for
    if (m_dialect != nullptr) {
        sendKept(); // it was not the last one
    }
    m_next->abort();
}

QByteArray AuditedDownstream::takeHash()
{
    return m_begun ? m_hash.finish() : QByteArray();
}

void AuditedDownstream::release()
{
    m_ending = Ending::Free;
    if (m_reply) {
        const Reply reply = *std::exchange(m_reply, std::nullopt);
        m_next->reply(reply.status, reply.headers, reply.body);
        return;
    }
    sendKept();
    if (std::exchange(m_finished, false)) {
        m_next->finish();
    }
}

void AuditedDownstream::withhold()
{
    m_ending = Ending::Free;
    m_lastEvent.clear();
    if (m_reply) {
        const Reply reply = *std::exchange(m_reply, std::nullopt);
        const ClientError error{
            503, withheldSentence(), "server_error"_ba, {}, "audit_failed"_ba, {}};
        common::HeaderList headers = error.headers();
        for (const auto &[name, value] : reply.headers.fields()) {
            if (name.startsWith("x-freerelay-")) {
                headers.add(name, value);
            }
        }
        m_next->reply(error.status, headers, errorReply(error.body()));
    } else if (std::exchange(m_finished, false)) {
        m_next->write(errorEvent());
        m_next->finish();
    }
}

QByteArray AuditedDownstream::errorReply(const QByteArray &openAi) const
{
    return m_dialect != nullptr ? m_dialect->error({503, withheldSentence(), {}, openAi}) : openAi;
}

QByteArray AuditedDownstream::errorEvent() const
{
    return m_dialect != nullptr
        ? m_dialect->streamError({503, withheldSentence(), {}})
        : dialects::openAiStreamError(withheldSentence(), "server_error", "audit_failed");
}

} // namespace freerelay::relay
