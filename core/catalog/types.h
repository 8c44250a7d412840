#pragma once

#include <QByteArray>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace freerelay::catalog {

/// How a provider or model is paid for; see docs/providers-file.md#keys-of-a-provider.
enum class Tier : std::uint8_t { Free, Trial, UnverifiedFree, Paid, Subscription, Local };

/// Wire format that a provider speaks. OpenAiResponses is known to the data and not spoken yet.
enum class Wire : std::uint8_t {
    OpenAiChat,
    AnthropicMessages,
    GoogleGenerateContent,
    OpenAiResponses
};

/// What a quota counts. Credits are the provider's own unit ("neurons"), whatever a request costs.
enum class QuotaUnit : std::uint8_t { Requests, Tokens, InputTokens, OutputTokens, Credits };

/// How long the window of a quota is. Total never comes back: a credit that was bought.
enum class QuotaPeriod : std::uint8_t { Second, Minute, Hour, Day, Month, Total };

/// A fact that may be unknown. Unknown is never a refusal: only No is.
enum class Known : std::uint8_t { Unknown, Yes, No };

/// How a header or body tells when a quota comes back.
enum class ResetFormat : std::uint8_t { GoDuration, FloatSeconds, Rfc3339, UnixMs, RetryAfter };

struct Capabilities
{
    Known tools = Known::Unknown;
    Known vision = Known::Unknown;
    Known jsonSchema = Known::Unknown;
    Known reasoning = Known::Unknown;
    Known temperature = Known::Unknown;

    bool operator==(const Capabilities &) const = default;
};

/// USD per million tokens; nullopt = unknown, which is never 0.
struct Price
{
    std::optional<double> input;
    std::optional<double> output;
    std::optional<double> cacheRead;

    bool operator==(const Price &) const = default;
};

/// The provider's quota as published; nullopt = unknown.
struct FreeLimits
{
    std::optional<std::int64_t> requestsPerMinute;
    std::optional<std::int64_t> requestsPerDay;
    std::optional<std::int64_t> tokensPerMinute;
    std::optional<std::int64_t> tokensPerDay;
    std::optional<std::int64_t> requestsPerSecond;
    std::optional<std::int64_t> requestsPerHour;
    std::optional<std::int64_t> requestsPerMonth;
    std::optional<std::int64_t> tokensPerMonth;
    std::optional<std::int64_t> tokensPerHour;
    std::optional<std::int64_t> creditsPerDay; ///< the provider's own unit
    std::optional<std::int64_t> concurrency; ///< requests in flight
    QByteArray scope; ///< what the numbers count, for people: "account"; "" = unknown
    QByteArray sharedPool; ///< models with the same pool share one quota; "" = none

    bool operator==(const FreeLimits &) const = default;
};

/// A bound for one numeric request parameter.
struct Clamp
{
    QByteArray parameter;
    std::optional<double> minimum;
    std::optional<double> maximum;

    bool operator==(const Clamp &) const = default;
};

/// Where some models of a provider are asked to fill a gap: text before it and behind it.
struct FillInRule
{
    QByteArray pattern; ///< of the model's name; `*` stands for anything, letter case is ignored
    QByteArray path; ///< in the place of "/chat/completions"
    bool textReply = true; ///< text_completion, not a chat completion

    bool operator==(const FillInRule &) const = default;
};

/// What a provider's flavour of its wire format needs; data, never code. Parameter names are
/// top-level keys of the OpenAI chat request.
struct WireRules
{
    std::vector<QByteArray> drop; ///< parameters it refuses
    std::vector<std::pair<QByteArray, QByteArray>> rename; ///< {from, to}
    std::vector<Clamp> clamp;
    std::vector<std::pair<QByteArray, QByteArray>> toolChoice; ///< {"required", "any"}
    std::vector<QByteArray> dropSchemaKeys; ///< JSON Schema keys to strip from tool parameters
    bool streamOptions = true; ///< accepts stream_options.include_usage
    bool developerRole = false; ///< accepts role developer; else sent as system
    bool strictMessages = false; ///< unknown keys inside messages are refused
    bool nullContentAsEmpty = false; ///< content null must be sent as ""
    bool flattenContent = false; ///< array content must be sent as one string
    bool parallelToolCallsOff = false; ///< send parallel_tool_calls:false with tools
    bool schemaAsObject = false; ///< response_format json_schema → json_object
    bool stopAsArray = false; ///< stop must be an array
    bool maxTokensRequired = false; ///< send defaultMaxTokens when the client gave none
    std::int64_t defaultMaxTokens = 8192; ///< tokens
    int toolCallIdLength = 0; ///< > 0: ids must be [A-Za-z0-9]{length}
    std::vector<FillInRule> fillIn; ///< the first that fits; others fill gaps by the chat

