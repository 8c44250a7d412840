#include "core/catalog/compiler/shipped_sources.h"

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

/// Facts for people, and facts of features that are not built yet.
constexpr std::array<QByteArrayView, 46> unusedKeys = {
    "alternate_base_url",
    "anonymous_free",
    "anthropic_base_url",
    "codestral_base_url",
    "codestral_free_limits",
    "coding_plan_base_url",
    "confidence",
    "count_tokens_path",
    "defaults",
    "errors",
    "extra_headers",
    "extras",
    "free_limits_sources",
    "free_marker",
    "health_path",
    "ignores_or_unsupported",
    "json_mode_quirk",
    "key_info_path",
    "limits",
    "limits_scope",
    "message_order",
    "model_aliases",
    "model_id_form",
    "native",
    "native_base_url",
    "no_format_discovery",
    "not_free",
    "openai_base_url",
    "openai_compat",
    "optional_headers",
    "paid_limits",
    "quirks",
    "rejects",
    "rename",
    "request_context_limit",
    "responses_path",
    "roster_note",
    "sources",
    "streaming",
    "temperature_range",
    "timing",
    "token_accounting",
    "token_buckets",
    "token_limits",
    "tool_call_id",
    "tool_choice_map"};

/// Wires that the data name and that FreeRelay does not speak to a provider.
constexpr QByteArrayView ollamaWire = "ollama";

bool saysNothing(const QByteArray &text)
{
    return text == "unknown" || text == "none";
}

/// One entry of providers.yaml.
class ProviderReader
{
public:
    ProviderReader(SchemaProblems &problems, const YamlNode &node)
        : m_problems(problems)
        , m_map(problems, node, u"a provider"_s)
    { }

    Provider read()
    {
        m_map.require("id");
        m_map.readText("id", m_provider.id);
        m_map.require("name");
        m_map.readText("name", m_provider.name);
        m_map.require("tier");
        m_map.readEnum("tier", m_provider.tier, tierNames());
        readWire();
        readAddress();
        readAuth();
        readKeys();
        readHeaders();
        readRateHeaders();
        readConsent();
        readWireByModel();
        m_map.ignore(unusedKeys);
        m_map.finish();
        return std::move(m_provider);
    }

private:
    QByteArray known(QByteArrayView key)
    {
        QByteArray text;
        m_map.readText(key, text);
        return saysNothing(text) ? QByteArray() : text;
    }

    std::vector<QByteArray> knownList(QByteArrayView key)
    {
        std::vector<QByteArray> texts;
        m_map.readTexts(key, texts);
        std::erase_if(texts, &saysNothing);
        return texts;
    }

    /// Of several wires the one that most clients need no translation for.
    void readWire()
    {
        const YamlNode *node = m_map.require("wire");
        std::optional<Wire> chosen;
        for (const QByteArray &name : knownList("wire")) {
            const std::optional<Wire> wire = fromName(wireNames(), name);
            if (!wire && name != ollamaWire) {
                m_problems.add(*node, u"'%1' is no wire"_s.arg(QString::fromUtf8(name)));
            }
            if (wire && (!chosen || *wire == Wire::OpenAiChat)) {
                chosen = wire;
            }
        }
        m_provider.wire = chosen.value_or(Wire::OpenAiChat);
    }

    void readAddress()
    {
        const YamlNode *base = m_map.require("base_url");
        m_provider.baseUrl = known("base_url");
        if (base != nullptr
            && (!m_provider.baseUrl.startsWith("http") || m_provider.baseUrl.endsWith('/'))) {
            m_problems.add(*base, u"base_url is an absolute URL without a slash at its end"_s);
        }
        m_provider.chatPath = known("chat_path");
        m_provider.modelsPath = known("models_path");
        m_provider.messagesPath = known("messages_path");
        m_googlePath = known("google_path");
        if (const YamlNode *paths = m_map.take("paths")) {
            MapReader map(m_problems, *paths, u"paths"_s);
            map.readText("generate", m_provider.generatePath);
            map.readText("stream", m_provider.streamPath);
            map.readText("models", m_provider.modelsPath);
            map.ignore(std::array<QByteArrayView, 2>{"count_tokens", "embed"});
            map.finish();
        }
        m_provider.addressVariable = m_provider.id.toUpper().replace('-', '_') + "_BASE_URL";
        std::vector<QByteArray> others = knownList("base_url_env");
        others.push_back(known("address_env"));
        for (const QByteArray &name : others) {
            if (!name.isEmpty() && name != m_provider.addressVariable) {
                m_provider.addressAliases.push_back(name);
            }
        }
    }

    void readAuth()
    {
        const YamlNode *node = m_map.require("auth");
        if (node == nullptr || node->text == "none") {
            return;
        }
        MapReader map(m_problems, *node, u"auth"_s);
        map.require("header");
        map.readText("header", m_provider.authHeader);
        map.require("scheme");
        map.readText("scheme", m_provider.authScheme);
        if (m_provider.authScheme == "raw") {
            m_provider.authScheme.clear();
        }
        map.ignore(
            std::array<QByteArrayView, 5>{"alternative", "scope", "when", "anonymous", "note"});
        map.finish();
        readAuthByPath();
    }

