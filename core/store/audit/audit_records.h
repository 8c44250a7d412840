#pragma once

#include "core/common/hashing.h"
#include "core/relay/records.h"
#include "core/store/audit/canonical_json.h"

#include <QByteArray>

#include <memory>

namespace freerelay::store {

/// Hashes decisions: SHA-256 over the canonical decision (canonicalDecision()). Most decisions look
/// at the same candidates as the one before: those are spelled out and hashed once. One thread.
class DecisionHasher
{
public:
    /// 32 bytes.
    [[nodiscard]] QByteArray hash(const relay::RoutingDecision &decision);
    /// Lets go of the configuration that the last candidates hold.
    void forget() { m_candidates.reset(); }

private:
    std::shared_ptr<const relay::CandidateList> m_candidates;
    common::Sha256 m_begun; ///< over what the decision begins with: its candidates
};

/// A decision as canonical JSON: all that it saw and chose, without how long that took.
[[nodiscard]] QByteArray canonicalDecision(const relay::RoutingDecision &decision);

/// The facts of one request. Number, link and kind are the chain's. Neither prompt nor answer nor
/// the error's sentence (a provider's may quote a prompt) is among them.
[[nodiscard]] CanonicalObject requestRecord(const relay::AuditEntry &entry, DecisionHasher &hasher);

} // namespace freerelay::store
