#include "fault.h"

#include <algorithm>
#include <array>

namespace freerelay::upstream {

namespace {

constexpr std::array words{
    FaultWords{Fault::Latency, "latency", "the call begins half a second to 3 s late", true},
    FaultWords{Fault::Dns, "dns", "the provider's name has no address", true},
    FaultWords{Fault::Refused, "refused", "nothing listens at the provider's address", true},
    FaultWords{Fault::Silent, "silent", "the request is taken and never answered", false},
    FaultWords{Fault::Reset, "reset", "the connection is reset instead of an answer", true},
    FaultWords{Fault::Garbage, "garbage", "a web page instead of an answer", true},
    FaultWords{Fault::MinuteLimit, "429-minute", "requests per minute are used up", true},
    FaultWords{Fault::TokenLimit, "429-tokens", "tokens per minute are used up", true},
    FaultWords{Fault::DayLimit, "429-day", "requests per day are used up", false},
    FaultWords{Fault::NoCredit, "429-credit", "no credit is left", false},
    FaultWords{Fault::ServerError, "500", "internal error", true},
    FaultWords{Fault::Overloaded, "503", "no capacity", true},
    FaultWords{Fault::GatewayTimeout, "504", "gateway timeout", true},
    FaultWords{Fault::Cut, "cut", "the connection closes within the answer", true},
    FaultWords{Fault::Stall, "stall", "the answer stops, its connection stays", true},
    FaultWords{Fault::Slow, "slow", "the answer trickles", true},
    FaultWords{Fault::Garble, "garble", "the answer goes on with something else", true},
};

} // namespace

std::span<const FaultWords> allFaults()
{
    return words;
}

QByteArrayView nameOf(Fault fault)
{
    return words.at(static_cast<std::size_t>(fault)).name;
}

std::optional<Fault> faultNamed(QByteArrayView name)
{
    const auto *const found = std::find_if(
        words.begin(), words.end(), [name](const auto &one) { return one.name == name; });
    return found == words.end() ? std::nullopt : std::optional(found->fault);
}

} // namespace freerelay::upstream