    bool operator==(const WireRules &) const = default;
};

/// How a provider's errors are recognised beyond HTTP status and the common shapes. Paths are
/// dotted keys into the JSON body ("error.message"); a number is an index into an array
/// ("errors.0.message").
struct ErrorRules
{
    std::vector<QByteArray> messagePaths; ///< tried before the common ones
    std::vector<QByteArray> codePaths;
    /// Body field or header that holds the time until the quota is back, with its format.
    std::vector<std::pair<QByteArray, ResetFormat>> resetPaths;
    std::vector<std::pair<QByteArray, ResetFormat>> resetHeaders;
    /// Statuses that mean 429 at this provider although they are another number.
    std::vector<int> rateLimitStatuses;
    /// Codes that mean the key has no credit left although the status is 429.
    std::vector<QByteArray> creditCodes;
    /// Codes that mean: the provider is busy, whatever the status.
    std::vector<QByteArray> overloadCodes;

    bool operator==(const ErrorRules &) const = default;
};

/// The headers in which a provider tells about one of its windows; "" = it does not tell that.
struct QuotaHeaders
{
    QuotaUnit unit = QuotaUnit::Requests;
    std::optional<QuotaPeriod> period; ///< nullopt = as far as the reset is away
    QByteArray limit; ///< names are lower case
    QByteArray remaining;
    QByteArray reset;
    ResetFormat format = ResetFormat::GoDuration;

    bool operator==(const QuotaHeaders &) const = default;
};

/// Where the page about a key tells of one window: dotted paths into its JSON, "" = nowhere.
struct AccountWindow
{
    QuotaUnit unit = QuotaUnit::Requests;
    std::optional<QuotaPeriod> period; ///< nullopt = as `periodPath` tells
    QByteArray pool; ///< FreeLimits::sharedPool of the models that use it; "" = all others
    QByteArray limit;
    QByteArray used;
    QByteArray remaining;
    QByteArray periodPath; ///< to "daily", "monthly", or null: it never comes back
    QByteArray freeTier; ///< to a flag: nothing was ever paid for the account
    std::optional<std::int64_t> freeTierLimit; ///< with the flag, when no limit is told
    std::optional<std::int64_t> paidTierLimit; ///< without it

    bool operator==(const AccountWindow &) const = default;
};

/// The page on which a provider tells what is left to a key.
struct AccountPage
{
    QByteArray path; ///< appended to Provider::baseUrl; "" = there is none
    std::vector<AccountWindow> windows;

    bool operator==(const AccountPage &) const = default;
};

/// How a provider counts what is used; data, never code.
struct QuotaRules
{
    bool perModel = true; ///< its published limits count each model by itself
    bool rollingDay = false; ///< the day is the last 24 hours, and not one of the calendar
    QByteArray zone = "UTC"; ///< IANA name of the zone in which its days and months begin
    bool cachedTokensCount = true; ///< prompt tokens read from a cache
    bool failedRequestsCount = false; ///< requests that it could not answer
    bool reservedOutputCounts = false; ///< max_tokens, whatever is used of it
    std::vector<QuotaHeaders> headers; ///< empty: the names that most providers use
    AccountPage account;

    bool operator==(const QuotaRules &) const = default;
};

/// Where the key goes on one wire of a provider that speaks several.
struct WireAuth
{
    Wire wire = Wire::OpenAiChat;
    QByteArray header; ///< "x-api-key"; "" = none
    QByteArray scheme; ///< "Bearer"; "" = the bare key

    bool operator==(const WireAuth &) const = default;
};

/// What the models of a provider whose name matches refuse beside the provider's own rules.
struct ModelRule
{
    QByteArray pattern; ///< of the model's name; `*` stands for anything, letter case is ignored
    std::vector<QByteArray> drop; ///< top-level keys of the OpenAI chat request

    bool operator==(const ModelRule &) const = default;
};

