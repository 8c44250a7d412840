#pragma once

#include "core/catalog/proven_models.h"
#include "core/catalog/types.h"
#include "core/common/result.h"

#include <QHash>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace freerelay::catalog {

/// What a name that a client asked for means.
struct NameTarget
{
    enum class Kind {
        Auto, ///< freerelay-auto and its synonyms: any model the mode allows
        Free, ///< freerelay-free
        Paid, ///< freerelay-paid
        Provider, ///< freerelay-<provider>: the best model of one provider
        Models, ///< exactly these models, in this order (a shared name lists all that serve it)
    };
    Kind kind = Kind::Auto;
    QByteArray provider;
    std::vector<const Model *> models;
    /// The alias' own target is gone: the newest of its family at the same provider stands in.
    bool substituted = false;
};

struct UserProviders;

/// Everything that exists: providers, models, names. Immutable once built; any thread.
class Catalog
{
public:
    /// The shipped catalogue, decoded on the first call from the binary table that is compiled into
    /// the program; every call returns the same object. Its strings share the table's bytes.
    [[nodiscard]] static std::shared_ptr<const Catalog> shipped();

    /// A catalogue from parts. Models of unknown providers are dropped.
    Catalog(std::vector<Provider> providers, std::vector<Model> models, std::vector<Alias> aliases);

    [[nodiscard]] const std::vector<Provider> &providers() const { return m_providers; }
    [[nodiscard]] const std::vector<Model> &models() const { return m_models; }
    [[nodiscard]] const std::vector<Alias> &aliases() const { return m_aliases; }

    /// Null when there is none.
    [[nodiscard]] const Provider *provider(QByteArrayView id) const;
    /// By full id ("groq/openai/gpt-oss-120b"); null when there is none.
    [[nodiscard]] const Model *model(QByteArrayView fullId) const;
    [[nodiscard]] std::vector<const Model *> modelsOf(QByteArrayView providerId) const;

    /// Numbered steps in English that lead a person to a key of `providerId`; two general ones for
    /// a provider without steps of its own, none for an unknown provider or one without keys.
    [[nodiscard]] QStringList keyStepsFor(QByteArrayView providerId) const;

    /// Resolves a requested model name; "" means Auto. In this order:
    /// 1. our own names (letter case ignored): freerelay-auto = freerelay/auto = auto =
    ///    claude-freerelay-auto, freerelay-free, freerelay-paid, freerelay-<provider>, each also
    ///    with '/' for '-'; freerelay/workflow-<name> is NotFound;
    /// 2. an alias: its target, or the newest of its family at the same provider;
    /// 3. a full id: that model, deprecated or not (letter case ignored when nothing else fits);
    /// 4. a shared name: every model with the same commonName() (name_rules.h), those whose
    ///    provider calls it exactly so first, else in catalogue order. A "<provider>/" in front
    ///    keeps only that provider's when it has any. Deprecated models only when all are.
    /// @return NotFound with a message that names up to three near ones. Any thread.
    [[nodiscard]] common::Result<NameTarget> resolve(QByteArrayView requested) const;

    /// A copy in which the models of `providerId` are those the provider listed at run time.
    /// Known ids keep their facts; new ones get unknown facts and the tier of tierOfDiscovered().
    /// A listed name with a date ("claude-haiku-4-5-20251001") counts as its undated form too and
    /// takes over that model's facts. Ids that were not listed are dropped, unless the provider's
    /// list is known to be incomplete, the provider is one of the user's file, or the model is one
    /// for embeddings or moderations, which some lists leave out. An empty list or
    /// an unknown provider changes nothing (the shipped list is the fallback).
    [[nodiscard]] std::shared_ptr<const Catalog>
    withDiscovered(QByteArrayView providerId, const std::vector<QByteArray> &modelIds) const;

    /// A copy with the user's providers: one with a known id takes that provider's place, its
    /// models take the place of those with the same id and stand beside the rest.
    [[nodiscard]] std::shared_ptr<const Catalog> withUserProviders(const UserProviders &user) const;

    /// A copy in which those of `models` whose tier is unverified_free are free.
    [[nodiscard]] std::shared_ptr<const Catalog> withProvenFree(const ProvenModels &models) const;

private:
    [[nodiscard]] std::optional<NameTarget> resolveOwnName(const QByteArray &lower) const;
    [[nodiscard]] std::optional<NameTarget> resolveAlias(QByteArrayView requested) const;
    [[nodiscard]] std::vector<const Model *> modelsNamed(QByteArrayView requested) const;
    [[nodiscard]] common::Result<NameTarget> notFound(QByteArrayView requested) const;

    std::vector<Provider> m_providers;
    std::vector<Model> m_models;
    std::vector<Alias> m_aliases;
    QHash<QByteArray, qsizetype> m_providerIndex;
    QHash<QByteArray, qsizetype> m_modelIndex;
    QMultiHash<QByteArray, qsizetype> m_modelsByName;
};

} // namespace freerelay::catalog
