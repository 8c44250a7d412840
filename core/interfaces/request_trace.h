#pragma once

#include "core/interfaces/request_history.h"

namespace freerelay::interfaces {

/// One bar of a waterfall.
struct TraceStep
{
    enum class Kind : std::uint8_t {
        Read, ///< the request was read and checked
        Decide, ///< the candidates were ranked
        Attempt, ///< a try at a candidate
        Stream, ///< the answer from its first content to its last
    };

    Kind kind = Kind::Read;
    std::chrono::microseconds start{0}; ///< since the first byte of the request was there
    std::chrono::microseconds duration{0};
    /// With Attempt: its index in RequestDetails::attempts.
    std::optional<std::size_t> attempt;
};

struct Trace
{
    std::chrono::microseconds duration{0}; ///< of everything; not shorter than any step reaches
    std::vector<TraceStep> steps; ///< by start
};

/// The recorded times in one order. Pure.
[[nodiscard]] Trace traceOf(const RequestDetails &details);

/// "read", "decide", "attempt", "stream".
[[nodiscard]] QString toString(TraceStep::Kind kind);

/// The attempt that was made at a candidate, as an index; nullopt = none. Pure.
[[nodiscard]] std::optional<std::size_t>
attemptAt(const RequestDetails &details, const CandidateInfo &candidate);

/// Whether the answer came from this candidate. Pure.
[[nodiscard]] bool hasAnswered(const RequestDetails &details, const CandidateInfo &candidate);

} // namespace freerelay::interfaces
