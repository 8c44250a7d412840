#pragma once

#include "core/common/published.h"
#include "core/relay/audited_downstream.h"
#include "core/relay/records.h"

#include <QByteArray>
#include <QHash>

#include <memory>

namespace freerelay::relay {

/// The audit of one worker's requests: watches what clients are sent, and completes each outcome
/// with the hashes of prompt and answer on its way to the trail. In strict mode it keeps answers
/// back until the trail has confirmed them; the worker never waits. Costs a look at the rules per
/// request while the audit is off. Created, used and destroyed on the worker's thread.
class AuditGate final : public OutcomeSink
{
public:
    /// All outlive the gate. @param next  gets every outcome as well
    AuditGate(const common::Published<AuditRules> &rules, AuditSink &trail, OutcomeSink &next);
    /// What is kept back then is dropped unanswered.
    ~AuditGate() override;
    AuditGate(const AuditGate &) = delete;
    AuditGate &operator=(const AuditGate &) = delete;

    /// To be called with each request before anything is answered, when the audit is on.
    /// @param body     as it was received
    /// @param dialect  the client's; null: OpenAI's
    /// @return what to answer to in place of `downstream`, or `downstream` itself
    [[nodiscard]] std::shared_ptr<Downstream> watch(
        const QByteArray &requestId,
        QByteArrayView body,
        std::shared_ptr<Downstream> downstream,
        const dialects::ClientDialect *dialect = nullptr);

    /// The answer's last bytes have been handed over before.
    void record(const std::shared_ptr<const Outcome> &outcome) override;

private:
    class Inbox;
    struct Watched
    {
        std::weak_ptr<AuditedDownstream> downstream;
        std::shared_ptr<const AuditRules> rules;
        QByteArray promptHash;
    };

    void onWritten(const QByteArray &requestId, bool isWritten);

    common::Published<AuditRules>::Reader m_rules;
    AuditSink &m_trail;
    OutcomeSink &m_next;
    QHash<QByteArray, Watched> m_watched; ///< by request id
    QHash<QByteArray, std::shared_ptr<AuditedDownstream>> m_held;
    std::shared_ptr<Inbox> m_inbox; ///< the trail's thread holds it as well
};

} // namespace freerelay::relay
