#pragma once

#include "core/catalog/types.h"
#include "core/common/result.h"

#include <QHash>

namespace freerelay::catalog {

/// How a model is paid for: its own tier, but Subscription for the paid models of a subscription
/// provider (their price is what the subscription saves). Pure; any thread, as all below.
[[nodiscard]] Tier tierOf(const Provider &provider, const Model &model);

/// The wire that `model` is asked on: its own, else that of the provider's name patterns, else the
/// provider's.
[[nodiscard]] Wire wireOf(const Provider &provider, const Model &model);

/// Where the key goes when the provider is asked on `wire`.
[[nodiscard]] WireAuth authOf(const Provider &provider, Wire wire);

/// Whether a request needs a key: not at local, keyless and auth-less providers. (A keyless one
/// still needs the user's consent, see Provider::consentRequired.)
[[nodiscard]] bool needsKey(const Provider &provider);

/// Whether a top-level parameter of the OpenAI chat request must be left out for this model.
[[nodiscard]] bool refuses(const Provider &provider, const Model &model, QByteArrayView parameter);

/// The tier of a model that the provider lists and our data do not know. New models of a provider
/// that is free or keyless are UnverifiedFree, of a local, trial or subscription one of its tier,
/// else Paid; Provider::discoveredTier, freeModels and paidModels say it better where known.
[[nodiscard]] Tier tierOfDiscovered(const Provider &provider, QByteArrayView modelName);

/// Checks and tidies an address that a person gave for a provider: http or https, a host, no user,
/// query or fragment, at most 2,048 bytes; trailing slashes go. "host:port" without a scheme (as
/// in OLLAMA_HOST) is taken as http, and the wildcard addresses 0.0.0.0 and [::] as 127.0.0.1.
/// @return InvalidArgument that says what is wrong, without the address' user part
[[nodiscard]] common::Result<QByteArray> normaliseAddress(QByteArrayView text);

/// The address that requests go to: `configured` (normalised here) if not empty, else the
/// catalogue's with its placeholders filled from `extra` ({"account_id", "…"}).
/// For the Google wire a trailing "/openai" (the compatibility address) is cut off.
/// @return InvalidArgument for a bad address; Unavailable when a placeholder has no value (the
///         message names the variable that gives it)
[[nodiscard]] common::Result<QByteArray> baseUrlOf(
    const Provider &provider,
    QByteArrayView configured,
    const QHash<QByteArray, QByteArray> &extra = {});

/// Whether baseUrlOf() succeeds: such a provider can be asked at all.
[[nodiscard]] bool hasUsableAddress(
    const Provider &provider,
    QByteArrayView configured,
    const QHash<QByteArray, QByteArray> &extra = {});

/// Joins a base URL and a path with exactly one slash. A version segment that ends the base and
/// begins the path is not doubled, so that ANTHROPIC_BASE_URL works with and without /v1
/// (Anthropic's own variable has none, path /v1/messages) and Ollama's address with and without it.
/// @param baseUrl  as baseUrlOf() gives it
/// @param path     begins with '/'; an absolute URL is returned as it is
[[nodiscard]] QByteArray effectiveUrl(QByteArrayView baseUrl, QByteArrayView path);

/// The address of the provider's model list; "" when it has none. An absolute models path is used
/// only at the catalogue's own address: below a configured one the list is at "/models", so that
/// nothing goes to a host that the user replaced.
[[nodiscard]] common::Result<QByteArray> modelsUrlOf(
    const Provider &provider,
    QByteArrayView configured,
    const QHash<QByteArray, QByteArray> &extra = {});

/// The address of the page about a key at `baseUrl`, the address in force; "" when there is none.
[[nodiscard]] QByteArray accountUrlOf(const Provider &provider, QByteArrayView baseUrl);

} // namespace freerelay::catalog
