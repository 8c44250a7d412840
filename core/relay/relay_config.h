#pragma once

#include "core/catalog/catalog.h"
#include "core/common/mode.h"
#include "core/keys/key_ring.h"
#include "core/relay/relay_request.h"
#include "core/routing/ranked_catalog.h"

#include <QByteArray>
#include <QHash>
#include <QString>

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace freerelay::relay {

/// All that requests read of the user's configuration: one immutable snapshot, rebuilt when
/// settings, keys or catalogue change.
struct RelayConfig
{
    std::shared_ptr<const catalog::Catalog> catalog;
    std::shared_ptr<const keys::KeyRing> keys;
    std::vector<routing::Endpoint> endpoints; ///< one per provider of the catalogue
    std::shared_ptr<const routing::RankedCatalog> ranked; ///< see rank()
    QHash<QByteArray, QByteArray> baseUrls; ///< effective ones, by provider id

    common::Mode mode = common::Mode::Auto;
    bool allowPaidInAuto = true;
    bool paused = false;
    /// Why nothing can be answered although keys may exist (keychain locked); "" = they are read.
    QString keysUnreadable;
    bool keysAreBeingRead = false; ///< that is only so for a moment, see WorkerRelay

    std::chrono::milliseconds requestDeadline{300'000};
    /// How long a provider may let an attempt wait; local ones may always take longer, see
    /// AttemptBuilder.
    std::chrono::milliseconds firstContentTimeout{90'000};
    std::chrono::milliseconds wholeReplyTimeout{180'000};
    std::chrono::milliseconds gapTimeout{60'000};
    /// How long a request may wait, once, until a quota has room again; zero = not at all.
    std::chrono::milliseconds quotaWait{10'000};
    /// A stream of plain text that breaks off is gone on with by the next candidate.
    bool continueStreams = true;
    /// A slow answer is asked for at a second provider as well, see hedging.h.
    bool hedging = true;
    /// Of replies that may be read again: how long after their end, and how long they go on being
    /// made without anybody who reads.
    std::chrono::milliseconds resumeKeep{300'000};
    std::chrono::milliseconds responsesKeep{3'600'000}; ///< 0 = none is kept
    std::chrono::milliseconds resumeGrace{60'000};
    int maxAttempts = 6;
    std::uint64_t version = 0; ///< counts up with each published one; for records
    bool tracing = false; ///< spans of requests are wanted
    QByteArray instanceId; ///< names this program in the hop header

    /// Ranks the catalogue for the endpoints; call when both are complete and before publishing.
    void rank();
    [[nodiscard]] const keys::Key *key(QByteArrayView provider, QByteArrayView fingerprint) const;
    [[nodiscard]] routing::RoutingSnapshot
    routingSnapshot(const quota::CoolDownTable &coolDowns) const;
};

/// Of one request over all its attempts: the client's own, if it is the shorter one.
[[nodiscard]] std::chrono::milliseconds
deadlineOf(const RelayRequest &request, const RelayConfig &config);

} // namespace freerelay::relay
