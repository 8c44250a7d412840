#include "audit_keeper.h"

#include "core/common/hashing.h"
#include "core/common/signing.h"

#include <QLoggingCategory>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcAudit, "freerelay.audit", QtInfoMsg)

constexpr int hashKeyBytes = 32;

/// Tells keys apart and says nothing about them.
QByteArray idOf(const common::Secret &key)
{
    constexpr qsizetype shown = 8;
    return common::KeyedHash(key).add("freerelay audit key").finish().left(shown).toHex();
}

store::AuditOptions optionsFor(const AuditKeeper::Parts &parts)
{
    store::AuditOptions options;
    options.place.folder = parts.folder;
    options.place.run = parts.run;
    options.statusChanged = parts.changed;
    return options;
}

} // namespace

AuditKeeper::AuditKeeper(Parts parts, const common::Clock &clock)
    : m_changed(parts.changed)
    , m_rules(std::make_shared<const relay::AuditRules>())
    , m_trail(optionsFor(parts), clock)
    , m_keys(std::move(parts.keychain))
{ }

void AuditKeeper::follow(const settings::Settings &settings)
{
    const QByteArray mode = settings.audit.toLatin1();
    if (mode == m_mode && settings.auditStrict == m_strict) {
        return;
    }
    m_mode = mode;
    m_strict = settings.auditStrict;
    if (isOn() && m_hashKey.key.isEmpty()) {
        m_hashKey.key = common::randomKey(hashKeyBytes);
    }
    if (isSigned() && m_signingSeed.key.isEmpty()) {
        m_signingSeed.key = common::randomKey(common::signing::seedBytes);
    }
    apply();
    fetchKeys();
}

void AuditKeeper::retryKeys()
{
    for (Held *held : {&m_hashKey, &m_signingSeed}) {
        held->asked = held->asked && held->problem.isEmpty();
    }
    fetchKeys();
}

/// One after the other, as a keychain may ask the user.
void AuditKeeper::fetchKeys()
{
    if (isOn() && !m_hashKey.asked) {
        fetch(m_hashKey, u"audit/hash-key"_s, hashKeyBytes);
    } else if (isSigned() && !m_signingSeed.asked) {
        fetch(m_signingSeed, u"audit/signing-key"_s, common::signing::seedBytes);
    }
}

void AuditKeeper::fetch(Held &held, const QString &entry, int bytes)
{
    held.asked = true;
    m_keys.load(entry, bytes, [this, &held](const keys::GeneratedKey &key) {
        held.problem = key.problem;
        if (key.problem.isEmpty()) {
            held.key = key.value;
        } else {
            qCWarning(lcAudit).noquote()
                << "a key of the audit trail lasts for this session only:" << key.problem;
        }
        apply();
        fetchKeys();
    });
}

void AuditKeeper::apply()
{
    auto rules = std::make_shared<relay::AuditRules>();
    store::AuditTerms terms;
    QString problem;
    if (isOn()) {
        terms.mode = m_mode;
        terms.strict = m_strict;
        rules->on = true;
        rules->strict = m_strict;
        rules->hashKey = m_hashKey.key;
        rules->hashKeyId = idOf(m_hashKey.key);
        rules->sessionKey = !m_hashKey.problem.isEmpty();
        problem = m_hashKey.problem;
    }
    if (isSigned()) {
        terms.signingSeed = m_signingSeed.key;
        terms.sessionSigningKey = !m_signingSeed.problem.isEmpty();
        problem = problem.isEmpty() ? m_signingSeed.problem : problem;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_status.mode = QString::fromLatin1(m_mode);
        m_status.strict = m_strict;
        m_status.keyNotice = problem.isEmpty()
            ? QString()
            : u"The audit trail's keys last for this session only. %1"_s.arg(problem);
    }
    m_trail.setTerms(std::move(terms)); // before the first entry that belongs to them
    m_rules.publish(std::move(rules));
    m_changed();
}

interfaces::AuditStatus AuditKeeper::status() const
{
    interfaces::AuditStatus result;
    {
        const std::lock_guard lock(m_mutex);
        result = m_status;
    }
    const store::StoreStatus status = m_trail.status();
    result.trail = {
        status.recording,
        status.problem,
        status.notice,
        status.written,
        status.dropped,
        status.queued};
    return result;
}

QString AuditKeeper::problem() const
{
    const interfaces::AuditStatus current = status();
    if (current.trail.problem.isEmpty()) {
        return {};
    }
    return current.strict
        ? u"Answers are withheld, because they cannot be audited: %1"_s.arg(current.trail.problem)
        : u"Requests are answered but not audited: %1"_s.arg(current.trail.problem);
}

} // namespace freerelay::services