/// One provider of models.
struct Provider
{
    QByteArray id; ///< "groq"; [a-z0-9-]+
    QByteArray name; ///< for people
    Tier tier = Tier::Free;
    Wire wire = Wire::OpenAiChat;
    QByteArray baseUrl; ///< absolute, no trailing slash; may hold {account_id}
    QByteArray chatPath; ///< appended to baseUrl
    QByteArray modelsPath; ///< path or absolute URL; "" = no listing
    QByteArray messagesPath; ///< Anthropic wire
    QByteArray generatePath; ///< Google wire, with {model}
    QByteArray streamPath; ///< Google wire, with {model}
    QByteArray authHeader; ///< "Authorization", "x-api-key"; "" = none
    QByteArray authScheme; ///< "Bearer"; "" = the bare key
    std::vector<std::pair<QByteArray, QByteArray>> headers; ///< sent with each request
    std::vector<QByteArray> keyVariables; ///< environment names, first wins
    std::vector<QByteArray> offerVariables; ///< tokens that are offered, never used unasked
    QByteArray addressVariable; ///< environment name of the base URL ("GROQ_BASE_URL")
    std::vector<QByteArray> extraVariables; ///< {account_id} ← CLOUDFLARE_ACCOUNT_ID
    QByteArray keyUrl;
    std::vector<QByteArray> keyPrefixes; ///< hints; never a reason to refuse
    QByteArray terms; ///< what a person must know before consenting; "" = nothing known
    QByteArray trainingUse; ///< "" = unknown
    FreeLimits freeLimits;
    std::vector<std::pair<QByteArray, ResetFormat>> rateLimitResets; ///< headers on 429
    WireRules rules;
    ErrorRules errors;
    QuotaRules quota;
    bool keyless = false; ///< works without a key
    bool consentRequired = false; ///< never before the user has agreed to it by name
    bool dynamicModels = false; ///< no shipped models: discovery only
    bool userDefined = false; ///< from the user's providers file
    bool listingIncomplete = false; ///< serves models that its list does not name
    std::vector<WireAuth> authByWire; ///< where it differs from authHeader; see authOf()
    std::vector<std::pair<QByteArray, Wire>> wireByModel; ///< {name pattern, wire}; see wireOf()
    std::vector<ModelRule> modelRules; ///< the Catalog copies them into Model::drop
    /// {"account_id", "CLOUDFLARE_ACCOUNT_ID"}: what fills {account_id} in an address.
    std::vector<std::pair<QByteArray, QByteArray>> placeholders;
    std::vector<QByteArray>
        addressAliases; ///< further names ("OLLAMA_HOST"): see normaliseAddress()
    QByteArray anonymousKey; ///< the documented key of callers without one; "" = send no key
    std::vector<QByteArray> freeModels; ///< name patterns; when set, any other new model is paid
    std::vector<QByteArray> paidModels; ///< name patterns of new models that cost money
    std::optional<Tier> discoveredTier; ///< of new models, where the data know better
    std::optional<std::int64_t> contextLimit; ///< tokens a request may have, whatever the model has
    std::vector<QByteArray> keySteps; ///< how a person gets a key, in English; see keyStepsFor()

    bool operator==(const Provider &) const = default;
};

/// One model at one provider.
struct Model
{
    QByteArray id; ///< "groq/openai/gpt-oss-120b": provider + '/' + name
    QByteArray provider; ///< provider id
    QByteArray name; ///< what the provider calls it
    QByteArray title; ///< for people
    QByteArray family;
    Tier tier = Tier::Free;
    std::optional<Wire> wire; ///< when it differs from the provider's
    std::optional<std::int64_t> contextWindow; ///< tokens
    std::optional<std::int64_t> maxOutput; ///< tokens
    Capabilities capabilities;
    Price price;
    FreeLimits freeLimits;
    std::optional<double> priorQuality; ///< 0.35..0.95, resources/catalog/quality_priors.yaml
    QByteArray released; ///< ISO date; "" = unknown
    bool deprecated = false;
    bool discovered = false; ///< listed by the provider at run time, not in the shipped data
    bool chat = true; ///< false: it answers no chat request (embeddings, speech, images)
    std::vector<QByteArray> drop; ///< parameters it refuses beside Provider::rules.drop

    bool operator==(const Model &) const = default;
};

/// A name that stands for a model.
struct Alias
{
    QByteArray id;
    QByteArray target; ///< full model id
    QByteArray family; ///< when the target is gone: newest of this family at its provider

    bool operator==(const Alias &) const = default;
};

} // namespace freerelay::catalog
