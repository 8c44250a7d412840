#include "shipped_sources.h"

#include <QDir>
#include <QFile>
#include <QSet>

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

using PartReader = void (*)(SchemaProblems &, const YamlNode &, CatalogParts &);

/// In an order in which each file only refers to those before it.
constexpr std::array<std::pair<const char *, PartReader>, 6> files{{
    {"providers.yaml", &readProviders},
    {"models.yaml", &readModels},
    {"wire_rules.yaml", &readWireRulesFile},
    {"aliases.yaml", &readAliases},
    {"key_steps.yaml", &readKeySteps},
    {"quality_priors.yaml", &readQualityPriors},
}};

common::Result<void> readFile(const QString &path, PartReader reader, CatalogParts &parts)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return common::failure(
            common::ErrorKind::StorageFailed, u"%1: %2"_s.arg(path, file.errorString()));
    }
    YamlLimits limits;
    limits.references = YamlReferences::Allow;
    const common::Result<std::shared_ptr<const YamlNode>> root = parseYaml(
        file.readAll(), path, limits);
    if (!root) {
        return common::failure(root.error());
    }
    SchemaProblems problems(path);
    const YamlNode *version = (*root)->find("schema_version");
    if (version == nullptr || version->text != "1") {
        problems.add(version == nullptr ? **root : *version, u"schema_version must be 1"_s);
    }
    reader(problems, **root, parts);
    if (!problems.isEmpty()) {
        return common::failure(problems.toError());
    }
    return {};
}

std::optional<std::int64_t> wholeNumber(const YamlNode &node, QByteArrayView key)
{
    const YamlNode *value = node.find(key);
    bool good = false;
    const qlonglong number = value == nullptr ? 0 : value->text.toLongLong(&good);
    return good ? std::optional<std::int64_t>(number) : std::nullopt;
}

QByteArray knownText(const YamlNode &node, QByteArrayView key)
{
    const YamlNode *value = node.find(key);
    return value == nullptr || value->text == "unknown" ? QByteArray() : value->text;
}

/// Calls `use` for each entry of the map that `root` has under `key`.
template <typename Use>
void eachEntry(SchemaProblems &problems, const YamlNode &root, QByteArrayView key, Use use)
{
    const YamlNode *map = root.find(key);
    if (map == nullptr || map->kind != YamlNode::Kind::Map) {
        problems.add(root, u"a map '%1' is needed"_s.arg(QString::fromUtf8(key)));
        return;
    }
    for (const YamlEntry &entry : map->entries) {
        use(*entry.key, *entry.value);
    }
}

} // namespace

FreeLimits freeLimitsOf(const YamlNode &node)
{
    FreeLimits limits;
    limits.requestsPerMinute = wholeNumber(node, "rpm");
    limits.requestsPerDay = wholeNumber(node, "rpd");
    limits.tokensPerMinute = wholeNumber(node, "tpm");
    limits.tokensPerDay = wholeNumber(node, "tpd");
    limits.requestsPerSecond = wholeNumber(node, "rps");
    limits.requestsPerHour = wholeNumber(node, "rph");
    limits.requestsPerMonth = wholeNumber(node, "requests_per_month");
    limits.tokensPerMonth = wholeNumber(node, "tokens_per_month");
    limits.tokensPerHour = wholeNumber(node, "tph");
    limits.creditsPerDay = wholeNumber(node, "neurons_per_day");
    limits.concurrency = wholeNumber(node, "concurrency");
    limits.scope = knownText(node, "scope");
    limits.sharedPool = knownText(node, "shared_pool");
    return limits;
}

void readAliases(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts)
{
    const YamlNode *list = root.find("aliases");
    if (list == nullptr) {
        problems.add(root, u"a list 'aliases' is needed"_s);
        return;
    }
    for (const std::shared_ptr<const YamlNode> &item : list->items) {
        MapReader map(problems, *item, u"an alias"_s);
        Alias alias;
        map.require("id");
        map.readText("id", alias.id);
        map.require("target");
        map.readText("target", alias.target);
        map.require("family");
        map.readText("family", alias.family);
        map.ignore(std::array<QByteArrayView, 1>{"note"});
        map.finish();
        if (withId(parts.aliases, alias.id) != nullptr) {
            problems.add(
                *item, u"the alias '%1' is given twice"_s.arg(QString::fromUtf8(alias.id)));
        }
        if (withId(parts.models, alias.target) == nullptr) {
            problems.add(
                *item, u"the target '%1' is no model"_s.arg(QString::fromUtf8(alias.target)));
        }
        parts.aliases.push_back(std::move(alias));
    }
}

void readKeySteps(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts)
{
    eachEntry(problems, root, "providers", [&](const YamlNode &key, const YamlNode &steps) {
        Provider *provider = withId(parts.providers, key.text);
        if (provider == nullptr) {
            problems.add(key, u"'%1' is no provider"_s.arg(QString::fromUtf8(key.text)));
        } else {
            provider->keySteps = textsOf(problems, steps).value_or(std::vector<QByteArray>{});
        }
    });
}

void readQualityPriors(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts)
{
    QSet<QByteArray> bases{"measured", "family", "fallback", "not_applicable"};
    eachEntry(problems, root, "models", [&](const YamlNode &key, const YamlNode &entry) {
        Model *model = withId(parts.models, key.text);
        const YamlNode *basis = entry.find("basis");
        const YamlNode *values = entry.find("prior_quality");
        if (model == nullptr || basis == nullptr || values == nullptr
            || !bases.contains(basis->text)) {
            problems.add(
                key, u"no such model, or its basis or prior_quality is not as documented"_s);
            return;
        }
        model->chat = basis->text != "not_applicable";
        double sum = 0;
        for (const YamlEntry &family : values->entries) {
            sum += numberOf(problems, *family.value).value_or(0);
        }
        if (!values->entries.empty()) {
            model->priorQuality = sum / static_cast<double>(values->entries.size());
        }
    });
}

common::Result<CatalogParts> readShippedSources(const QString &folder)
{
    CatalogParts parts;
    for (const auto &[name, reader] : files) {
        const common::Result<void> read = readFile(
            QDir(folder).filePath(QString::fromLatin1(name)), reader, parts);
        if (!read) {
            return common::failure(read.error());
        }
    }
    return parts;
}

} // namespace freerelay::catalog
