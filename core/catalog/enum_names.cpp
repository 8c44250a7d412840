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

constexpr std::array<EnumName<QuotaUnit>, 5> quotaUnits{{
    {"requests", QuotaUnit::Requests},
    {"tokens", QuotaUnit::Tokens},
    {"input_tokens", QuotaUnit::InputTokens},
    {"output_tokens", QuotaUnit::OutputTokens},
    {"credits", QuotaUnit::Credits},
}};

constexpr std::array<EnumName<QuotaPeriod>, 6> quotaPeriods{{
    {"second", QuotaPeriod::Second},
    {"minute", QuotaPeriod::Minute},
    {"hour", QuotaPeriod::Hour},
    {"day", QuotaPeriod::Day},
    {"month", QuotaPeriod::Month},
    {"total", QuotaPeriod::Total},
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

std::span<const EnumName<QuotaUnit>> quotaUnitNames()
{
    return quotaUnits;
}

std::span<const EnumName<QuotaPeriod>> quotaPeriodNames()
{
    return quotaPeriods;
}

QByteArrayView toName(QuotaUnit unit)
{
    return nameIn(quotaUnitNames(), unit);
}

QByteArrayView toName(QuotaPeriod period)
{
    return nameIn(quotaPeriodNames(), period);
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
