#include "audit_records.h"

#include "core/common/secret_text.h"
#include "core/store/audit/audit_format.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

QByteArray canonicalCandidates(const relay::CandidateList &candidates)
{
    QByteArrayList items;
    for (const relay::CandidateRecord &candidate : candidates.spellOut()) {
        CanonicalObject object;
        object.text("provider", candidate.provider)
            .text("model", candidate.model)
            .textIfAny("key", candidate.keyFingerprint)
            .textIfAny("tier", candidate.tier)
            .flag("paid", candidate.paid)
            .textIfAny("disqualified", candidate.disqualified);
        if (candidate.restsUntil) {
            object.text("rests_until", auditTime(*candidate.restsUntil));
        }
        items.append(object.toJson());
    }
    return canonicalArray(items);
}

constexpr QByteArrayView candidatesMember(R"({"candidates":)");

/// A canonical decision behind its candidates, which come first by their name.
QByteArray restOfDecision(const relay::RoutingDecision &decision)
{
    CanonicalObject object;
    object.text("mode", common::toString(decision.mode).toLatin1())
        .text("target", decision.target)
        .flag("needs_tools", decision.needsTools)
        .flag("needs_vision", decision.needsVision)
        .flag("needs_json_schema", decision.needsJsonSchema)
        .number("prompt_tokens_estimated", decision.promptTokensEstimated)
        .number("output_tokens_requested", decision.outputTokensRequested)
        .number("snapshot", std::int64_t(decision.snapshotVersion));
    QByteArray json = object.toJson();
    json[0] = ',';
    return json;
}

/// A name that a client chose, without what looks like a key: some write one into the wrong field.
QByteArray withoutKeys(const QByteArray &name)
{
    const auto isInRun = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || c == '-' || c == '_';
    };
    QByteArray clean;
    const auto *at = name.begin();
    while (at != name.end()) {
        const auto *const stop = std::find_if_not(at, name.end(), isInRun);
        const QByteArrayView run(at, stop - at);
        clean += common::startsLikeKey(run) ? common::secretMark : run;
        at = stop;
        if (at != name.end()) {
            clean += *at++;
        }
    }
    return clean;
}

QByteArray canonicalAttempts(const std::vector<relay::AttemptRecord> &attempts)
{
    QByteArrayList items;
    for (const relay::AttemptRecord &attempt : attempts) {
        CanonicalObject object;
        object.text("provider", attempt.provider)
            .text("model", attempt.model)
            .textIfAny("key", attempt.keyFingerprint)
            .textIfAny("tier", attempt.tier)
            .number("status", attempt.status)
            .textIfAny("failure", attempt.failure);
        items.append(object.toJson());
    }
    return canonicalArray(items);
}

} // namespace

QByteArray canonicalDecision(const relay::RoutingDecision &decision)
{
    const QByteArray candidates = decision.candidates ? canonicalCandidates(*decision.candidates)
                                                      : "[]"_ba;
    return candidatesMember + candidates + restOfDecision(decision);
}

QByteArray DecisionHasher::hash(const relay::RoutingDecision &decision)
{
    if (!decision.candidates) {
        return common::Sha256::of(canonicalDecision(decision));
    }
    if (!m_candidates || !decision.candidates->isSameAs(*m_candidates)) {
        m_candidates = decision.candidates;
        m_begun = common::Sha256();
        m_begun.add(candidatesMember).add(canonicalCandidates(*m_candidates));
    }
    return common::Sha256(m_begun).add(restOfDecision(decision)).finish();
}

CanonicalObject requestRecord(const relay::AuditEntry &entry, DecisionHasher &hasher)
{
    const relay::Outcome &outcome = *entry.outcome;
    CanonicalObject record;
    record.text("time", auditTime(outcome.time))
        .text("request_id", outcome.requestId)
        .textIfAny("app", outcome.app)
        .textIfAny("app_version", outcome.appVersion)
        .textIfAny("asked_model", withoutKeys(outcome.askedModel))
        .textIfAny("provider", outcome.provider)
        .textIfAny("model", outcome.model)
        .textIfAny("key", outcome.keyFingerprint)
        .textIfAny("tier", outcome.tier)
        .number("status", outcome.status)
        .flag("stream", outcome.stream)
        .textIfAny("error_class", outcome.errorClass)
        .json("attempts", canonicalAttempts(outcome.attempts))
        .text("prompt", entry.promptHash.toHex())
        .textIfAny("response", entry.responseHash.toHex());
    if (outcome.brokenStream) {
        record.flag("broken_stream", true);
    }
    if (outcome.decision) {
        record.text("decision", hasher.hash(*outcome.decision).toHex());
    }
    return record;
}

} // namespace freerelay::store
