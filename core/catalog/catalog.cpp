#include "catalog.h"

#include "core/catalog/endpoint.h"
#include "core/catalog/model_task.h"
#include "core/catalog/name_rules.h"
#include "core/catalog/near_names.h"
#include "core/catalog/table.h"
#include "core/catalog/user_providers.h"

#include <QLoggingCategory>
#include <QSet>
#include <QString>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

Q_LOGGING_CATEGORY(catalogLog, "freerelay.catalog", QtInfoMsg)

constexpr qsizetype longestName = 256;

QByteArray keyOf(QByteArrayView text)
{
    return QByteArray::fromRawData(text.data(), text.size());
}

bool equalsIgnoringCase(QByteArrayView a, QByteArrayView b)
{
    return a.size() == b.size() && a.compare(b, Qt::CaseInsensitive) == 0;
}

/// What the provider's rules say about one of its models; applied once, when a catalogue is built.
void applyModelRules(const Provider &provider, Model &model)
{
    model.drop.clear();
    for (const ModelRule &rule : provider.modelRules) {
        if (matchesPattern(rule.pattern, model.name)) {
            model.drop.insert(model.drop.end(), rule.drop.begin(), rule.drop.end());
        }
    }
    if (provider.contextLimit) {
        model.contextWindow = std::min(
            model.contextWindow.value_or(*provider.contextLimit), *provider.contextLimit);
    }
}

/// A model that only the provider's list knows. A dated name takes over the facts of its undated
/// twin, but no quality: the twin itself is the candidate of choice.
Model discoveredModel(const Provider &provider, const QByteArray &name, const Model *twin)
{
    Model model = twin == nullptr ? Model{} : *twin;
    model.id = provider.id + '/' + name;
    model.provider = provider.id;
    model.name = name;
    model.title = name;
    model.discovered = true;
    if (twin == nullptr) {
        model.tier = tierOfDiscovered(provider, name);
        model.chat = looksLikeChatModel(name);
    }
    model.priorQuality.reset();
    return model;
}

/// Some providers list their chat models only.
bool mayBeUnlisted(const Model &model)
{
    const Task task = taskOf(model);
    return task == Task::Embeddings || task == Task::Moderations;
}

/// Whether `a` is a newer model than `b`. Dates are ISO 8601 and compare as text; without them the
/// names decide, whose version numbers mostly grow.
bool isNewer(const Model &a, const Model &b)
{
    return std::pair(a.released, a.name) > std::pair(b.released, b.name);
}

} // namespace

std::shared_ptr<const Catalog> Catalog::shipped()
{
    static const std::shared_ptr<const Catalog> catalog = [] {
        common::Result<CatalogParts> parts = decodeTable(shippedTable());
        if (!parts) {
            // Only a broken build gets here; the program still serves the user's own providers.
            qCCritical(catalogLog).noquote() << parts.error().message;
            parts = CatalogParts{};
        }
        return std::make_shared<const Catalog>(
            std::move(parts->providers), std::move(parts->models), std::move(parts->aliases));
    }();
    return catalog;
}

Catalog::Catalog(
    std::vector<Provider> providers, std::vector<Model> models, std::vector<Alias> aliases)
    : m_providers(std::move(providers))
    , m_aliases(std::move(aliases))
{
    for (std::size_t i = 0; i < m_providers.size(); ++i) {
        m_providerIndex.insert(m_providers[i].id, static_cast<qsizetype>(i));
    }
    m_models.reserve(models.size());
    for (Model &model : models) {
        if (const Provider *owner = provider(model.provider)) {
            applyModelRules(*owner, model);
            m_models.push_back(std::move(model));
        }
    }
    m_modelIndex.reserve(static_cast<qsizetype>(m_models.size()));
    for (std::size_t i = 0; i < m_models.size(); ++i) {
        m_modelIndex.insert(m_models[i].id, static_cast<qsizetype>(i));
        const QByteArray common = commonName(m_models[i].name);
        m_modelsByName.insert(
            common.isEmpty() ? m_models[i].name.toLower() : common, static_cast<qsizetype>(i));
    }
}

const Provider *Catalog::provider(QByteArrayView id) const
{
    const auto found = m_providerIndex.constFind(keyOf(id));
    return found == m_providerIndex.constEnd() ? nullptr
                                               : &m_providers[static_cast<std::size_t>(*found)];
}

const Model *Catalog::model(QByteArrayView fullId) const
{
    const auto found = m_modelIndex.constFind(keyOf(fullId));
    return found == m_modelIndex.constEnd() ? nullptr : &m_models[static_cast<std::size_t>(*found)];
}

std::vector<const Model *> Catalog::modelsOf(QByteArrayView providerId) const
{
    std::vector<const Model *> found;
    for (const Model &model : m_models) {
        if (model.provider == providerId) {
            found.push_back(&model);
        }
    }
    return found;
}

