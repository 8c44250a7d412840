#include "user_model_reader.h"

#include "core/catalog/model_task.h"

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr qsizetype longestName = 256;
constexpr std::int64_t mostTokens = 100'000'000;
constexpr std::int64_t mostQuota = 1'000'000'000'000;

} // namespace

Model UserModelReader::read(const YamlNode &node, const Provider &provider)
{
    MapReader map(m_problems, node, u"a model"_s);
    const YamlNode *nameNode = map.require("name");
    const QByteArray name = nameNode == nullptr ? QByteArray()
                                                : checkedModelName(*nameNode, provider);
    Model model = modelToChange(provider, name);
    map.readText("title", model.title);
    map.readText("family", model.family);
    map.readEnum("tier", model.tier, tierNames());
    if (const YamlNode *wire = map.take("wire")) {
        model.wire = map.enumOf(*wire, wireNames());
    }
    map.readFlag("chat", model.chat);
    map.readCount("context_window", model.contextWindow, mostTokens);
    map.readCount("max_output", model.maxOutput, mostTokens);
    readCapabilities(map.take("capabilities"), model.capabilities);
    readPrice(map.take("price_per_mtok_usd"), model.price);
    readFreeLimits(map.take("free_limits"), model.freeLimits);
    readQuality(map, model);
    map.finish();
    return model;
}

Model UserModelReader::modelToChange(const Provider &provider, const QByteArray &name) const
{
    const QByteArray id = provider.id + '/' + name;
    if (const Model *known = m_base.model(id)) {
        return *known;
    }
    Model model;
    model.id = id;
    model.provider = provider.id;
    model.name = name;
    model.title = name;
    model.tier = provider.tier;
    model.chat = taskBesideChat(name) == Task::Other; // the user named it to be asked
    return model;
}

QByteArray UserModelReader::checkedModelName(const YamlNode &node, const Provider &provider)
{
    const QByteArray name = node.text;
    if (name.isEmpty() || name.size() > longestName || name.contains(' ')
        || !textOf(m_problems, node)) {
        m_problems.add(node, u"a model name is 1 to %1 bytes without blanks"_s.arg(longestName));
        return {};
    }
    const QByteArray id = provider.id + '/' + name;
    if (m_ids.contains(id)) {
        m_problems.add(node, u"the model '%1' is given twice"_s.arg(QString::fromUtf8(id)));
    }
    m_ids.insert(id);
    return name;
}

void UserModelReader::readCapabilities(const YamlNode *node, Capabilities &capabilities)
{
    if (node == nullptr) {
        return;
    }
    MapReader map(m_problems, *node, u"capabilities"_s);
    const std::array<std::pair<QByteArrayView, Known *>, 5> fields{{
        {"tools", &capabilities.tools},
        {"vision", &capabilities.vision},
        {"json_schema", &capabilities.jsonSchema},
        {"reasoning", &capabilities.reasoning},
        {"temperature", &capabilities.temperature},
    }};
    for (const auto &[key, target] : fields) {
        if (const YamlNode *value = map.take(key)) {
            *target = knownOf(m_problems, *value).value_or(*target);
        }
    }
    map.finish();
}

void UserModelReader::readPrice(const YamlNode *node, Price &price)
{
    if (node == nullptr) {
        return;
    }
    MapReader map(m_problems, *node, u"price_per_mtok_usd"_s);
    const std::array<std::pair<QByteArrayView, std::optional<double> *>, 3> fields{{
        {"input", &price.input},
        {"output", &price.output},
        {"cache_read", &price.cacheRead},
    }};
    for (const auto &[key, target] : fields) {
        const YamlNode *value = map.take(key);
        if (value == nullptr) {
            continue;
        }
        *target = value->text == "unknown" ? std::nullopt : numberOf(m_problems, *value);
        if (*target && **target < 0) {
            m_problems.add(*value, u"a price is not negative"_s);
        }
    }
    map.finish();
}

void UserModelReader::readFreeLimits(const YamlNode *node, FreeLimits &limits)
{
    if (node == nullptr) {
        return;
    }
    MapReader map(m_problems, *node, u"free_limits"_s);
    map.readCount("rpm", limits.requestsPerMinute, mostQuota);
    map.readCount("rpd", limits.requestsPerDay, mostQuota);
    map.readCount("tpm", limits.tokensPerMinute, mostQuota);
    map.readCount("tpd", limits.tokensPerDay, mostQuota);
    map.finish();
}

void UserModelReader::readQuality(MapReader &map, Model &model)
{
    const YamlNode *node = map.take("prior_quality");
    if (node == nullptr) {
        return;
    }
    model.priorQuality = numberOf(m_problems, *node);
    if (model.priorQuality && (*model.priorQuality < 0 || *model.priorQuality > 1)) {
        m_problems.add(*node, u"prior_quality is a number from 0 to 1"_s);
    }
}

} // namespace freerelay::catalog
