#include "audit_gate.h"

#include <QObject>

#include <mutex>
#include <utility>
#include <vector>

namespace freerelay::relay {

/// Brings the trail's answers to the worker, however many they are with one event. Outlives the
/// gate as long as an answer may come; those that come later are dropped.
class AuditGate::Inbox
{
public:
    explicit Inbox(AuditGate &gate)
        : m_gate(gate)
    { }

    /// Any thread.
    void put(QByteArray requestId, bool isWritten)
    {
        const std::lock_guard lock(m_mutex);
        if (!m_context) {
            return;
        }
        m_answers.emplace_back(std::move(requestId), isWritten);
        if (m_answers.size() == 1) {
            QMetaObject::invokeMethod(
                m_context.get(), [this] { deliver(); }, Qt::QueuedConnection);
        }
    }

    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_context.reset(); // here, on its own thread
    }

private:
    void deliver()
    {
        std::vector<std::pair<QByteArray, bool>> answers;
        {
            const std::lock_guard lock(m_mutex);
            answers.swap(m_answers);
        }
        for (const auto &[requestId, isWritten] : answers) {
            m_gate.onWritten(requestId, isWritten);
        }
    }

    AuditGate &m_gate; ///< only while it is not closed
    std::mutex m_mutex;
    std::vector<std::pair<QByteArray, bool>> m_answers;
    std::unique_ptr<QObject> m_context = std::make_unique<QObject>(); ///< null = closed
};

AuditGate::AuditGate(
    const common::Published<AuditRules> &rules, AuditSink &trail, OutcomeSink &next)
    : m_rules(rules)
    , m_trail(trail)
    , m_next(next)
    , m_inbox(std::make_shared<Inbox>(*this))
{ }

AuditGate::~AuditGate()
{
    m_inbox->close();
}

std::shared_ptr<Downstream> AuditGate::watch(
    const QByteArray &requestId,
    QByteArrayView body,
    std::shared_ptr<Downstream> downstream,
    const dialects::ClientDialect *dialect)
{
    const std::shared_ptr<const AuditRules> &rules = m_rules.current();
    if (!rules->on) {
        return downstream;
    }
    auto audited = std::make_shared<AuditedDownstream>(
        std::move(downstream),
        rules->hashKey,
        rules->strict ? AuditedDownstream::Ending::Held : AuditedDownstream::Ending::Free,
        dialect);
    m_watched.insert(
        requestId, {audited, rules, common::KeyedHash(rules->hashKey).add(body).finish()});
    return audited;
}

void AuditGate::record(const std::shared_ptr<const Outcome> &outcome)
{
    m_next.record(outcome);
    if (m_watched.isEmpty()) {
        return;
    }
    const auto found = m_watched.constFind(outcome->requestId);
    if (found == m_watched.constEnd()) {
        return;
    }
    const Watched watched = *found;
    m_watched.erase(found);
    const std::shared_ptr<AuditedDownstream> downstream = watched.downstream.lock();
    AuditEntry entry{
        outcome,
        watched.rules,
        watched.promptHash,
        downstream ? downstream->takeHash() : QByteArray()};
    if (!downstream || !downstream->isHeld()) {
        m_trail.audit(std::move(entry), {});
        return;
    }
    m_held.insert(outcome->requestId, downstream);
    m_trail.audit(std::move(entry), [inbox = m_inbox, id = outcome->requestId](bool isWritten) {
        inbox->put(id, isWritten);
    });
}

void AuditGate::onWritten(const QByteArray &requestId, bool isWritten)
{
    const std::shared_ptr<AuditedDownstream> downstream = m_held.take(requestId);
    if (!downstream) {
        return;
    }
    isWritten ? downstream->release() : downstream->withhold();
}

} // namespace freerelay::relay