QStringList Catalog::keyStepsFor(QByteArrayView providerId) const
{
    const Provider *known = provider(providerId);
    if (known == nullptr || known->keyVariables.empty()) {
        return {};
    }
    QStringList steps;
    for (const QByteArray &step : known->keySteps) {
        steps.append(QString::fromUtf8(step));
    }
    if (!steps.isEmpty()) {
        return steps;
    }
    const QString name = QString::fromUtf8(known->name);
    const QString page = QString::fromUtf8(known->keyUrl);
    const QString prefix = known->keyPrefixes.empty()
        ? QString()
        : u" It begins with %1."_s.arg(QString::fromUtf8(known->keyPrefixes.front()));
    return {
        page.isEmpty() ? u"Sign up or log in at %1."_s.arg(name)
                       : u"Open %1 and sign up or log in at %2."_s.arg(page, name),
        u"Create an API key and copy it.%1"_s.arg(prefix)};
}

common::Result<NameTarget> Catalog::resolve(QByteArrayView requested) const
{
    if (requested.isEmpty()) {
        return NameTarget{};
    }
    if (requested.size() > longestName) {
        return common::failure(
            common::ErrorKind::NotFound,
            u"No model has a name of more than %1 bytes."_s.arg(longestName),
            u"model"_s);
    }
    if (const Model *exact = model(requested)) {
        return NameTarget{NameTarget::Kind::Models, {}, {exact}, false};
    }
    const QByteArray lower = requested.toByteArray().toLower();
    if (std::optional<NameTarget> own = resolveOwnName(lower)) {
        return *std::move(own);
    }
    if (std::optional<NameTarget> alias = resolveAlias(requested)) {
        return *std::move(alias);
    }
    std::vector<const Model *> named = modelsNamed(requested);
    if (!named.empty()) {
        return NameTarget{NameTarget::Kind::Models, {}, std::move(named), false};
    }
    return notFound(requested);
}

std::optional<NameTarget> Catalog::resolveOwnName(const QByteArray &lower) const
{
    if (lower == "auto" || lower == "claude-freerelay-auto") {
        return NameTarget{};
    }
    if (!lower.startsWith("freerelay-") && !lower.startsWith("freerelay/")) {
        return std::nullopt;
    }
    const QByteArray rest = lower.sliced(10);
    if (rest == "auto") {
        return NameTarget{};
    }
    if (rest == "free") {
        return NameTarget{NameTarget::Kind::Free, {}, {}, false};
    }
    if (rest == "paid") {
        return NameTarget{NameTarget::Kind::Paid, {}, {}, false};
    }
    if (const Provider *named = provider(rest)) {
        return NameTarget{NameTarget::Kind::Provider, named->id, {}, false};
    }
    return std::nullopt;
}

std::optional<NameTarget> Catalog::resolveAlias(QByteArrayView requested) const
{
    const auto alias = std::find_if(
        m_aliases.begin(), m_aliases.end(), [requested](const Alias &candidate) {
            return equalsIgnoringCase(candidate.id, requested);
        });
    if (alias == m_aliases.end()) {
        return std::nullopt;
    }
    const Model *target = model(alias->target);
    if (target != nullptr && !target->deprecated) {
        return NameTarget{NameTarget::Kind::Models, {}, {target}, false};
    }
    const QByteArray providerId = alias->target.left(alias->target.indexOf('/'));
    const Model *newest = nullptr;
    bool newestIsExact = false;
    for (const Model *candidate : modelsOf(providerId)) {
        const bool isExact = candidate->family == alias->family;
        if (candidate->deprecated || !candidate->chat
            || !(isExact || isOfFamily(candidate->name, alias->family))) {
            continue;
        }
        const bool isBetter = newest == nullptr || (isExact && !newestIsExact)
            || (isExact == newestIsExact && isNewer(*candidate, *newest));
        if (isBetter) {
            newest = candidate;
            newestIsExact = isExact;
        }
    }
    if (newest == nullptr) {
        newest = target;
    }
    return newest == nullptr
        ? std::nullopt
        : std::optional(NameTarget{NameTarget::Kind::Models, {}, {newest}, newest != target});
}

