#pragma once

#include "core/catalog/types.h"
#include "core/common/result.h"

#include <QHash>

#include <memory>
#include <vector>

namespace freerelay::catalog {

/// What a name that a client asked for means.
struct NameTarget
{
    enum class Kind {
        Auto,      ///< freerelay-auto and its synonyms: any model the mode allows
        Free,      ///< freerelay-free
        Paid,      ///< freerelay-paid
        Provider,  ///< freerelay-<provider>: the best model of one provider
        Models,    ///< exactly these models, in this order (a shared name lists all that serve it)
    };
    Kind kind = Kind::Auto;
    QByteArray provider;
    std::vector<const Model *> models;
};

/// Everything that exists: providers, models, names. Immutable once built; any thread.
class Catalog
{
public:
    /// The shipped catalogue, read from the binary table compiled into the program.
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

    /// Resolves a requested model name; "" means Auto.
    /// @return NotFound with a message that names up to three near ones.
    [[nodiscard]] common::Result<NameTarget> resolve(QByteArrayView requested) const;

    /// A copy in which the models of `providerId` are those the provider listed at run time: known
    /// ids keep their facts, new ones get unknown facts and tier UnverifiedFree for a free or
    /// keyless provider (else Paid), ids that were not listed are dropped. An empty list changes
    /// nothing (the shipped list is the fallback).
    [[nodiscard]] std::shared_ptr<const Catalog>
    withDiscovered(QByteArrayView providerId, const std::vector<QByteArray> &modelIds) const;

private:
    std::vector<Provider> m_providers;
    std::vector<Model> m_models;
    std::vector<Alias> m_aliases;
    QHash<QByteArray, qsizetype> m_providerIndex;
    QHash<QByteArray, qsizetype> m_modelIndex;
    QMultiHash<QByteArray, qsizetype> m_modelsByName;
};

} // namespace freerelay::catalog
