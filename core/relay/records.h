#pragma once

#include "core/catalog/model_task.h"
#include "core/common/clock.h"
#include "core/common/mode.h"
#include "core/common/money.h"
#include "core/common/secret.h"
#include "core/common/trace_context.h"
#include "core/relay/peer_process.h"

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace freerelay::relay {

/// A model with one key, as a decision looked at it.
struct CandidateRecord
{
    QByteArray provider;
    QByteArray model; ///< full id
    QByteArray keyFingerprint; ///< "" = none is needed, or the reason applies whatever the key
    QByteArray tier; ///< the catalogue's word: "free", "trial", "paid", …
    bool paid = false; ///< what routing takes it for (a trial may count as free)
    QByteArray disqualified; ///< "" = ranked; else the reason in words ("cooling_down")
    /// With "cooling_down" and "quota_exhausted"; of a ranked one: it fails, and goes last.
    std::optional<common::WallTime> restsUntil;
};

/// Everything a decision looked at: immutable, shared, and spelled out only where somebody wants
/// to read it, so that a request pays for one pointer. Any thread.
class CandidateList
{
public:
    virtual ~CandidateList() = default;
    /// The ranked ones, best first, then the disqualified ones.
    [[nodiscard]] virtual std::vector<CandidateRecord> spellOut() const = 0;
    /// Of spellOut().
    [[nodiscard]] virtual std::size_t size() const = 0;
    /// Whether `other` is known to spell out the same, found out without spelling out anything.
    /// (A false may be wrong.)
    [[nodiscard]] virtual bool isSameAs(const CandidateList &other) const { return this == &other; }
    /// Of the ranked ones.
    [[nodiscard]] virtual std::size_t rankedCount() const = 0;
};

/// Which candidates were chosen for a request, from what, and why not the others.
struct RoutingDecision
{
    common::Mode mode = common::Mode::Auto; ///< that decided
    QByteArray target; ///< what the asked name meant: "auto", "free", "paid", "provider", "models"
    bool needsTools = false;
    bool needsVision = false;
    bool needsJsonSchema = false;
    std::int64_t promptTokensEstimated = 0;
    std::int64_t outputTokensRequested = 0; ///< 0 = not given
    std::uint64_t snapshotVersion = 0; ///< of the configuration, counts from 1 in each run
    std::chrono::nanoseconds duration{0};
    std::shared_ptr<const CandidateList> candidates;
};

/// One try at one candidate.
struct AttemptRecord
{
    QByteArray provider;
    QByteArray model; ///< full id
    QByteArray keyFingerprint; ///< "" = none was needed
    QByteArray tier;
    int status = 0; ///< upstream HTTP status; 0 = none was received
    QByteArray failure; ///< "" = it answered; else the failure class in words
    std::chrono::microseconds startedAfter{0}; ///< since the request came
    std::optional<std::chrono::microseconds> ttft; ///< since the attempt's start
    std::chrono::microseconds duration{0};
};

/// Keyed hashes of what a client sent; equal ones mean the same client and the same text. The key
/// is drawn anew in each run. 0 = not known.
struct RequestDigests
{
    std::uint64_t request = 0; ///< of the whole body
    std::uint64_t prompt = 0; ///< of its messages
};

/// Whether a second candidate was asked beside one that was late (hedging.h), and who answered.
enum class Hedge : std::uint8_t {
    None, ///< nobody was
    Unwon, ///< neither of the two answered
    First, ///< the late one did after all
    Second,
};

/// "none", "first", "second"; "" = there was no hedge.
[[nodiscard]] inline QByteArrayView hedgeWord(Hedge hedge)
{
    constexpr std::array<QByteArrayView, 4> words{"", "none", "first", "second"};
    return words[std::size_t(hedge)];
}

[[nodiscard]] inline Hedge hedgeFromWord(QByteArrayView word)
{
    for (const Hedge hedge : {Hedge::Unwon, Hedge::First, Hedge::Second}) {
        if (hedgeWord(hedge) == word) {
            return hedge;
        }
    }
    return Hedge::None;
}

/// What became of one request: a value, made once at its end, without content and secrets. The
/// sentence in `error` may be a provider's, and such a sentence may quote a few words of a request.
struct Outcome
{
    static constexpr qsizetype maxErrorBytes = 500;
    /// Status of a request whose client left before its answer (nginx's code; never sent).
    static constexpr int clientLeft = 499;
    static constexpr const char *replayed = "idempotent_replay";

    QByteArray requestId;
    QByteArray route; ///< where it came in, "/v1/messages"; of traces only: it is not stored
    catalog::Task task = catalog::Task::Chat; ///< of metrics and traces only
    common::TraceContext trace; ///< see isRecorded(); attempts' spans: common::attemptSpanId()
    common::WallTime time; ///< when it came
    /// Name of the app whose key was sent, else out of User-Agent (clientApp()); "" = neither.
    QByteArray app;
    QByteArray appVersion;
    bool hasAppKey = false; ///< `app` is the one whose key was sent; of metrics only
    QByteArray process; ///< program behind the connection, as recorded; see programOf()
    /// Whose name may become known after the request has ended; null = it brought a key, or it
    /// cannot be found out. In memory only.
    std::shared_ptr<const PeerProcess> peer;
    QByteArray askedModel; ///< as the client wrote it, "" = none, at most 200 bytes
    QByteArray provider; ///< that answered; "" = none did
    QByteArray model;
    QByteArray keyFingerprint; ///< of the key that was used for the answer
    QByteArray tier; ///< of the answering candidate; "" = none
    bool paid = false; ///< the answering candidate is no free source
    int status = 0; ///< sent to the client; 499 = the client left before
    bool stream = false;
    bool brokenStream = false; ///< failed after its head was sent
    std::optional<std::chrono::microseconds> ttft;
    std::chrono::microseconds duration{0};
    std::chrono::nanoseconds parseTime{0}; ///< reading the request, before `duration` begins
    std::optional<std::chrono::microseconds> streamTime; ///< first content to last, of a stream
    std::optional<std::int64_t> promptTokens;
    std::optional<std::int64_t> completionTokens;
    std::optional<std::int64_t> cachedTokens; ///< part of promptTokens
    std::optional<std::int64_t> reasoningTokens; ///< part of completionTokens
    std::optional<common::MicroUsd> cost; ///< of the answer; nullopt = it is not known
    QByteArray finishReason;
    QByteArray errorClass; ///< see ClientError::errorClass(), or "client_left"; "" = none
    QByteArray error; ///< the sentence the client got, at most maxErrorBytes; "" = none
    /// Why the last attempt but one failed, "quota_wait" when the request waited for a quota
    /// before it, `replayed` when nobody was asked because the answer to this idempotency key was
    /// there; "" = there was none.
    QByteArray retryCause;
    std::vector<AttemptRecord> attempts;
    Hedge hedge = Hedge::None;
    std::optional<RoutingDecision> decision; ///< nullopt = it ended before there was one
    /// To find requests that are sent again. In memory only: it is never stored or shown.
    RequestDigests digests;
};

/// Whether the request failed; a client that left is nobody's failure.
[[nodiscard]] inline bool isFailure(const Outcome &outcome)
{
    return outcome.brokenStream || (outcome.status >= 400 && outcome.status != Outcome::clientLeft);
}

/// The program that asked; "" = not found, or not yet, or the request brought a key.
[[nodiscard]] inline QByteArray programOf(const Outcome &outcome)
{
    return outcome.process.isEmpty() && outcome.peer ? outcome.peer->name() : outcome.process;
}

/// What the request is listed under: its app, else its program.
[[nodiscard]] inline QByteArray appOf(const Outcome &outcome)
{
    return outcome.app.isEmpty() ? programOf(outcome) : outcome.app;
}

/// Where outcomes go. Called from worker threads; must return at once. All sinks share one
/// immutable outcome.
class OutcomeSink
{
public:
    virtual ~OutcomeSink() = default;
    virtual void record(const std::shared_ptr<const Outcome> &outcome) = 0;
};

/// Under what requests are audited (docs/audit.md): one immutable snapshot.
struct AuditRules
{
    bool on = false;
    /// An answer is complete only once its record is on the disk.
    bool strict = false;
    common::Secret hashKey; ///< of the keyed hashes; 32 bytes when on
    QByteArray hashKeyId; ///< names the key without telling it
    bool sessionKey = false; ///< it is kept nowhere and gone with this run
};

/// What the audit trail is told of one request.
struct AuditEntry
{
    std::shared_ptr<const Outcome> outcome;
    std::shared_ptr<const AuditRules> rules; ///< those the hashes were made under; never null
    QByteArray promptHash; ///< keyed, of the body as it was received; 32 bytes
    QByteArray responseHash; ///< keyed, of the body as it was sent; "" = no answer was begun
};

/// Where audit entries go. Called from worker threads; must return at once.
class AuditSink
{
public:
    /// Told whether the entry is on the disk; on any thread, exactly once.
    using Written = std::function<void(bool)>;

    virtual ~AuditSink() = default;
    /// @param written  empty: nobody waits for it
    virtual void audit(AuditEntry entry, Written written) = 0;
};

} // namespace freerelay::relay