std::vector<const Model *> Catalog::modelsNamed(QByteArrayView requested) const
{
    const QByteArray common = commonName(requested);
    const QByteArray key = common.isEmpty() ? requested.toByteArray().toLower() : common;
    QList<qsizetype> indexes = m_modelsByName.values(key);
    std::sort(indexes.begin(), indexes.end());
    const QByteArrayView prefix = requested.first(std::max<qsizetype>(0, requested.indexOf('/')));
    std::vector<const Model *> exact;
    std::vector<const Model *> ofProvider;
    std::vector<const Model *> others;
    bool isAnyCurrent = false;
    for (const qsizetype index : indexes) {
        const Model &candidate = m_models[static_cast<std::size_t>(index)];
        if (equalsIgnoringCase(candidate.id, requested)) {
            return {&candidate};
        }
        isAnyCurrent = isAnyCurrent || !candidate.deprecated;
        if (equalsIgnoringCase(candidate.name, requested)) {
            exact.push_back(&candidate);
        } else if (equalsIgnoringCase(candidate.provider, prefix)) {
            ofProvider.push_back(&candidate);
        } else {
            others.push_back(&candidate);
        }
    }
    std::vector<const Model *> found;
    if (exact.empty() && !ofProvider.empty()) {
        found = ofProvider;
        isAnyCurrent = std::any_of(
            found.begin(), found.end(), [](const Model *m) { return !m->deprecated; });
    } else {
        found = exact;
        found.insert(found.end(), ofProvider.begin(), ofProvider.end());
        found.insert(found.end(), others.begin(), others.end());
    }
    if (isAnyCurrent) {
        std::erase_if(found, [](const Model *candidate) { return candidate->deprecated; });
    }
    return found;
}

common::Result<NameTarget> Catalog::notFound(QByteArrayView requested) const
{
    const QString shown = QString::fromUtf8(requested);
    if (shown.startsWith("freerelay/workflow-"_L1, Qt::CaseInsensitive)) {
        return common::failure(
            common::ErrorKind::NotFound,
            u"There is no workflow named '%1'."_s.arg(shown.sliced(19)),
            u"model"_s);
    }
    std::vector<QByteArray> names = {"freerelay-auto", "freerelay-free", "freerelay-paid"};
    for (const Provider &provider : m_providers) {
        names.push_back("freerelay-" + provider.id);
    }
    for (const Alias &alias : m_aliases) {
        names.push_back(alias.id);
    }
    for (const Model &model : m_models) {
        if (!model.deprecated) {
            names.push_back(requested.contains('/') ? model.id : model.name);
        }
    }
    return common::failure(
        common::ErrorKind::NotFound,
        u"No model is named '%1'."_s.arg(shown) + nearNamesHint(requested, names),
        u"model"_s);
}

std::shared_ptr<const Catalog>
Catalog::withDiscovered(QByteArrayView providerId, const std::vector<QByteArray> &modelIds) const
{
    const Provider *owner = provider(providerId);
    if (owner == nullptr || modelIds.empty()) {
        return std::make_shared<const Catalog>(*this);
    }
    QSet<QByteArray> listed;
    std::vector<Model> added;
    for (const QByteArray &name : modelIds) {
        if (listed.contains(name)) {
            continue;
        }
        listed.insert(name);
        const QByteArray id = owner->id + '/' + name;
        if (model(id) == nullptr) {
            added.push_back(discoveredModel(*owner, name, model(withoutDate(id))));
        }
    }
    for (const QByteArray &name : modelIds) {
        listed.insert(withoutDate(name).toByteArray());
    }
    std::vector<Model> models;
    models.reserve(m_models.size() + added.size());
    for (const Model &known : m_models) {
        const bool isKept = known.provider != owner->id || listed.contains(known.name)
            || owner->listingIncomplete || owner->userDefined || mayBeUnlisted(known);
        if (isKept) {
            models.push_back(known);
        }
    }
    std::move(added.begin(), added.end(), std::back_inserter(models));
    return std::make_shared<const Catalog>(m_providers, std::move(models), m_aliases);
}

std::shared_ptr<const Catalog> Catalog::withUserProviders(const UserProviders &user) const
{
    std::vector<Provider> providers = m_providers;
    for (const Provider &added : user.providers) {
        const auto place = m_providerIndex.constFind(added.id);
        if (place == m_providerIndex.constEnd()) {
            providers.push_back(added);
        } else {
            providers[static_cast<std::size_t>(*place)] = added;
        }
    }
    std::vector<Model> models = m_models;
    for (const Model &added : user.models) {
        const auto place = m_modelIndex.constFind(added.id);
        if (place == m_modelIndex.constEnd()) {
            models.push_back(added);
        } else {
            models[static_cast<std::size_t>(*place)] = added;
        }
    }
    return std::make_shared<const Catalog>(std::move(providers), std::move(models), m_aliases);
}

std::shared_ptr<const Catalog> Catalog::withProvenFree(const ProvenModels &models) const
{
    std::vector<Model> changed = m_models;
    for (Model &model : changed) {
        const Provider *owner = provider(model.provider);
        if (models.contains(model.id) && tierOf(*owner, model) == Tier::UnverifiedFree) {
            model.tier = Tier::Free;
        }
    }
    return std::make_shared<const Catalog>(m_providers, std::move(changed), m_aliases);
}

} // namespace freerelay::catalog
