#include "core/catalog/compiler/shipped_sources.h"

#include <QSet>

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr std::array<EnumName<bool>, 3> statuses{
    {{"active", false}, {"beta", false}, {"deprecated", true}}};
constexpr std::int64_t mostTokens = 100'000'000;

/// Facts for people, and facts of features that are not built yet.
constexpr std::array<QByteArrayView, 13> unusedKeys = {
    "input_modalities",
    "knowledge_cutoff",
    "open_weights",
    "status_note",
    "reasoning_options",
    "max_input",
    "context_window_paid",
    "keyless",
    "consent",
    "sources",
    "price_per_mtok_eur",
    "scope",
    "needs"};

/// One entry of models.yaml.
class ModelReader
{
public:
    ModelReader(SchemaProblems &problems, const YamlNode &node)
        : m_problems(problems)
        , m_map(problems, node, u"a model"_s)
    { }

    Model read(CatalogParts &parts)
    {
        m_map.require("id");
        m_map.readText("id", m_model.id);
        m_map.readText("provider", m_model.provider);
        m_map.readText("model", m_model.name);
        m_map.readText("name", m_model.title);
        m_model.family = known("family");
        m_model.released = known("released");
        m_map.require("tier");
        m_map.readEnum("tier", m_model.tier, tierNames());
        m_map.require("status");
        m_map.readEnum("status", m_model.deprecated, std::span<const EnumName<bool>>(statuses));
        readWire(parts);
        m_model.contextWindow = tokens("context_window");
        m_model.maxOutput = tokens("max_output");
        readCapabilities();
        readPrice();
        if (const YamlNode *limits = m_map.take("free_limits")) {
            m_model.freeLimits = freeLimitsOf(*limits);
        }
        m_map.ignore(unusedKeys);
        m_map.finish();
        if (m_model.id != m_model.provider + '/' + m_model.name) {
            m_problems.add(m_map.node(), u"id must be provider/model"_s);
        }
        return std::move(m_model);
    }

private:
    QByteArray known(QByteArrayView key)
    {
        m_map.require(key);
        QByteArray text;
        m_map.readText(key, text);
        return text == "unknown" ? QByteArray() : text;
    }

    void readWire(CatalogParts &parts)
    {
        const Provider *provider = withId(parts.providers, m_model.provider);
        if (provider == nullptr) {
            m_problems.add(
                m_map.node(), u"'%1' is no provider"_s.arg(QString::fromUtf8(m_model.provider)));
        }
        const YamlNode *node = m_map.take("wire");
        const std::optional<Wire> wire = node == nullptr ? std::nullopt
                                                         : m_map.enumOf(*node, wireNames());
        if (wire && provider != nullptr && *wire != provider->wire) {
            m_model.wire = wire;
        }
    }

    std::optional<std::int64_t> tokens(QByteArrayView key)
    {
        const YamlNode *node = m_map.require(key);
        if (node == nullptr || node->text == "unknown") {
            return std::nullopt;
        }
        return integerOf(m_problems, *node, 1, mostTokens);
    }

    void readCapabilities()
    {
        const YamlNode *node = m_map.require("capabilities");
        if (node == nullptr) {
            return;
        }
        MapReader map(m_problems, *node, u"capabilities"_s);
        Capabilities &can = m_model.capabilities;
        const std::array<std::pair<QByteArrayView, Known *>, 5> fields{{
            {"tools", &can.tools},
            {"vision", &can.vision},
            {"json_schema", &can.jsonSchema},
            {"reasoning", &can.reasoning},
            {"temperature", &can.temperature},
        }};
        for (const auto &[key, target] : fields) {
            if (const YamlNode *value = map.require(key)) {
                *target = knownOf(m_problems, *value).value_or(Known::Unknown);
            }
        }
        map.finish();
    }

    void readPrice()
    {
        const YamlNode *node = m_map.require("price_per_mtok_usd");
        if (node == nullptr) {
            return;
        }
        MapReader map(m_problems, *node, u"price_per_mtok_usd"_s);
        const std::array<std::pair<QByteArrayView, std::optional<double> *>, 3> fields{{
            {"input", &m_model.price.input},
            {"output", &m_model.price.output},
            {"cache_read", &m_model.price.cacheRead},
        }};
        for (const auto &[key, target] : fields) {
            const YamlNode *value = map.require(key);
            if (value != nullptr && value->text != "unknown") {
                *target = numberOf(m_problems, *value);
            }
        }
        map.ignore(std::array<QByteArrayView, 1>{"cache_write"});
        map.finish();
    }

    SchemaProblems &m_problems;
    MapReader m_map;
    Model m_model;
};

} // namespace

void readModels(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts)
{
    const YamlNode *list = root.find("models");
    if (list == nullptr) {
        problems.add(root, u"a list 'models' is needed"_s);
        return;
    }
    QSet<QByteArray> ids;
    QSet<QByteArray> owners;
    for (const std::shared_ptr<const YamlNode> &item : list->items) {
        Model model = ModelReader(problems, *item).read(parts);
        if (ids.contains(model.id)) {
            problems.add(
                *item, u"the model '%1' is given twice"_s.arg(QString::fromUtf8(model.id)));
        }
        ids.insert(model.id);
        owners.insert(model.provider);
        parts.models.push_back(std::move(model));
    }
    for (Provider &provider : parts.providers) {
        provider.dynamicModels = provider.dynamicModels || !owners.contains(provider.id);
    }
}

} // namespace freerelay::catalog