    /// {/messages: x-api-key, /chat/completions: 'Authorization: Bearer'}
    void readAuthByPath()
    {
        std::vector<std::pair<QByteArray, QByteArray>> paths;
        m_map.readTextPairs("auth_by_path", paths);
        for (const auto &[path, text] : paths) {
            const qsizetype colon = text.indexOf(": ");
            WireAuth auth{
                Wire::OpenAiChat,
                colon < 0 ? text : text.left(colon),
                colon < 0 ? QByteArray() : text.mid(colon + 2)};
            if (path == m_provider.messagesPath) {
                auth.wire = Wire::AnthropicMessages;
            } else if (path == m_googlePath) {
                auth.wire = Wire::GoogleGenerateContent;
            } else if (path.endsWith("/responses")) {
                auth.wire = Wire::OpenAiResponses;
            } else if (path != m_provider.chatPath) {
                m_problems.add(
                    m_map.node(),
                    u"auth_by_path names the unknown path '%1'"_s.arg(QString::fromUtf8(path)));
            }
            m_provider.authByWire.push_back(std::move(auth));
        }
    }

    void readKeys()
    {
        m_map.require("env");
        m_map.readTexts("env", m_provider.keyVariables);
        m_map.readTexts("env_offer", m_provider.offerVariables);
        m_map.readTexts("env_extra", m_provider.extraVariables);
        m_provider.keyUrl = known("key_url");
        m_provider.keyPrefixes = knownList("key_prefix");
    }

    void readHeaders()
    {
        m_map.readTextPairs("required_headers", m_provider.headers);
        std::erase_if(
            m_provider.headers, [](const auto &header) { return header.first == "content-type"; });
    }

    void readRateHeaders()
    {
        const YamlNode *node = m_map.take("rate_headers");
        if (node == nullptr || node->kind != YamlNode::Kind::Map) {
            return;
        }
        const YamlNode *common = node->find("reset_format");
        for (const YamlEntry &entry : node->entries) {
            if (entry.value->kind == YamlNode::Kind::Map && entry.key->text.startsWith("reset")) {
                addReset(*entry.value, entry.value->find("name"), entry.value->find("format"));
            }
            for (const std::shared_ptr<const YamlNode> &item : entry.value->items) {
                if (item->text.endsWith("-reset")) {
                    addReset(*item, item.get(), common);
                }
            }
        }
    }

    void addReset(const YamlNode &at, const YamlNode *name, const YamlNode *format)
    {
        if (name == nullptr || format == nullptr) {
            m_problems.add(at, u"a reset header needs name and format"_s);
        } else if (
            const std::optional<ResetFormat> known = m_map.enumOf(*format, resetFormatNames())) {
            m_provider.rateLimitResets.emplace_back(name->text.toLower(), *known);
        }
    }

    void readConsent()
    {
        m_map.readFlag("keyless", m_provider.keyless);
        const QByteArray consent = known("consent");
        m_provider.consentRequired = consent == "required";
        if (!consent.isEmpty() && !m_provider.consentRequired) {
            m_problems.add(m_map.node(), u"consent can only be 'required'"_s);
        }
        if (m_provider.keyless && !m_provider.consentRequired) {
            m_problems.add(m_map.node(), u"a keyless provider needs 'consent: required'"_s);
        }
        m_provider.terms = known("terms");
        m_provider.trainingUse = known("training_use");
        m_provider.dynamicModels = known("models") == "dynamic";
        m_map.readFlag("cached_tokens_count_against_limits", m_provider.quota.cachedTokensCount);
        if (const YamlNode *limits = m_map.take("free_limits")) {
            m_provider.freeLimits = freeLimitsOf(*limits);
        }
    }

    void readWireByModel()
    {
        const YamlNode *node = m_map.take("wire_by_model");
        if (node == nullptr) {
            return;
        }
        for (const YamlEntry &entry : node->entries) {
            const std::optional<Wire> wire = m_map.enumOf(*entry.key, wireNames());
            for (const std::shared_ptr<const YamlNode> &pattern : entry.value->items) {
                m_provider.wireByModel.emplace_back(pattern->text, wire.value_or(Wire::OpenAiChat));
            }
        }
    }

    SchemaProblems &m_problems;
    MapReader m_map;
    QByteArray m_googlePath;
    Provider m_provider;
};

} // namespace

void readProviders(SchemaProblems &problems, const YamlNode &root, CatalogParts &parts)
{
    const YamlNode *list = root.find("providers");
    if (list == nullptr) {
        problems.add(root, u"a list 'providers' is needed"_s);
        return;
    }
    for (const std::shared_ptr<const YamlNode> &item : list->items) {
        Provider provider = ProviderReader(problems, *item).read();
        if (withId(parts.providers, provider.id) != nullptr) {
            problems.add(
                *item, u"the provider '%1' is given twice"_s.arg(QString::fromUtf8(provider.id)));
        }
        parts.providers.push_back(std::move(provider));
    }
}

} // namespace freerelay::catalog
