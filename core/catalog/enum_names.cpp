#include "enum_names.h"

#include <array>

namespace freerelay::catalog {

namespace {

constexpr std::array<EnumName<Tier>, 6> tiers{{
    {"free", Tier::Free},
    {"trial", Tier::Trial},
    {"unverified_free", Tier::UnverifiedFree},
    {"paid", Tier::Paid},
    {"subscription", Tier::Subscription},
    {"local", Tier::Local},
}};

constexpr std::array<EnumName<Wire>, 4> wires{{
    {"openai-chat", Wire::OpenAiChat},
    {"anthropic-messages", Wire::AnthropicMessages},
    {"google", Wire::GoogleGenerateContent},
    {"openai-responses", Wire::OpenAiResponses},
}};

constexpr std::array<EnumName<ResetFormat>, 5> resetFormats{{
    {"go_duration", ResetFormat::GoDuration},
    {"float_seconds", ResetFormat::FloatSeconds},
    {"rfc3339", ResetFormat::Rfc3339},
    {"unix_ms", ResetFormat::UnixMs},
    {"retry_after", ResetFormat::RetryAfter},
}};

template <typename Enum> QByteArrayView nameIn(std::span<const EnumName<Enum>> names, Enum value)
{
    for (const EnumName<Enum> &entry : names) {
        if (entry.second == value) {
            return entry.first;
        }
    }
    return {};
}

} // namespace

std::span<const EnumName<Tier>> tierNames()
{
    return tiers;
}

std::span<const EnumName<Wire>> wireNames()
{
    return wires;
}

std::span<const EnumName<ResetFormat>> resetFormatNames()
{
    return resetFormats;
}

QByteArrayView toName(Tier tier)
{
    return nameIn(tierNames(), tier);
}

QByteArrayView toName(Wire wire)
{
    return nameIn(wireNames(), wire);
}

} // namespace freerelay::catalog
