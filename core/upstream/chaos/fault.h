#pragma once

#include <QByteArrayView>

#include <cstdint>
#include <optional>
#include <span>

namespace freerelay::upstream {

/// What goes wrong at a provider, as it can be played on purpose; see docs/chaos.md.
enum class Fault : std::uint8_t {
    Latency, ///< the call begins late
    Dns, ///< its name has no address
    Refused, ///< nothing listens there
    Silent, ///< the request is taken and never answered
    Reset, ///< the connection is reset instead of an answer
    Garbage, ///< a web page under 200 instead of an answer
    MinuteLimit, ///< the requests of this minute are used up
    TokenLimit, ///< the tokens of this minute are
    DayLimit, ///< the requests of this day are
    NoCredit, ///< no credit is left
    ServerError, ///< 500
    Overloaded, ///< 503
    GatewayTimeout, ///< 504
    Cut, ///< the connection closes within the answer
    Stall, ///< the answer stops and its connection stays
    Slow, ///< the answer trickles
    Garble, ///< the answer goes on with something else
};

/// A fault in words.
struct FaultWords
{
    Fault fault;
    QByteArrayView name; ///< "429-day"
    QByteArrayView text; ///< one line for people, in English
    /// Belongs to the mixture: it is over soon, so that a long run shows something else as well.
    bool isMixed;
};

/// All of them, in the order of the enumeration. Any thread, as all below.
[[nodiscard]] std::span<const FaultWords> allFaults();
[[nodiscard]] QByteArrayView nameOf(Fault fault);
[[nodiscard]] std::optional<Fault> faultNamed(QByteArrayView name);

} // namespace freerelay::upstream
