#pragma once

#include <QByteArray>

#include <array>
#include <vector>

namespace freerelay::tests {

/// The dialects of clients and the wire formats of providers, as columns of the tables below.
enum class CarryClient { Chat, Messages, Google, Ollama, Responses };
enum class CarryWire { OpenAi, Anthropic, Gemini };

inline constexpr std::size_t carryClients = 5;
inline constexpr std::size_t carryWires = 3;

/// Something that a request can say.
struct RequestFeature
{
    const char *name;
    /// Members that are added to the smallest request of a client; "" = it cannot say it.
    std::array<QByteArray, carryClients> said;
    /// What the provider is told when it is carried; "" = its format has no place for it.
    std::array<QByteArray, carryWires> told;
    bool needsTools = false; ///< tools are offered, with it and without it
    /// Members of the request that does without it; "" = none.
    std::array<QByteArray, carryClients> without{};
};

/// Something that a reply can say.
struct ReplyFeature
{
    const char *name;
    /// A whole reply of a provider; "" = its format cannot say it.
    std::array<QByteArray, carryWires> said;
    /// What the client is told when it is carried; "" = its dialect has no place for it.
    std::array<QByteArray, carryClients> told;
};

/// The smallest request, and the tools of RequestFeature::needsTools.
[[nodiscard]] QByteArray carryBase(CarryClient client);
[[nodiscard]] QByteArray carryTools(CarryClient client);

[[nodiscard]] const std::vector<RequestFeature> &requestFeatures();
[[nodiscard]] const std::vector<ReplyFeature> &replyFeatures();

} // namespace freerelay::tests
