#include "core/catalog/compiler/shipped_sources.h"
#include "core/catalog/quota_rules_reader.h"
#include "core/catalog/rules_reader.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr std::int64_t mostTokens = 100'000'000;

/// One entry of wire_rules.yaml, laid over its provider.
class RulesReader
{
public:
    RulesReader(SchemaProblems &problems, const YamlNode &node, Provider &provider)
        : m_problems(problems)
        , m_map(problems, node, u"the rules of a provider"_s)
        , m_provider(provider)
    { }

    void read()
    {
        if (const YamlNode *rules = m_map.take("rules")) {
            readWireRules(m_problems, *rules, m_provider.rules);
        }
        if (const YamlNode *errors = m_map.take("errors")) {
            readErrorRules(m_problems, *errors, m_provider.errors);
        }
        if (const YamlNode *quota = m_map.take("quota")) {
            readQuotaRules(m_problems, *quota, m_provider.quota);
        }
        m_map.readText("generate_path", m_provider.generatePath);
        m_map.readText("stream_path", m_provider.streamPath);
        m_map.readTextPairs("placeholders", m_provider.placeholders);
        m_map.readText("anonymous_key", m_provider.anonymousKey);
        m_map.readTexts("free_models", m_provider.freeModels);
        m_map.readTexts("paid_models", m_provider.paidModels);
        m_map.readFlag("incomplete_listing", m_provider.listingIncomplete);
        readHeaders();
        readLimits();
        readWires();
        readModelRules();
        m_map.finish();
    }

private:
    void readHeaders()
    {
        std::vector<std::pair<QByteArray, QByteArray>> headers;
        m_map.readTextPairs("headers", headers);
        m_provider.headers.insert(m_provider.headers.end(), headers.begin(), headers.end());
    }

    void readLimits()
    {
        if (const YamlNode *tier = m_map.take("discovered_tier")) {
            m_provider.discoveredTier = m_map.enumOf(*tier, tierNames());
        }
        if (const YamlNode *limit = m_map.take("context_limit")) {
            m_provider.contextLimit = integerOf(m_problems, *limit, 1, mostTokens);
        }
    }

    void readWires()
    {
        const YamlNode *node = m_map.take("wire_by_model");
        if (node == nullptr) {
            return;
        }
        for (const YamlEntry &entry : node->entries) {
            const std::optional<Wire> wire = m_map.enumOf(*entry.key, wireNames());
            const std::optional<std::vector<QByteArray>> patterns = textsOf(
                m_problems, *entry.value);
            for (const QByteArray &pattern : patterns.value_or(std::vector<QByteArray>{})) {
                m_provider.wireByModel.emplace_back(pattern, wire.value_or(Wire::OpenAiChat));
            }
        }
    }

    void readModelRules()
    {
        const YamlNode *node = m_map.take("models");
        if (node == nullptr) {
            return;
        }
        for (const std::shared_ptr<const YamlNode> &item : node->items) {
            MapReader map(m_problems, *item, u"a rule for models"_s);
            map.require("match");
            ModelRule rule;
            map.readText("match", rule.pattern);
            map.readTexts("drop", rule.drop);
            map.finish();
            m_provider.modelRules.push_back(std::move(rule));
        }
    }

    SchemaProblems &m_problems;
    MapReader m_map;
    Provider &m_provider;
};

} // namespace

void readWireRulesFile(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts)
{
    const YamlNode *map = root.find("providers");
    if (map == nullptr) {
        problems.add(root, u"a map 'providers' is needed"_s);
        return;
    }
    for (const YamlEntry &entry : map->entries) {
        if (Provider *provider = withId(parts.providers, entry.key->text)) {
            RulesReader(problems, *entry.value, *provider).read();
        } else {
            problems.add(
                *entry.key, u"'%1' is no provider"_s.arg(QString::fromUtf8(entry.key->text)));
        }
    }
}

} // namespace freerelay::catalog
