#pragma once

#include "core/catalog/parts.h"

#include <concepts>
#include <type_traits>

namespace freerelay::catalog {

/// Bumped whenever a list below changes: a table of another version is refused.
inline constexpr std::uint8_t tableVersion = 4;

template <typename Value, typename Type>
concept FieldsOf = std::same_as<std::remove_const_t<Value>, Type>;

/// The fields of each type in table order, named once for writer and reader. A field that is
/// missing here is caught by the test that compares the decoded table with the parsed YAML.
template <typename Archive, FieldsOf<Capabilities> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.tools, value.vision, value.jsonSchema, value.reasoning, value.temperature);
}

template <typename Archive, FieldsOf<Price> Value> void visitFields(Archive &archive, Value &value)
{
    archive(value.input, value.output, value.cacheRead);
}

template <typename Archive, FieldsOf<FreeLimits> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.requestsPerMinute, value.requestsPerDay, value.tokensPerMinute);
    archive(value.tokensPerDay, value.requestsPerSecond, value.requestsPerHour);
    archive(value.requestsPerMonth, value.tokensPerMonth, value.concurrency);
    archive(value.tokensPerHour, value.creditsPerDay);
    archive(value.scope, value.sharedPool);
}

template <typename Archive, FieldsOf<Clamp> Value> void visitFields(Archive &archive, Value &value)
{
    archive(value.parameter, value.minimum, value.maximum);
}

template <typename Archive, FieldsOf<FillInRule> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.pattern, value.path, value.textReply);
}

template <typename Archive, FieldsOf<WireRules> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.drop, value.rename, value.clamp, value.toolChoice, value.dropSchemaKeys);
    archive(value.streamOptions, value.developerRole, value.strictMessages);
    archive(value.nullContentAsEmpty, value.flattenContent, value.parallelToolCallsOff);
    archive(value.schemaAsObject, value.stopAsArray, value.maxTokensRequired);
    archive(value.defaultMaxTokens, value.toolCallIdLength, value.fillIn);
}

template <typename Archive, FieldsOf<ErrorRules> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.messagePaths, value.codePaths, value.resetPaths, value.resetHeaders);
    archive(value.rateLimitStatuses, value.creditCodes, value.overloadCodes);
}

template <typename Archive, FieldsOf<QuotaHeaders> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.unit, value.period, value.limit, value.remaining, value.reset, value.format);
}

template <typename Archive, FieldsOf<AccountWindow> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.unit, value.period, value.pool, value.limit, value.used, value.remaining);
    archive(value.periodPath, value.freeTier, value.freeTierLimit, value.paidTierLimit);
}

template <typename Archive, FieldsOf<AccountPage> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.path, value.windows);
}

template <typename Archive, FieldsOf<QuotaRules> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.perModel, value.rollingDay, value.zone, value.cachedTokensCount);
    archive(value.failedRequestsCount, value.reservedOutputCounts, value.headers, value.account);
}

template <typename Archive, FieldsOf<WireAuth> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.wire, value.header, value.scheme);
}

template <typename Archive, FieldsOf<ModelRule> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.pattern, value.drop);
}

template <typename Archive, FieldsOf<Provider> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.id, value.name, value.tier, value.wire, value.baseUrl, value.chatPath);
    archive(value.modelsPath, value.messagesPath, value.generatePath, value.streamPath);
    archive(value.authHeader, value.authScheme, value.headers, value.keyVariables);
    archive(value.offerVariables, value.addressVariable, value.extraVariables, value.keyUrl);
    archive(value.keyPrefixes, value.terms, value.trainingUse, value.freeLimits);
    archive(value.rateLimitResets, value.rules, value.errors, value.quota, value.keyless);
    archive(value.consentRequired, value.dynamicModels, value.userDefined);
    archive(value.listingIncomplete, value.authByWire, value.wireByModel, value.modelRules);
    archive(value.placeholders, value.addressAliases, value.anonymousKey, value.freeModels);
    archive(value.paidModels, value.discoveredTier, value.contextLimit, value.keySteps);
}

template <typename Archive, FieldsOf<Model> Value> void visitFields(Archive &archive, Value &value)
{
    archive(value.id, value.provider, value.name, value.title, value.family, value.tier);
    archive(value.wire, value.contextWindow, value.maxOutput, value.capabilities, value.price);
    archive(value.freeLimits, value.priorQuality, value.released, value.deprecated);
    archive(value.discovered, value.chat, value.drop);
}

template <typename Archive, FieldsOf<Alias> Value> void visitFields(Archive &archive, Value &value)
{
    archive(value.id, value.target, value.family);
}

template <typename Archive, FieldsOf<CatalogParts> Value>
void visitFields(Archive &archive, Value &value)
{
    archive(value.providers, value.models, value.aliases);
}

/// Greatest value of each enumeration that the table may hold.
template <typename Enum> inline constexpr Enum lastOf = Enum{};
template <> inline constexpr Tier lastOf<Tier> = Tier::Local;
template <> inline constexpr Wire lastOf<Wire> = Wire::OpenAiResponses;
template <> inline constexpr Known lastOf<Known> = Known::No;
template <> inline constexpr QuotaUnit lastOf<QuotaUnit> = QuotaUnit::Credits;
template <> inline constexpr QuotaPeriod lastOf<QuotaPeriod> = QuotaPeriod::Total;
template <> inline constexpr ResetFormat lastOf<ResetFormat> = ResetFormat::RetryAfter;

} // namespace freerelay::catalog
