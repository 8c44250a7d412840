#pragma once

#include "core/quota/quota_lease.h"

namespace freerelay::quota {

/// Learns from a refusal: which window it was, its limit, until when it rests. The lease has been
/// given back already. One thread at a time.
///
/// The window is the one that the refusal names; else the day when it speaks of one; else one whose
/// limit is reached (not when that limit only advises and the wait that was told is far shorter);
/// else the one that is used most, of the period that the wait fits. A limit that was not named is
/// what had been used, if that can be: at least a quarter of the known limit, or three requests
/// where none is known. It is learned when the window was named, and otherwise only suspected
/// (QuotaLimit::suspect).
[[nodiscard]] QuotaRest learnFrom(
    const Refusal &refusal, const LeasePools &pools, const catalog::QuotaRules &rules, Moment now);

} // namespace freerelay::quota
